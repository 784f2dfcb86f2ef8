"""People who import sheets: of a partner, and of Microsoft."""

from importlib import import_module
from typing import Any

import pytest


@pytest.fixture
def anna() -> Any:
    """Return an incentives admin, signed in."""
    # Imported only now: a conftest is read before Django is set up.
    factories = import_module("tests.factories")
    location = factories.PartnerLocationFactory(mpn_id="1234567", partner__name="Litware")
    member = {"user__email": "anna@litware.example", "user__full_name": "Anna Conti"}
    factories.PartnerMemberFactory(partner=location.partner, **member)
    return signed_in("anna@litware.example")


@pytest.fixture
def root() -> Any:
    """Return the platform admin, signed in."""
    factories = import_module("tests.factories")
    return signed_in(factories.UserFactory(is_staff=True, is_superuser=True).email)


def signed_in(email: str) -> Any:
    admin = import_module("tests.journeys.importing").Admin(email=email)
    admin.sign_in()
    return admin
