"""Lets a reviewer sit at the desk."""

from importlib import import_module
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def reviewer(client: Client) -> Any:
    """Return a reviewer of no company, who is signed in in the test's browser."""
    # Imported only now: a conftest is read before Django is set up.
    user = import_module("tests.factories").ReviewerFactory(full_name="Rita Reviewer")
    client.force_login(user)
    return user
