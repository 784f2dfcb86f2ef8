"""The address for help with the portal itself (docs/domain.md 9)."""

from django.conf import settings


def help_contact(_request: object) -> dict[str, str]:
    """Return the address for every page; nothing when none is set."""
    return {"help_email": settings.CPOR_HELP_EMAIL} if settings.CPOR_HELP_EMAIL else {}
