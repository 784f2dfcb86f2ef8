"""The customer hears when less is asked for, and when the partner, another partner or time ends an association."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from associations import emails
from associations.choices import EndReason
from associations.models import Association, Claim, Product
from associations.services.association import association
from associations.services.claim import submission
from associations.services.customer import notice, undelivered_notice
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.associations.emails.acts import DAY, both_parts, rivals, settle, subscribed_claim
from tests.factories import MONDAY, AssociationFactory, ClaimedProductFactory

pytestmark = pytest.mark.django_db

LATER = MONDAY + 30 * DAY


def told(template: str) -> list[OutboxEmail]:
    return list(OutboxEmail.objects.filter(template=template).order_by("pk"))


def returned_claim(*codes: str, language: str = "en") -> Claim:
    """A claim that waits for the partner, to the products of these *codes*."""
    return stories.claim_needing_action(claim=stories.complete_claim(products=codes, language=language))


def resubmit_without(claim: Claim, *codes: str, at: datetime = MONDAY + DAY) -> None:
    claim.items.filter(product__code__in=codes).delete()
    by = stories.admin_of(claim)
    submission.resubmit_claim(claim_id=claim.pk, reply="We dropped what the proof doesn't name.", by=by, now=at)


def test_a_narrower_request_is_told_with_what_is_left_and_leaves_the_period_as_it_is():
    claim = returned_claim("EXO", "TEAMS", "SPO")
    before = stories.fresh(claim).opt_out_closes_at

    resubmit_without(claim, "TEAMS")

    (email,) = told("request_narrowed")
    assert email.to == [f"customer@{claim.domain_name}"]
    assert rendering.render(email).subject == f"{claim.partner.name} no longer asks for Microsoft Teams"
    for part in both_parts(email):
        flat = " ".join(part.split())
        assert "It no longer asks for: Microsoft Teams" in flat
        assert "It still asks for: Exchange Online, SharePoint Online" in flat
        assert "Your opt-out period stays as it was" in flat
    assert stories.fresh(claim).opt_out_closes_at == before
    assert claim.notices.count() == 1


def test_the_customer_reads_it_in_the_language_of_the_notice():
    claim = returned_claim("EXO", "TEAMS", language="it")

    resubmit_without(claim, "TEAMS")

    assert told("request_narrowed")[0].locale == "it"


def test_a_request_that_stays_the_same_is_not_told_again():
    claim = returned_claim("EXO", "TEAMS")

    resubmit_without(claim)

    assert told("request_narrowed") == []


def test_a_product_that_comes_back_after_it_was_dropped_needs_a_new_notice():
    claim = returned_claim("EXO", "TEAMS")
    resubmit_without(claim, "TEAMS")
    claim = stories.fresh(claim)
    ClaimedProductFactory(claim=claim, product=Product.objects.get(code="TEAMS"))

    notice.ask_or_tell_of_changes(stories.fresh(claim), now=MONDAY + 2 * DAY)

    assert claim.notices.count() == 2


def test_a_notice_that_has_not_left_gives_way_to_one_that_asks_for_less():
    claim = returned_claim("EXO", "TEAMS")
    first = claim.notices.get()
    OutboxEmail.objects.filter(pk=first.email_id).update(status="queued", sent_at=None)

    resubmit_without(claim, "TEAMS")

    first.refresh_from_db()
    second = told("customer_notice")[-1]
    assert (first.email.status, second.context["items"]) == ("cancelled", ["Exchange Online"])
    assert told("request_narrowed") == []


def test_a_customer_whom_no_notice_reached_is_not_told_that_less_is_asked_for():
    claim = returned_claim("EXO", "TEAMS")
    OutboxEmail.objects.filter(pk=claim.notices.get().email_id).update(status="bounced", bounced_at=MONDAY)
    undelivered_notice.note_undelivered_notices(now=MONDAY)

    resubmit_without(claim, "TEAMS")

    assert told("request_narrowed") == []


def test_the_customer_hears_that_the_partner_left_and_not_in_which_words():
    claim = stories.approved_claim()

    association.disassociate(claim_id=claim.pk, reason="They owe us money.", by=stories.admin_of(claim), now=LATER)

    (email,) = told("association_over")
    subject = f"{claim.partner.name} is no longer your partner for Exchange Online + 1 more"
    assert (email.to, rendering.render(email).subject) == ([f"customer@{claim.domain_name}"], subject)
    for part in both_parts(email):
        flat = " ".join(part.split())
        moment = "Wednesday 18 November 2020, 09:00 (CET)"
        assert f"{claim.partner.name} ended its association with {claim.tenant.name} on {moment}, for:" in flat
        assert f"{claim.partner.name} no longer sees usage data of these products." in flat
        assert "money" not in flat


def test_the_customer_hears_that_another_partner_was_preferred_and_for_what():
    incumbent = stories.approved_claim(claim=stories.complete_claim(products=("EXO", "TEAMS")))
    challenger = stories.noticed_claim(tenant=incumbent.tenant, products=("TEAMS",))

    settle(challenger, incumbent)

    (email,) = told("association_over")
    assert email.to == [f"customer@{incumbent.domain_name}"]
    for part in both_parts(email):
        assert "Microsoft compared two partners and preferred the other one." in part
        assert challenger.partner.name not in part
        assert "The other proof of execution is more recent." not in part
    assert email.context["items"] == ["Microsoft Teams"]


def test_the_customer_of_a_claim_that_lost_hears_it_once():
    winner, loser = rivals()

    settle(winner, loser)

    assert [email.key for email in told("request_closed")] == [f"claim:{loser.pk}:notice:1:closed"]
    assert told("association_over") == []


def test_the_customer_hears_that_the_association_ended_with_its_subscription():
    claim = subscribed_claim()

    association.expire_associations(now=datetime(2021, 4, 2, tzinfo=UTC))

    (email,) = told("association_over")
    bought = claim.tenant.subscriptions.get().subscription_id
    for part in both_parts(email):
        assert "The subscription has ended, and with it the association of" in part
        assert f"Dynamics 365 Sales, subscription {bought}" in part
        assert "If you renew, the partner needs a new association" in part


def test_a_customer_who_was_erased_hears_nothing():
    claim = stories.approved_claim()
    claim.notices.update(contact_name="", contact_email="")

    association.disassociate(claim_id=claim.pk, reason="Over.", by=stories.admin_of(claim), now=LATER)

    assert told("association_over") == []


def test_an_association_without_a_claim_has_nobody_to_tell():
    held = AssociationFactory(is_migrated=True)

    association.end_each([held], reason=EndReason.SUPERSEDED, by=stories.reviewer(), now=LATER)

    assert Association.objects.get().ended_at == LATER
    assert told("association_over") == []


@transaction.atomic
def leave_and_fail(claim: Claim) -> None:
    association.disassociate(claim_id=claim.pk, reason="Over.", by=stories.admin_of(claim), now=LATER)
    raise RuntimeError


def test_an_end_that_fails_is_told_to_nobody():
    claim = stories.approved_claim()

    with pytest.raises(RuntimeError):
        leave_and_fail(claim)

    assert told("association_over") == []
    assert Association.objects.active().count() == 2


def test_two_ends_of_one_claim_are_two_emails():
    claim = stories.approved_claim()
    first, second = Association.objects.filter(claimed_products__claim=claim).order_by("pk")
    for held, at in ((first, LATER), (second, LATER + timedelta(hours=1))):
        association.end_each([held], reason=EndReason.SUPERSEDED, by=stories.reviewer(), now=at)

    assert [email.context["items"] for email in told("association_over")] == [["Exchange Online"], ["Microsoft Teams"]]
    assert {"association_active", "association_over"} <= set(emails.HEARD)
