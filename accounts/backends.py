"""How the person behind a session is found again on every request."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.mfa import with_second_factor
from accounts.models import User

# Put together once: every request of somebody who is signed in asks it.
PEOPLE = with_second_factor(User.objects.order_by("pk"))


class PeopleBackend(AuthenticationBackend):
    """allauth's sign-in by e-mail and password; the query that finds the person also asks for the second factor."""

    def get_user(self, user_id: int) -> User | None:
        user = PEOPLE.filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None
