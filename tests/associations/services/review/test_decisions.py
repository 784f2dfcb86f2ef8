"""Decisions of reviewers (domain.md T5, T7, T11, T12, T16, R16)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import ReasonCode
from associations.rules.actors import Actor, Role
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.review import decisions
from associations.services.review.decisions import ClaimClosed, OwnCompany, ReasonMissing
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(days=1)
REASONS = [ReasonCode.POE_NO_PRODUCT, ReasonCode.POE_DATES]


def reviewer_of(claim):
    return Actor(Role.REVIEWER, claim.reviewer_id)


def ask(claim, *, by, reasons=REASONS, text="Teams is not named."):
    return decisions.request_action(claim_id=claim.pk, reasons=reasons, text=text, by=by, now=LATER)


def reject(claim, *, by, reasons=REASONS, text="No work is shown."):
    return decisions.reject_claim(claim_id=claim.pk, reasons=reasons, text=text, by=by, now=LATER)


def test_start_review_assigns_the_claim():
    claim, by = stories.noticed_claim(), stories.reviewer()

    decisions.start_review(claim_id=claim.pk, by=by, now=LATER)

    stored = stories.fresh(claim)
    assert (stored.status, stored.reviewer_id) == ("under_review", by.user_id)
    assert (claim.events.latest("pk").kind, claim.events.latest("pk").actor_id) == ("start_review", by.user_id)


def test_a_review_is_started_once():
    claim = stories.claim_under_review()

    with pytest.raises(ActionNotAllowed):
        decisions.start_review(claim_id=claim.pk, by=stories.reviewer(), now=LATER)

    assert stories.fresh(claim).reviewer_id == claim.reviewer_id


def test_request_action_gives_five_business_days_and_the_reasons():
    claim = stories.claim_under_review()

    ask(claim, by=reviewer_of(claim))

    stored = stories.fresh(claim)
    assert (stored.status, stored.review_outcome) == ("action_required", "returned")
    assert stored.reason_codes == ["POE_NO_PRODUCT", "POE_DATES"]
    assert stored.answer_due_at == datetime(2020, 10, 27, 23, tzinfo=UTC)
    assert claim.events.latest("pk").note == "Teams is not named."
    assert OutboxEmail.objects.get(template="action_required").context["due_on"] == "2020-10-27"


def test_validate_claim_waits_for_the_customer():
    claim = stories.claim_under_review()

    validated = decisions.validate_claim(claim_id=claim.pk, by=reviewer_of(claim), now=LATER)

    assert (validated.status, validated.review_outcome) == ("awaiting_customer", "validated")


def test_validate_claim_after_the_window_makes_it_official_at_once():
    claim = stories.claim_under_review()

    validated = decisions.validate_claim(claim_id=claim.pk, by=reviewer_of(claim), now=MONDAY + timedelta(days=14))

    assert (validated.status, validated.consent_status) == ("approved", "no_objection")
    assert list(claim.events.values_list("kind", flat=True))[-3:] == ["validate", "window_closed", "approve"]


def test_validate_claim_does_not_settle_a_competition():
    other = stories.noticed_claim()
    claim = stories.claim_under_review(tenant=other.tenant)

    validated = decisions.validate_claim(claim_id=claim.pk, by=reviewer_of(claim), now=MONDAY + timedelta(days=14))

    assert validated.status == "awaiting_customer"


def test_reject_claim_tells_the_partner_why_and_the_customer_that_it_is_over():
    claim = stories.claim_under_review()

    reject(claim, by=reviewer_of(claim))

    stored = stories.fresh(claim)
    assert (stored.status, stored.review_outcome, stored.closed_at) == ("rejected", "rejected", LATER)
    assert stored.reason_codes == ["POE_NO_PRODUCT", "POE_DATES"]
    emails = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:").order_by("-pk")[:2]
    assert {email.template for email in emails} == {"claim_rejected", "request_closed"}


def test_reject_claim_leaves_the_field_to_the_other_partner():
    other = stories.noticed_claim()
    claim = stories.claim_under_review(tenant=other.tenant)

    reject(claim, by=reviewer_of(claim))

    assert stories.fresh(other).has_competing_claim is False


@pytest.mark.parametrize("decision", [ask, reject])
@pytest.mark.parametrize(("reasons", "text"), [([], "Why not."), (REASONS, ""), (REASONS, " \n")])
def test_returning_and_rejecting_need_a_reason_and_a_text(decision, reasons, text):
    claim = stories.claim_under_review()

    with pytest.raises(ReasonMissing):
        decision(claim, by=reviewer_of(claim), reasons=reasons, text=text)

    assert stories.fresh(claim).status == "under_review"


@pytest.mark.parametrize(
    "decision",
    [
        ask,
        reject,
        lambda claim, by: decisions.validate_claim(claim_id=claim.pk, by=by, now=LATER),
    ],
)
def test_nobody_decides_on_a_claim_of_their_own_company(decision):
    claim = stories.claim_under_review()
    insider = Actor(Role.REVIEWER, PartnerMemberFactory(partner=claim.partner, role="global_admin").user_id)

    with pytest.raises(OwnCompany):
        decision(claim, by=insider)

    assert stories.fresh(claim).status == "under_review"


def test_nobody_starts_the_review_of_their_own_company():
    claim = stories.noticed_claim()

    with pytest.raises(OwnCompany):
        decisions.start_review(claim_id=claim.pk, by=Actor(Role.REVIEWER, claim.created_by_id), now=LATER)


@pytest.mark.parametrize(
    "decision",
    [
        ask,
        reject,
        lambda claim, by: decisions.validate_claim(claim_id=claim.pk, by=by, now=LATER),
    ],
)
def test_a_claim_is_taken_under_review_before_it_is_decided(decision):
    claim = stories.noticed_claim()

    with pytest.raises(ActionNotAllowed):
        decision(claim, by=stories.reviewer())

    stored = stories.fresh(claim)
    assert (stored.status, stored.review_outcome, stored.reason_codes) == ("submitted", "pending", [])


def test_a_partner_does_not_review():
    claim = stories.claim_under_review()
    stranger = Actor(Role.INCENTIVES_ADMIN, PartnerMemberFactory().user_id)

    with pytest.raises(ActionNotAllowed):
        decisions.validate_claim(claim_id=claim.pk, by=stranger, now=LATER)


def test_start_review_gives_the_reviewers_five_business_days():
    claim = stories.noticed_claim()

    decisions.start_review(claim_id=claim.pk, by=stories.reviewer(), now=LATER)

    assert stories.fresh(claim).review_due_at == datetime(2020, 10, 27, 23, tzinfo=UTC)


@pytest.mark.parametrize("decision", [ask, reject])
def test_what_waits_for_the_partner_or_is_closed_waits_for_no_reviewer(decision):
    claim = stories.claim_under_review()

    decision(claim, by=reviewer_of(claim))

    assert stories.fresh(claim).review_due_at is None


def test_a_rejection_can_be_disputed_for_thirty_days():
    claim = stories.claim_under_review()

    reject(claim, by=reviewer_of(claim))

    assert stories.fresh(claim).dispute_closes_at == datetime(2020, 11, 19, 23, tzinfo=UTC)


# Assigning


def test_a_claim_is_given_to_another_reviewer():
    claim, other = stories.claim_under_review(), stories.reviewer()

    decisions.assign_reviewer(claim_id=claim.pk, reviewer_id=other.account_id, by=reviewer_of(claim), now=LATER)

    assert stories.fresh(claim).reviewer_id == other.user_id
    line = claim.events.latest("pk")
    assert (line.kind, line.actor_id, line.at) == ("assigned", claim.reviewer_id, LATER)


def test_partners_do_not_read_the_reviewer_s_name():
    claim, other = stories.noticed_claim(), stories.reviewer()

    assigned = decisions.assign_reviewer(claim_id=claim.pk, reviewer_id=other.account_id, by=other, now=LATER)

    line = claim.events.latest("pk")
    assert (line.note, line.details) == ("", {"reviewer": str(assigned.reviewer)})


@pytest.mark.parametrize("story", [stories.approved_claim, stories.declined_claim, stories.draft_claim])
def test_a_claim_that_needs_no_reviewer_is_given_to_none(story):
    claim = story()

    with pytest.raises(ClaimClosed):
        decisions.assign_reviewer(
            claim_id=claim.pk, reviewer_id=stories.reviewer().account_id, by=stories.reviewer(), now=LATER
        )

    assert stories.fresh(claim).reviewer_id is None


@pytest.mark.parametrize("is_giver", [True, False])
def test_a_claim_is_given_neither_by_nor_to_somebody_of_its_company(is_giver):
    claim, other = stories.noticed_claim(), stories.reviewer()
    insider = Actor(Role.REVIEWER, PartnerMemberFactory(partner=claim.partner, role="global_admin").user_id)
    by, to = (insider, other) if is_giver else (other, insider)

    with pytest.raises(OwnCompany):
        decisions.assign_reviewer(claim_id=claim.pk, reviewer_id=to.account_id, by=by, now=LATER)

    assert stories.fresh(claim).reviewer_id is None


def test_a_partner_does_not_assign():
    claim, other = stories.noticed_claim(), stories.reviewer()
    stranger = Actor(Role.INCENTIVES_ADMIN, PartnerMemberFactory().user_id)

    with pytest.raises(ActionNotAllowed):
        decisions.assign_reviewer(claim_id=claim.pk, reviewer_id=other.account_id, by=stranger, now=LATER)
