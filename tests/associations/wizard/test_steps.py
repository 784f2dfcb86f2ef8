"""The steps as data: what each asks for, and when it is complete."""

import pytest

from associations.choices import ClaimStatus
from associations.models import Claim
from associations.questions import QUESTIONS, facts_of
from associations.rules import lifecycle
from associations.rules.actors import Actor, Role
from associations.wizard.steps import BY_KEY, STEPS, first_incomplete, with_answers
from tests import stories
from tests.factories import ProductFactory

ADMIN = Actor(Role.INCENTIVES_ADMIN, 1)


def opened(claim: Claim) -> Claim:
    return with_answers(Claim.objects.all()).get(pk=claim.pk)


def test_the_steps_ask_every_question_once_in_the_order_of_the_list():
    assert tuple(question for step in STEPS for question in step.questions) == QUESTIONS


def test_every_fact_is_asked_for_by_one_question_only():
    names = [fact.name for fact in facts_of(QUESTIONS)]

    assert len(names) == len(set(names))


def test_the_steps_edit_every_group_of_facts_of_a_draft():
    groups = {group for step in STEPS for group in step.groups}

    assert groups == lifecycle.EDITABLE_FACTS[ClaimStatus.DRAFT]


def test_the_steps_come_in_the_order_of_the_founding_document():
    assert [step.key for step in STEPS] == ["customer", "work", "details", "products", "contacts", "proof", "comments"]


@pytest.mark.django_db
def test_a_new_draft_has_only_its_customer_complete():
    claim = opened(stories.draft_claim())

    assert [step.key for step in STEPS if not step.missing(claim)] == ["customer", "comments"]


@pytest.mark.django_db
@pytest.mark.parametrize("story", ["complete_claim", "complete_dynamics_claim", "complete_revenue_claim"])
def test_a_complete_claim_has_no_incomplete_step(story):
    claim = opened(getattr(stories, story)())

    assert first_incomplete(claim) is None


@pytest.mark.django_db
def test_only_products_cannot_start_before_the_work_is_stated():
    claim = opened(stories.draft_claim())

    assert [step.key for step in STEPS if not step.can_start(claim)] == ["products"]


@pytest.mark.django_db
def test_a_dynamics_365_product_reopens_the_contacts():
    claim = stories.complete_dynamics_claim()
    claim.contacts.filter(kind="technical").delete()

    assert first_incomplete(opened(claim)) is BY_KEY["contacts"]


@pytest.mark.django_db
def test_power_apps_alone_asks_for_no_technical_contact():
    claim = stories.complete_dynamics_claim()
    claim.items.update(product=ProductFactory(code="PAPPS"))
    claim.contacts.filter(kind="technical").delete()

    assert first_incomplete(opened(claim)) is None


@pytest.mark.django_db
def test_a_required_action_opens_five_steps():
    claim = opened(stories.claim_needing_action())

    open_steps = [step.key for step in STEPS if step.is_editable(claim, ADMIN)]

    assert open_steps == ["customer", "products", "contacts", "proof", "comments"]


@pytest.mark.django_db
def test_a_filed_claim_opens_none():
    claim = opened(stories.submitted_claim())

    assert [step.key for step in STEPS if step.is_editable(claim, ADMIN)] == []


@pytest.mark.django_db
def test_an_observer_may_edit_no_step_of_a_draft():
    claim = opened(stories.draft_claim())

    assert [step.key for step in STEPS if step.is_editable(claim, Actor(Role.OBSERVER, 1))] == []


@pytest.mark.django_db
def test_the_first_page_reads_only_the_mpn_id_of_a_filed_claim():
    claim = stories.claim_needing_action()

    assert BY_KEY["customer"].read(claim) == {"location_id": claim.location_id}
