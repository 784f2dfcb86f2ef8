"""Finds the person behind a session on every request."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django.db.models import Q

from accounts.models import User
from accounts.sign_in.second_factor import with_second_factor

# Where a person's permissions are kept until the request ends.
CACHE = "_permissions_of_the_request"
# Put together once: every request of somebody who is signed in asks it.
PEOPLE = with_second_factor(User.objects.order_by("pk"))


class PeopleBackend(AuthenticationBackend):
    """allauth's sign-in by e-mail and password; the query that finds the person also asks for the second factor."""

    def get_user(self, user_id: int) -> User | None:
        user = PEOPLE.filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the person's own permissions and those of their groups, in one query where Django takes two."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, CACHE):
            given = Permission.objects.all()
            if not user_obj.is_superuser:
                given = given.filter(Q(user=user_obj) | Q(group__user=user_obj))
            names = given.order_by().values_list("content_type__app_label", "codename").distinct()
            setattr(user_obj, CACHE, {f"{app}.{name}" for app, name in names})
        found: set[str] = getattr(user_obj, CACHE)
        return found
