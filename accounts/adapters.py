"""How allauth behaves here: people are invited, never self-registered."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.confirming import has_just_confirmed
from accounts.models import User

WAYS_TO_CONFIRM: dict[str, str | Promise] = {
    "reauthenticate": _("With the password"),
    "mfa_reauthenticate": _("With a code"),
    "mfa_reauthenticate:webauthn": _("With a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Closes open sign-up: a partner's or Microsoft's admin makes the account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether the person has to confirm who they are; having just signed in is as good as having confirmed."""
        if has_just_confirmed(self.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return the ways to confirm, in our words."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": WAYS_TO_CONFIRM[method["id"]]} for method in methods]


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names new passkeys neutrally; the person may choose another name."""

    def generate_authenticator_name(self, user: User, type: str) -> str:
        count = user.authenticator_set.filter(type=type).count()
        return f"Passkey {count + 1}"
