"""Reads the IDs that a form sends."""

from uuid import UUID, uuid4

from django.http import HttpRequest


def uuid_in(text: str) -> UUID | None:
    """Return the UUID that *text* is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def posted_id(request: HttpRequest, name: str) -> UUID:
    """Return the ID that the page gave to what it makes, so that a form sent twice makes it once; or a new one."""
    return uuid_in(request.POST.get(name, "")) or uuid4()
