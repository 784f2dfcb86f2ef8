"""A tenant that answers, and a person with an account."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from pytest_django import Settings

from tests.accounts.identity_provider import CLIENT_ID, CLIENT_SECRET, TENANT, IdentityProvider, running


@pytest.fixture
def tenant(settings: Settings) -> Iterator[IdentityProvider]:
    with running() as tenant:
        settings.ENTRA_TENANT_ID, settings.ENTRA_CLIENT_ID = TENANT, CLIENT_ID
        settings.ENTRA_CLIENT_SECRET, settings.ENTRA_AUTHORITY = CLIENT_SECRET, tenant.address
        yield tenant


@pytest.fixture
def anna() -> Any:
    # Imported only now: a conftest is read before Django is set up.
    return import_module("tests.factories").UserFactory(email="anna@contoso.example")


@pytest.fixture
def known_anna(anna: Any) -> Any:
    accounts = import_module("allauth.socialaccount.models").SocialAccount.objects
    accounts.create(user=anna, provider="entra", uid=import_module("tests.accounts.sign_in.entra").UID)
    return anna
