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
    """Remember the opened invitation while the person signs in with Entra ID; return whether it is valid."""
    facts = {"uidb36": uidb36, "key": opened_link(request)}
    request.session[INVITATION] = facts
    return invited_by(facts) is not None


def take_invited(request: HttpRequest) -> User | None:
    """Return the invited account of the opened invitation, once, if it is still valid."""
    return invited_by(request.session.pop(INVITATION, None) or {})


def invited_by(facts: dict[str, str]) -> User | None:
    """Return the account that *facts* invite, or None if the invitation was used or has expired."""
    user = holder_of(uidb36=facts.get("uidb36", ""), key=facts.get("key", ""))
    if user is None:
        return None
    is_in = user.has_usable_password() or SocialAccount.objects.filter(user=user).exists()
    return None if is_in or not user.is_active else user


def holder_of(*, uidb36: str, key: str) -> User | None:
    """Return the account that an emailed link opens, or None if the link is wrong, used or expired."""
    try:
        user = User.objects.get(pk=url_str_to_user_pk(uidb36))
    except (ValueError, User.DoesNotExist):
        return None
    return user if LINKS.check_token(user, key) else None
