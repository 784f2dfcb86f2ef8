"""Checks at start that emails can be sent from our own addresses."""

from typing import Any

from django.core.checks import CheckMessage, Error

from notifications.own_addresses import own_address_troubles


def check_own_addresses(**options: Any) -> list[CheckMessage]:
    """Return an error for each mistake in our own addresses in the settings."""
    return [Error(trouble, id="notifications.E001") for trouble in own_address_troubles()]
