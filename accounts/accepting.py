"""An invitation accepted with an Entra ID account: whose it is, kept in the session on the way there and back."""

from allauth.account.forms import UserTokenForm
from allauth.account.views import INTERNAL_RESET_SESSION_KEY
from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest

from accounts.models import User

INVITATION = "invitation"


def keep_invited(request: HttpRequest, *, uidb36: str) -> bool:
    """Remember until the person is back from Entra ID whose invitation they opened; return whether it is good."""
    facts = {"uidb36": uidb36, "key": request.session.get(INTERNAL_RESET_SESSION_KEY, "")}
    request.session[INVITATION] = facts
    return invited_by(facts) is not None


def take_invited(request: HttpRequest) -> User | None:
    """Return whose invitation the person opened, once, if it is still good."""
    return invited_by(request.session.pop(INVITATION, None) or {})


def invited_by(facts: dict[str, str]) -> User | None:
    """Return whose invitation *facts* are, unless it is spent: by a password, by another account, or by age."""
    form = UserTokenForm(data=facts)
    if not form.is_valid():
        return None
    user: User = form.reset_user
    is_in = user.has_usable_password() or SocialAccount.objects.filter(user=user).exists()
    return None if is_in or not user.is_active else user
