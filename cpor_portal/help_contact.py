"""Whom to ask when the portal itself is in the way (domain.md 9)."""

from django.conf import settings


def help_contact(_request: object) -> dict[str, str]:
    """Give every page the address of those who help, where one is set."""
    return {"help_email": settings.CPOR_HELP_EMAIL} if settings.CPOR_HELP_EMAIL else {}
