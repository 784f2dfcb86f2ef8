"""A mailbox, and a notice that was sent and whose replies come to it."""

import mailbox
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings


@pytest.fixture
def maildir(settings: Settings, tmp_path: Path) -> mailbox.Maildir:
    settings.PORTAL_URL = "https://portal.example"
    settings.DEFAULT_FROM_EMAIL = "CPOR portal <no-reply@portal.example>"
    settings.BOUNCE_ADDRESS = "bounces@portal.example"
    settings.BOUNCE_MAILDIR = str(tmp_path / "bounces")
    return mailbox.Maildir(settings.BOUNCE_MAILDIR, create=True)


@pytest.fixture
def notice(maildir: mailbox.Maildir) -> Any:
    """A sent notice that left from an envelope address of its own and hears replies."""
    # Imported only now: a conftest is read before Django is set up.
    email = import_module("tests.notifications.notices").sent_mail(hears_replies=True, secret="/c/token/")
    type(email).objects.filter(pk=email.pk).update(has_own_envelope=True)
    email.refresh_from_db()
    return email
