"""The directory is asked once more at submission, because copies and imports skip the form (domain.md D18)."""

import pytest
from django.db import connection
from django.urls import reverse

from associations import directory
from associations.background import runner
from tests import stories
from tests.associations.public_directory import TENANT
from tests.factories import MONDAY, CustomerTenantFactory, JobFactory, JobRowFactory
from tests.people import author

pytestmark = [pytest.mark.django_db, pytest.mark.both]

YES = {"data_is_right": "on", "customer_knows": "on"}


@pytest.fixture
def asked_in_a_transaction(monkeypatch, db):
    """Return whether each question to the directory was asked inside a transaction within that of the test."""
    seen, ask, own = [], directory.ask, len(connection.savepoint_ids)

    def spy(domain_name):
        seen.append(len(connection.savepoint_ids) > own)
        return ask(domain_name)

    monkeypatch.setattr(directory, "ask", spy)
    return seen


def draft_at(email):
    tenant = CustomerTenantFactory(tenant_id=TENANT, domain_name="contoso.example")
    return stories.draft_with_contact(email, tenant=tenant, domain_name="contoso.example")


def press_submit(claim):
    return author(claim).post(reverse("claim_check", args=[claim.public_id]), YES)


def test_a_contact_that_only_the_public_directory_knows_is_confirmed_at_submission(microsoft, asked_in_a_transaction):
    draft = draft_at("carla@good.example")

    press_submit(draft)

    claim = stories.fresh(draft)
    assert (claim.status, claim.contact_confirmed_by, claim.contact_due_at) == ("submitted", "domain", None)
    assert claim.tenant.domains.get(domain_name="good.example").listed_by == "directory"
    assert asked_in_a_transaction == [False]


@pytest.mark.parametrize("name", ["unknown.example", "slow.example", "broken.example"])
def test_a_claim_is_submitted_and_held_where_the_directory_gives_no_answer(microsoft, name):
    draft = draft_at(f"carla@{name}")

    press_submit(draft)

    assert stories.fresh(draft).is_contact_held


def test_the_answer_is_remembered_and_a_listed_domain_asks_nobody(microsoft):
    first, second = draft_at("carla@unknown.example"), stories.complete_claim()

    press_submit(first)
    press_submit(second)

    assert [path.split("/")[1] for path in microsoft] == ["unknown.example"]


def test_an_imported_draft_asks_before_its_row_is_locked(microsoft, asked_in_a_transaction):
    draft = draft_at("carla@good.example")
    job = JobFactory(owner=draft.created_by, kind="reassociation", phase="submit", parameters={}, total=1)
    row = JobRowFactory(job=job, claim=draft, outcome="imported")

    runner.run_due_jobs(clock=lambda: MONDAY)

    row.refresh_from_db()
    assert (row.outcome, row.notes) == ("submitted", [])
    assert stories.fresh(draft).contact_confirmed_by == "domain"
    assert asked_in_a_transaction == [False]


def test_an_answer_to_the_reviewer_asks_too(microsoft, asked_in_a_transaction):
    claim = stories.claim_needing_action(tenant=CustomerTenantFactory(tenant_id=TENANT), domain_name="x.example")
    claim.contacts.filter(kind="customer").update(email="carla@good.example")

    author(claim).post(reverse("claim_resubmit", args=[claim.public_id]), {"reply": "A new contact."})

    claim = stories.fresh(claim)
    assert (claim.status, claim.contact_confirmed_by) == ("under_review", "domain")
    assert asked_in_a_transaction == [False]
