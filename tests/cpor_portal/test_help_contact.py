"""The help address on error pages, sign-in and emails."""

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertNotContains

from tests.stories import submitted_claim

pytestmark = pytest.mark.django_db


def test_every_page_names_who_helps_and_a_claims_page_its_number(settings: Settings):
    settings.CPOR_HELP_EMAIL = "help@contoso.example"
    claim = submitted_claim()
    client = Client()
    client.force_login(claim.created_by)

    assertContains(client.get("/customers/"), 'href="mailto:help@contoso.example"')
    assertContains(client.get("/incentives/"), 'href="mailto:help@contoso.example"')
    page = client.get(f"/associations/{claim.public_id}/")
    assertContains(page, f'href="mailto:help@contoso.example?subject={claim.number}"')
    assertContains(page, f"Help with {claim.number}:")


def test_nobody_is_named_where_nobody_is_set(settings: Settings):
    settings.CPOR_HELP_EMAIL = ""

    assertNotContains(Client().get("/customers/"), "mailto:")
