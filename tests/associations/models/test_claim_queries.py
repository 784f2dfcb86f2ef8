"""Querysets of claims find what the rules say."""

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any, cast

import pytest

from associations.choices import ClaimStatus, ConsentStatus, ReviewOutcome
from associations.forms.claim_list.sort import SORTS
from associations.models import Claim
from associations.models.claim_queries import Attention, ReadClaim, is_undelivered
from associations.rules import lifecycle
from associations.rules.customer import undelivered
from associations.rules.customer.opt_out import Hold, what_holds
from associations.rules.shown_status import ReviewStage, ShownStatus
from notifications.models import OutboxEmail
from tests import stories
from tests.associations.models.filed import filed
from tests.factories import (
    MONDAY,
    ClaimFactory,
    ClaimHoldFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    SubmitRequestFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]

DEADLINE = datetime.fromisoformat("2020-10-26T23:00:00+00:00")
WINDOW = {"opt_out_opens_at": MONDAY, "opt_out_closes_at": DEADLINE}
MINUTE = timedelta(minutes=1)


# The window


def test_window_elapsed_finds_open_windows_from_their_exclusive_end_on():
    claim = filed(consent_status="sent", **WINDOW)

    assert not Claim.objects.window_elapsed(DEADLINE - MINUTE).exists()
    assert list(Claim.objects.window_elapsed(DEADLINE)) == [claim]


def test_window_elapsed_leaves_decided_and_answered_claims_alone():
    filed(consent_status="sent", status="rejected", **WINDOW)
    filed(consent_status="no_objection", **WINDOW)
    filed(consent_status="declined", **WINDOW)

    assert not Claim.objects.window_elapsed(DEADLINE).exists()


@pytest.mark.parametrize("consent", ["no_objection", "acknowledged", "sent"])
@pytest.mark.parametrize("status", ["submitted", "under_review", "awaiting_customer"])
def test_window_closed_unopposed_finds_what_nothing_holds(status, consent):
    claim = filed(status=status, consent_status=consent, **WINDOW)

    assert list(Claim.objects.window_closed_unopposed(DEADLINE)) == [claim]


@pytest.mark.parametrize(
    "hold",
    [
        {"status": "action_required", "answer_due_at": DEADLINE},
        {"status": "rejected"},
        {"status": "cancelled"},
        {"status": "approved"},
        {"has_competing_claim": True},
        {"hold_kinds": "customer_wrote", "hold_due_at": DEADLINE},
        {"consent_status": "not_sent"},
        {"consent_status": "queued"},
        {"consent_status": "bounced"},
        {"consent_status": "declined"},
        {"contact_policy": "hold", "contact_due_at": DEADLINE},
        {"requires_validation": True},
        {"requires_validation": True, "review_outcome": "returned"},
        {"consent_status": "sent", "opt_out_closes_at": DEADLINE + MINUTE},
    ],
)
def test_window_closed_unopposed_leaves_a_held_claim(hold):
    free = {"status": "under_review", "consent_status": "no_objection"} | WINDOW

    filed(**free | hold)

    assert not Claim.objects.window_closed_unopposed(DEADLINE).exists()


def test_a_confirmed_contact_is_not_held():
    claim = filed(contact_policy="hold", **CONFIRMED, consent_status="no_objection", **WINDOW)

    assert list(Claim.objects.window_closed_unopposed(DEADLINE)) == [claim]


def test_claims_filed_before_contacts_were_confirmed_are_not_held():
    assert filed().contact_policy == "allow"


def test_a_validation_lifts_the_hold_of_a_program_that_needs_one():
    claim = filed(requires_validation=True, review_outcome="validated", consent_status="no_objection", **WINDOW)

    assert list(Claim.objects.window_closed_unopposed(DEADLINE)) == [claim]


FACTS: dict[str, list[Any]] = {
    "status": ["submitted", "under_review", "action_required", "awaiting_customer", "rejected"],
    "consent_status": ["not_sent", "queued", "bounced", "no_objection", "acknowledged", "declined"],
    "has_competing_claim": [False, True],
    "requires_validation": [False, True],
}
HELD_CONTACT = {"contact_policy": "hold", "contact_due_at": DEADLINE}
CONFIRMED = {"contact_confirmed_by": "reviewer", "contact_confirmed_at": MONDAY}


@pytest.mark.parametrize("contact", [{}, HELD_CONTACT, {"contact_policy": "hold"} | CONFIRMED, CONFIRMED])
@pytest.mark.parametrize("hold", ["", "customer_wrote", "delivery_unclear"])
def test_the_query_and_the_rule_that_pages_show_agree(hold, contact):
    author = UserFactory()
    same = {"location": PartnerLocationFactory(), "tenant": CustomerTenantFactory()} | contact
    same |= {"created_by": author, "submitted_by": author}
    for values in product(*FACTS.values()):
        claim = filed(**dict(zip(FACTS, values, strict=True)), answer_due_at=DEADLINE, **WINDOW, **same)
        if hold:
            ClaimHoldFactory(claim=claim, kind=hold)
    holds = {claim.pk: what_holds(claim.approval_facts) for claim in Claim.objects.all()}

    found = Claim.objects.window_closed_unopposed(DEADLINE)

    assert len(holds) == 120
    assert all((hold in each) == bool(hold) for each in holds.values())
    assert all((Hold.CONTACT_NOT_CONFIRMED in each) == (contact == HELD_CONTACT) for each in holds.values())
    assert {claim.pk for claim in found} == {pk for pk, each in holds.items() if each == ()}


@pytest.mark.parametrize(
    ("email", "is_lost"),
    [
        ({"status": "queued"}, False),
        ({"status": "sent", "sent_at": MONDAY}, False),
        ({"status": "failed"}, True),
        ({"status": "bounced", "sent_at": MONDAY, "bounced_at": MONDAY}, True),
    ],
)
def test_the_query_and_the_rule_agree_on_what_was_not_delivered(email, is_lost):
    claim = stories.submitted_claim()
    OutboxEmail.objects.filter(pk=claim.notices.get().email_id).update(secret="", **email)
    for status, consent in product([*lifecycle.UNDECIDED, "approved"], ConsentStatus.values):
        closed = {"closed_at": MONDAY, "answer_due_at": DEADLINE, **WINDOW}
        Claim.objects.filter(pk=claim.pk).update(status=status, consent_status=consent, **closed)

        found = Claim.objects.filter(is_undelivered()).exists()

        assert found is undelivered.is_undelivered(status, consent=consent, is_email_lost=is_lost)


def every_claim_there_can_be() -> list[Claim]:
    """Return a filed claim in each status, with each answer of the customer, each outcome, in force and ended."""
    tenant, location, author = CustomerTenantFactory(), PartnerLocationFactory(), UserFactory()
    same = {"tenant": tenant, "location": location, "created_by": author, "submitted_by": author}
    facts = product(ClaimStatus.values, ConsentStatus.values, ReviewOutcome.values, [None, "superseded"])
    return [
        filed(
            status=status,
            consent_status=consent,
            review_outcome=outcome,
            ended_at=MONDAY if end else None,
            end_reason=end or "",
            answer_due_at=DEADLINE,
            **WINDOW,
            **same,
        )
        for status, consent, outcome, end in facts
        if end is None or status == ClaimStatus.APPROVED
    ]


def test_the_query_and_the_rule_agree_on_the_status_that_people_read():
    claims = every_claim_there_can_be()

    for shown in ShownStatus:
        meant = {claim.pk for claim in claims if claim.shown_status is shown}
        assert {claim.pk for claim in Claim.objects.shown_as(shown)} == meant
        assert meant


def test_the_order_by_status_is_that_of_a_claims_life():
    every_claim_there_can_be()

    ordered = Claim.objects.annotate(place=SORTS["status"].by).order_by("place")

    assert list(dict.fromkeys(claim.shown_status for claim in ordered)) == list(ShownStatus)


def test_the_query_and_the_rule_agree_on_the_stage_of_the_review():
    claims = every_claim_there_can_be()

    for stage in ReviewStage:
        meant = {claim.pk for claim in claims if claim.review_stage is stage}
        assert {claim.pk for claim in Claim.objects.at_review_stage(stage)} == meant
        assert meant


def test_needing_attention_names_the_most_urgent_reason():
    draft, asked, lost, unconfirmed, contested = (
        stories.draft_claim(),
        stories.claim_needing_action(),
        stories.submitted_claim(claim=stories.draft_with_contact("carla@elsewhere.example")),
        stories.unconfirmed_claim(),
        stories.noticed_claim(),
    )
    stories.noticed_claim()
    Claim.objects.filter(pk__in=[asked.pk, lost.pk, unconfirmed.pk, contested.pk]).update(has_competing_claim=True)
    OutboxEmail.objects.filter(pk=lost.notices.get().email_id).update(status="failed", secret="")

    assert {claim: cast(ReadClaim, claim).attention for claim in Claim.objects.needing_attention()} == {
        asked: Attention.ANSWER,
        lost: Attention.UNDELIVERED,
        unconfirmed: Attention.CONTACT,
        contested: Attention.COMPETING,
        draft: Attention.DRAFT,
    }


def test_needing_attention_tells_its_reader_what_colleagues_asked_them_to_submit():
    asked, draft = stories.draft_claim(), stories.draft_claim()
    reader, ugo = UserFactory(), asked.created_by
    SubmitRequestFactory(claim=asked, colleague=reader, asked_by=ugo)

    def reasons(user):
        found = Claim.objects.needing_attention(reader=user)
        return {claim: vars(claim)["attention"] for claim in found}

    assert reasons(reader) == {asked: Attention.TO_SUBMIT, draft: Attention.DRAFT}
    assert reasons(ugo) == {asked: Attention.DRAFT, draft: Attention.DRAFT}


def test_ending_soon_finds_approved_claims_with_the_first_end():
    claim, later = (stories.approved_claim(claim=stories.complete_dynamics_claim()) for _n in range(2))
    claim.tenant.subscriptions.update(ends_on=date(2020, 12, 18))
    later.tenant.subscriptions.update(ends_on=date(2020, 12, 19))
    stories.declined_claim(claim=stories.complete_dynamics_claim()).tenant.subscriptions.update(ends_on=MONDAY)

    assert [(found, cast(ReadClaim, found).next_end) for found in Claim.objects.ending_soon(MONDAY)] == [
        (claim, date(2020, 12, 18))
    ]


def test_undecided_and_editable_are_sets_of_statuses():
    draft, submitted = ClaimFactory(), filed()
    asked = filed(status="action_required", answer_due_at=DEADLINE)
    filed(status="rejected")

    assert set(Claim.objects.undecided()) == {submitted, asked}
    assert set(Claim.objects.editable()) == {draft, asked}
