"""An invitation accepted with an Entra ID account; the session keeps the emailed link until the person is back."""

from allauth.account.utils import url_str_to_user_pk
from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest

from accounts.invitations import LINKS
from accounts.models import User

OPENED_LINK = "opened_link"
INVITATION = "invitation"


def keep_opened_link(request: HttpRequest, key: str) -> None:
    """Remember the *key* of the emailed link that is open in this browser."""
    request.session[OPENED_LINK] = key


def opened_link(request: HttpRequest) -> str:
    """Return the key of the emailed link that is open in this browser; empty if none is."""
    return str(request.session.get(OPENED_LINK, ""))


def keep_invited(request: HttpRequest, *, uidb36: str) -> bool:
    """Remember until the person is back from Entra ID whose invitation they opened; return whether it is good."""
    facts = {"uidb36": uidb36, "key": opened_link(request)}
    request.session[INVITATION] = facts
    return invited_by(facts) is not None


def take_invited(request: HttpRequest) -> User | None:
    """Return whose invitation the person opened, once, if it is still good."""
    return invited_by(request.session.pop(INVITATION, None) or {})


def invited_by(facts: dict[str, str]) -> User | None:
    """Return whose invitation *facts* are, unless it is spent: by a password, by another account, or by age."""
    user = holder_of(uidb36=facts.get("uidb36", ""), key=facts.get("key", ""))
    if user is None:
        return None
    is_in = user.has_usable_password() or SocialAccount.objects.filter(user=user).exists()
    return None if is_in or not user.is_active else user


def holder_of(*, uidb36: str, key: str) -> User | None:
    """Return whose account an emailed link opens, or None if the link is wrong, spent or too old."""
    try:
        user = User.objects.get(pk=url_str_to_user_pk(uidb36))
    except (ValueError, User.DoesNotExist):
        return None
    return user if LINKS.check_token(user, key) else None
