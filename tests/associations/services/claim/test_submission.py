"""Filing a claim, answering a reviewer, taking a claim back (domain.md T3, T4, T8, T23, D1, D2, D6)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import EventKind, WithdrawalReason
from associations.models import Contact, Product
from associations.rules.actors import Actor, Role
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.claim import submission
from associations.services.claim.answers import note_refused_edit
from associations.services.claim.eligibility import ClaimIncomplete
from associations.services.claim.history import record
from associations.services.claim.submission import AnswerMissing
from associations.services.claim.withdrawal import withdraw_claim
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import (
    MONDAY,
    AssociationFactory,
    ClaimedProductFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(days=1)


def submit(claim, *, acknowledged=True, by=None):
    return submission.submit_claim(
        claim_id=claim.pk, acknowledged=acknowledged, by=by or stories.admin_of(claim), now=MONDAY
    )


def resubmit(claim, *, reply="See page 3."):
    return submission.resubmit_claim(claim_id=claim.pk, reply=reply, by=stories.admin_of(claim), now=LATER)


def withdraw(claim):
    reason = WithdrawalReason.WRONG_MPN
    return withdraw_claim(claim_id=claim.pk, reason=reason, by=stories.admin_of(claim), now=LATER)


def mails(claim):
    """The templates of the claim's mails, in the order in which they were queued."""
    emails = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:").order_by("pk")
    return list(emails.values_list("template", flat=True))


def history(claim):
    return list(claim.events.values_list("kind", flat=True))


def colleague_of(claim):
    return PartnerMemberFactory(partner=claim.partner, role="incentives_user").user_id


# Filing


def test_submit_claim_freezes_the_claim_and_queues_receipt_and_notice():
    claim = stories.complete_claim()

    filed = submit(claim)

    stored = stories.fresh(filed)
    assert (stored.status, stored.consent_status) == ("submitted", "queued")
    assert (stored.submitted_at, stored.submitted_by) == (MONDAY, claim.created_by)
    assert history(claim) == ["created", "submit", "notice_queued"]
    assert mails(claim) == ["customer_notice", "claim_received"]


def test_the_history_keeps_what_was_filed():
    claim = stories.complete_dynamics_claim()
    subscription = claim.tenant.subscriptions.get()

    submit(claim)

    assert claim.events.get(kind="submit").details == {
        "mpn_id": claim.location.mpn_id,
        "domain_name": claim.domain_name,
        "tenant_id": str(claim.tenant.tenant_id),
        "activities": ["BA_USAGE", "BA_PRESALES"],
        "items": [["D365_SALES", str(subscription.subscription_id)]],
        "customer_contact": f"customer@{claim.domain_name}",
        "proofs": ["0" * 64],
    }


def test_an_incentives_user_may_not_submit():
    claim = stories.complete_claim()

    with pytest.raises(ActionNotAllowed):
        submit(claim, by=Actor(Role.INCENTIVES_USER, colleague_of(claim)))

    assert stories.fresh(claim).status == "draft"
    assert mails(claim) == []


def test_the_second_submission_of_a_draft_finds_it_filed():
    claim = stories.complete_claim()
    submit(claim)

    with pytest.raises(ActionNotAllowed):
        submit(claim)

    assert mails(claim) == ["customer_notice", "claim_received"]
    assert claim.notices.count() == 1


def test_nothing_is_filed_without_the_acknowledgements():
    claim = stories.complete_claim()

    with pytest.raises(ClaimIncomplete) as refusal:
        submit(claim, acknowledged=False)

    assert refusal.value.missing == ("acknowledgements",)
    assert stories.fresh(claim).status == "draft"


@pytest.mark.parametrize(
    ("column", "fact"),
    [("name", "name"), ("activity_codes", "activities"), ("solution_area", "solution_area")],
)
def test_submit_claim_misses_an_empty_column(column, fact):
    claim = stories.complete_claim()
    type(claim).objects.filter(pk=claim.pk).update(**{column: ""})

    with pytest.raises(ClaimIncomplete) as refusal:
        submit(claim)

    assert fact in refusal.value.missing
    assert stories.fresh(claim).status == "draft"
    assert mails(claim) == []


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("customer", "name"),
        ("customer", "title"),
        ("customer", "email"),
        ("customer", "language"),
        ("technical", "name"),
        ("technical", "title"),
        ("technical", "email"),
        ("partner", "name"),
        ("partner", "email"),
    ],
)
def test_submit_claim_misses_every_mandatory_field_of_the_contacts(kind, field):
    claim = stories.complete_dynamics_claim()
    Contact.objects.filter(claim=claim, kind=kind).update(**{field: ""})

    with pytest.raises(ClaimIncomplete) as refusal:
        submit(claim)

    assert refusal.value.missing == (f"{kind}_{field}",)


@pytest.mark.parametrize(
    ("column", "kept"),
    [
        ("email", "carla@[192.0.2.7]"),
        ("email", "carla@i❤.example"),
        ("email", "càrla@contoso.example"),
        ("name", "\u200b"),
    ],
)
def test_a_draft_of_an_earlier_release_asks_again_for_a_contact_whom_nobody_can_write_to(column, kept):
    claim = stories.complete_claim()
    Contact.objects.filter(claim=claim, kind="customer").update(**{column: kept})

    with pytest.raises(ClaimIncomplete) as refusal:
        submit(claim)

    assert refusal.value.missing == (f"customer_{column}",)


@pytest.mark.parametrize("unseen", ["\u200f", "\u202c", "\ufeff"])
def test_a_draft_of_an_earlier_release_with_a_pasted_address_is_filed(unseen):
    claim = stories.complete_claim()
    Contact.objects.filter(claim=claim, kind="customer").update(email=f"carla@faß.example{unseen}")

    submit(claim)

    assert claim.notices.get().email.to == ["carla@xn--fa-hia.example"]


@pytest.mark.parametrize(
    "fact", ["dynamics_solution_seller_name", "revenue_customer_name", "isv_product_solution_name"]
)
def test_submit_claim_misses_each_fact_of_a_revenue_association(fact):
    claim = stories.complete_revenue_claim()
    type(claim).objects.filter(pk=claim.pk).update(**{fact: ""})

    with pytest.raises(ClaimIncomplete) as refusal:
        submit(claim)

    assert refusal.value.missing == (fact,)


def test_submit_claim_misses_proofs_products_and_subscriptions():
    claim = stories.complete_dynamics_claim()
    claim.proofs.all().delete()
    claim.items.update(subscription=None)

    with pytest.raises(ClaimIncomplete) as refusal:
        submit(claim)
    assert refusal.value.missing == ("subscriptions", "proofs")

    claim.items.all().delete()
    with pytest.raises(ClaimIncomplete) as refusal:
        submit(claim)
    assert refusal.value.missing == ("products", "subscriptions", "proofs")


def test_only_power_apps_needs_no_technical_contact():
    claim = stories.complete_dynamics_claim()
    product = Product.objects.get(code="PAPPS")
    claim.items.all().delete()
    subscription = SubscriptionFactory(tenant=claim.tenant, product=product)
    ClaimedProductFactory(claim=claim, product=product, subscription=subscription)
    Contact.objects.filter(claim=claim, kind="technical").delete()

    assert submit(claim).status == "submitted"


# Competing claims


def test_two_partners_on_one_workload_are_both_flagged():
    first = stories.submitted_claim(products=("EXO", "TEAMS"))
    second = stories.complete_claim(tenant=first.tenant, products=("TEAMS",))

    submit(second)

    assert stories.fresh(first).has_competing_claim is True
    assert stories.fresh(second).has_competing_claim is True
    assert history(first)[-1] == history(second)[2] == "competing_found"


def test_a_claim_to_what_another_partner_holds_is_flagged():
    held = AssociationFactory()
    claim = stories.complete_claim(tenant=held.tenant, products=("EXO",))

    assert submit(claim).has_competing_claim is True


def test_two_partners_on_two_workloads_do_not_compete():
    first = stories.submitted_claim(products=("EXO",))
    second = stories.complete_claim(tenant=first.tenant, products=("TEAMS",))

    submit(second)

    assert stories.fresh(first).has_competing_claim is False
    assert stories.fresh(second).has_competing_claim is False


def test_the_same_workload_of_two_customers_does_not_compete():
    stories.submitted_claim()

    assert submit(stories.complete_claim()).has_competing_claim is False


def test_a_draft_of_another_partner_does_not_compete():
    draft = stories.complete_claim()
    claim = stories.complete_claim(tenant=draft.tenant)

    assert submit(claim).has_competing_claim is False


def test_a_withdrawal_settles_the_competition():
    first = stories.submitted_claim()
    second = stories.submitted_claim(tenant=first.tenant)

    withdraw(second)

    assert stories.fresh(first).has_competing_claim is False
    assert history(first)[-1] == "competing_settled"


# Answering the reviewer


def test_resubmit_claim_returns_it_to_review_and_tells_the_reviewer():
    claim = stories.claim_needing_action()
    window = (claim.opt_out_closes_at, claim.consent_status)

    resubmit(claim)

    stored = stories.fresh(claim)
    assert (stored.status, stored.review_outcome, stored.reason_codes) == ("under_review", "pending", [])
    assert stored.answer_due_at is None
    assert (stored.opt_out_closes_at, stored.consent_status) == window
    assert claim.events.latest("pk").note == "See page 3."
    assert mails(claim)[-1] == "answer_arrived"


@pytest.mark.parametrize("reply", ["", "  \n"])
def test_resubmit_claim_needs_a_reply_or_a_change(reply):
    claim = stories.claim_needing_action()

    with pytest.raises(AnswerMissing):
        resubmit(claim, reply=reply)

    assert stories.fresh(claim).status == "action_required"


def test_a_new_proof_is_an_answer():
    claim = stories.claim_needing_action()
    record([claim], EventKind.PROOF_ADDED, by=stories.admin_of(claim), now=LATER)

    assert resubmit(claim, reply="").status == "under_review"


def test_a_refused_edit_is_no_answer():
    claim = stories.claim_needing_action()
    note_refused_edit(claim_id=claim.pk, group="work", by=stories.admin_of(claim), now=LATER)

    with pytest.raises(AnswerMissing):
        resubmit(claim, reply="")


def test_resubmit_claim_refuses_a_claim_that_is_incomplete_now():
    claim = stories.claim_needing_action()
    claim.items.all().delete()

    with pytest.raises(ClaimIncomplete) as refusal:
        resubmit(claim)

    assert refusal.value.missing == ("products",)


def test_resubmit_claim_refuses_a_claim_that_nobody_asked_about():
    with pytest.raises(ActionNotAllowed):
        resubmit(stories.claim_under_review())


@pytest.mark.parametrize(
    "change",
    [
        lambda claim: ClaimedProductFactory(claim=claim, product=Product.objects.get(code="SPO")),
        lambda claim: Contact.objects.filter(claim=claim, kind="customer").update(email="new@customer.example"),
        lambda claim: (
            type(claim).objects.filter(pk=claim.pk).update(location=PartnerLocationFactory(partner=claim.partner))
        ),
    ],
)
def test_a_wider_or_different_claim_asks_the_customer_again(change):
    claim = stories.claim_needing_action()
    change(claim)

    resubmit(claim)

    first, second = claim.notices.all()
    stored = stories.fresh(claim)
    assert (first.revoked_at, second.revoked_at, second.number) == (LATER, None, 2)
    assert (stored.consent_status, stored.opt_out_closes_at) == ("queued", None)
    assert stories.deliver_notice(claim, at=LATER).closes_at == datetime(2020, 10, 27, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [
        lambda claim: claim.items.filter(product__code="TEAMS").delete(),
        lambda claim: ProofFactory(claim=claim),
        lambda claim: Contact.objects.filter(claim=claim, kind="partner").update(email="new@partner.example"),
    ],
)
def test_a_narrower_claim_leaves_the_window_as_it_is(change):
    claim = stories.claim_needing_action()
    change(claim)

    resubmit(claim)

    assert claim.notices.count() == 1
    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 26, 23, tzinfo=UTC)
