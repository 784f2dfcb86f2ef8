"""Calendar addresses of people: created, replaced, revoked, and looked up by token."""

from datetime import datetime

from accounts.models import User
from associations import link_tokens
from associations.models import CalendarFeed


class NoSuchFeed(Exception):
    """The token is not, or no longer, a calendar address of a person who may sign in."""


def renew_feed(user: User, *, now: datetime) -> str:
    """Return a new token for the calendar of *user*; one made before stops working."""
    token = link_tokens.make_token()
    CalendarFeed.objects.update_or_create(
        user=user, defaults={"token_digest": link_tokens.digest(token), "made_at": now}
    )
    return token


def revoke_feed(user: User) -> None:
    """Revoke the calendar address of *user*, if there is one."""
    CalendarFeed.objects.filter(user=user).delete()


def owner_of(token: str) -> User:
    """Return the owner of the calendar that *token* opens; raise NoSuchFeed."""
    try:
        return User.objects.get(is_active=True, calendar_feed__token_digest=link_tokens.digest(token))
    except User.DoesNotExist as missing:
        raise NoSuchFeed from missing
