"""Drafts of the person who is signed in."""

from importlib import import_module
from typing import Any

import pytest
from django.test import Client

# Models are imported only in the fixtures: a conftest is read before Django is set up.


@pytest.fixture
def draft(client: Client) -> Any:
    """Return a draft of the signed-in incentives admin."""
    tenant = import_module("tests.factories").CustomerTenantFactory(name="Contoso", domain_name="contoso.com")
    claim = import_module("tests.stories").draft_claim(tenant=tenant)
    client.force_login(claim.created_by)
    return claim


@pytest.fixture
def m365_draft(draft: Any) -> Any:
    """Return the draft with its area, activity and name."""
    draft.solution_area, draft.activity_codes, draft.name = "M365", ("M365_USAGE",), "Adoption"
    draft.save()
    return draft


@pytest.fixture
def complete(client: Client) -> Any:
    """Return a draft that can be submitted, of the signed-in incentives admin."""
    claim = import_module("tests.stories").complete_claim()
    client.force_login(claim.created_by)
    return claim


@pytest.fixture
def admin(client: Client) -> Any:
    """Return an incentives admin of a location in Milan, signed in."""
    factories = import_module("tests.factories")
    location = factories.PartnerLocationFactory(mpn_id="4847383", name="Milano")
    member = factories.PartnerMemberFactory(partner=location.partner)
    client.force_login(member.user)
    return member.user
