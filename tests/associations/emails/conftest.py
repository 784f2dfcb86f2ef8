"""The portal's address in emails."""

import pytest


@pytest.fixture(autouse=True)
def portal(settings):
    settings.PORTAL_URL = "https://portal.example"
