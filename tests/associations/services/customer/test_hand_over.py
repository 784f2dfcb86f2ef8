"""Covers a request that the customer's contact hands over to a colleague (domain.md D21)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import ClaimStatus, ConfirmedBy, ConsentStatus, ContactKind, NoticeAnswer, WithdrawalReason
from associations.models import Association, Claim, CustomerNotice
from associations.rules.customer.hand_over import NoHandOver
from associations.services.association import approval
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer as answering
from associations.services.customer import hand_over as handing_over
from associations.services.customer import notice as noticing
from associations.services.customer import reminders, undelivered_notice
from associations.services.customer.answer import Answerer, BadLink
from associations.services.customer.hand_over import ColleagueRefused, HandOverRefused
from notifications.models import EmailStatus, Notification, OutboxEmail
from tests import stories
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.both]

CARLA = Answerer(name="Carla Bianchi", ip="192.0.2.7", user_agent="Firefox")
TUESDAY = MONDAY + timedelta(days=1)
DEADLINE = datetime(2020, 10, 26, 23, tzinfo=UTC)
# Of a notice that the mail server accepts on Tuesday.
NEW_DEADLINE = datetime(2020, 10, 27, 23, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def hand_over(claim, *, at=TUESDAY, text="", **colleague):
    return handing_over.hand_over(
        notice_id=claim.notices.current().get().pk,
        answerer=CARLA,
        colleague=stories.colleague_of(claim) | colleague,
        text=text,
        now=at,
    )


def state():
    """Everything that a hand-over may change."""
    return (
        list(Claim.objects.order_by("pk").values()),
        list(CustomerNotice.objects.order_by("pk").values()),
        list(OutboxEmail.objects.order_by("pk").values_list("key", "status")),
    )


def new_mails(claim):
    """Return the recipients of the emails about *claim* in the outbox."""
    waiting = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:", status=EmailStatus.QUEUED)
    return {email.template: email.to for email in waiting.exclude(template="claim_received")}


def test_the_colleague_is_the_contact_and_gets_a_notice_with_a_full_new_window():
    claim = stories.noticed_claim()

    notice = hand_over(claim, text="Dario buys our licenses.")

    contact = claim.contacts.get(kind=ContactKind.CUSTOMER)
    assert (contact.name, contact.title, contact.email) == (
        "Dario Neri",
        "Head of purchasing",
        f"dario@{claim.domain_name}",
    )
    assert (notice.number, notice.contact_name, notice.contact_email) == (2, "Dario Neri", contact.email)
    stored = stories.fresh(claim)
    assert (stored.status, stored.consent_status, stored.opt_out_closes_at) == (
        ClaimStatus.SUBMITTED,
        ConsentStatus.QUEUED,
        None,
    )
    stories.deliver_notice(claim, at=TUESDAY)
    assert stories.fresh(claim).opt_out_closes_at == NEW_DEADLINE


def test_the_first_notice_says_who_handed_it_over_and_its_link_ends():
    claim = stories.noticed_claim()
    first = claim.notices.get()

    hand_over(claim, text="Dario buys our licenses.")

    first.refresh_from_db()
    assert (first.answer, first.answered_by_name, first.answer_text) == (
        NoticeAnswer.HANDED_OVER,
        "Carla Bianchi",
        "Dario buys our licenses.",
    )
    assert (first.answered_at, first.revoked_at, first.hand_over_number) == (TUESDAY, TUESDAY, 1)
    assert (first.answer_ip, first.answer_user_agent) == ("192.0.2.7", "Firefox")
    for act in (
        lambda: answering.approve_by_customer(notice_id=first.pk, answerer=CARLA, now=TUESDAY),
        lambda: handing_over.hand_over(
            notice_id=first.pk, answerer=CARLA, colleague=stories.colleague_of(claim, mailbox="elena"), now=TUESDAY
        ),
    ):
        with pytest.raises(BadLink):
            act()
    assert not answering.can_approve(first)
    assert not answering.can_opt_out(first)


def test_the_partner_and_the_first_contact_are_told():
    claim = stories.noticed_claim()

    hand_over(claim)

    assert new_mails(claim) == {
        "customer_notice": [f"dario@{claim.domain_name}"],
        "hand_over_receipt": [f"customer@{claim.domain_name}"],
        "request_handed_over": [f"paolo{claim.pk}@partner.example", claim.created_by.email],
    }
    assert Notification.objects.filter(kind="request_handed_over", user=claim.created_by).count() == 1


def test_the_history_names_the_customer_as_the_one_who_did_it():
    claim = stories.noticed_claim()

    hand_over(claim, text="Dario buys our licenses.")

    lines = list(claim.events.order_by("pk"))[-3:]
    assert [line.kind for line in lines] == ["handed_over", "notice_revoked", "notice_queued"]
    assert (lines[0].actor_role, lines[0].actor_name, lines[0].note) == (
        "customer",
        "Carla Bianchi",
        "Dario buys our licenses.",
    )
    assert lines[0].details["customer_contact"] == f"dario@{claim.domain_name}"


def test_reminders_of_the_first_window_are_not_sent():
    claim = stories.noticed_claim()

    hand_over(claim)
    reminders.send_due_reminders(now=DEADLINE - INSTANT)

    assert not OutboxEmail.objects.filter(template="customer_reminder").exists()


def test_nobody_is_official_at_the_first_deadline_and_the_colleague_is_at_the_new_one():
    claim = stories.noticed_claim()
    hand_over(claim)
    stories.deliver_notice(claim, at=TUESDAY)

    assert approval.approve_unopposed_claims(now=DEADLINE).approved == 0
    assert approval.approve_unopposed_claims(now=NEW_DEADLINE).approved == 1


def test_what_the_colleague_approves_is_official():
    claim = stories.noticed_claim()
    notice = hand_over(claim)
    stories.deliver_notice(claim, at=TUESDAY)

    answering.approve_by_customer(notice_id=notice.pk, answerer=Answerer(name="Dario Neri"), now=TUESDAY)

    assert Association.objects.active().filter(tenant=claim.tenant).count() == 2


def test_a_claim_is_handed_over_twice_and_not_a_third_time():
    claim = stories.noticed_claim()
    hand_over(claim)
    hand_over(claim, name="Elena Sala", email=f"elena@{claim.domain_name}")
    before = state()

    with pytest.raises(HandOverRefused) as refused:
        hand_over(claim, name="Fabio Riva", email=f"fabio@{claim.domain_name}")

    assert refused.value.reason == NoHandOver.TOO_MANY
    assert state() == before
    assert list(claim.notices.values_list("hand_over_number", flat=True)) == [1, 2, None]


@pytest.mark.parametrize("at", [DEADLINE - INSTANT, DEADLINE, DEADLINE + INSTANT])
def test_it_is_refused_from_the_end_of_the_window_on(at):
    claim = stories.noticed_claim()
    before = state()

    if at < DEADLINE:
        assert hand_over(claim, at=at).number == 2
        return
    with pytest.raises(HandOverRefused) as refused:
        hand_over(claim, at=at)
    assert refused.value.reason == NoHandOver.WINDOW_ENDED
    assert state() == before


def test_it_is_refused_after_the_window_of_a_claim_that_waits_for_its_validation():
    claim = stories.noticed_claim()
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True)
    approval.approve_unopposed_claims(now=DEADLINE)

    with pytest.raises(HandOverRefused) as refused:
        hand_over(claim, at=DEADLINE + timedelta(days=3))

    assert refused.value.reason == NoHandOver.WINDOW_ENDED


@pytest.mark.parametrize("end", [stories.approved_claim, stories.declined_claim, stories.rejected_claim])
def test_it_is_refused_after_a_decision(end):
    claim = end()
    before = state()

    with pytest.raises(HandOverRefused) as refused:
        hand_over(claim)

    assert refused.value.reason == NoHandOver.DECIDED
    assert state() == before


def test_it_is_refused_after_an_approval_that_waits_for_a_reviewer():
    claim = stories.noticed_claim()
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True)
    answering.approve_by_customer(notice_id=claim.notices.get().pk, answerer=CARLA, now=TUESDAY)

    with pytest.raises(HandOverRefused) as refused:
        hand_over(claim)

    assert refused.value.reason == NoHandOver.ANSWERED


def test_it_is_refused_after_a_withdrawal():
    claim = stories.noticed_claim()
    reason, by = WithdrawalReason.NOT_OUR_CUSTOMER, stories.admin_of(claim)
    withdraw_claim(claim_id=claim.pk, reason=reason, by=by, now=TUESDAY)

    with pytest.raises(HandOverRefused):
        hand_over(claim)


def test_a_revoked_notice_is_not_handed_over():
    claim = stories.noticed_claim()
    first = claim.notices.get()
    noticing.send_notice(claim, now=TUESDAY)

    with pytest.raises(BadLink):
        handing_over.hand_over(notice_id=first.pk, answerer=CARLA, colleague=stories.colleague_of(claim), now=TUESDAY)


@pytest.mark.parametrize(
    "email", ["dario@elsewhere.example", "dario@gmail.com", "CUSTOMER@{domain}", "dario@{domain}.elsewhere.example"]
)
def test_only_somebody_else_of_the_customer_can_be_named(email):
    claim = stories.noticed_claim()
    before = state()

    with pytest.raises(ColleagueRefused):
        hand_over(claim, email=email.format(domain=claim.domain_name))

    assert state() == before


def test_a_claim_that_waits_for_the_partner_can_be_handed_over_and_still_waits():
    claim = stories.claim_needing_action()

    hand_over(claim)

    assert stories.fresh(claim).status == ClaimStatus.ACTION_REQUIRED


def test_what_the_customer_wrote_by_email_still_has_to_be_read():
    claim = stories.held_claim()

    hand_over(claim, at=TUESDAY + timedelta(hours=1))

    assert stories.fresh(claim).hold_kinds == "customer_wrote"


def test_a_link_that_works_although_its_notice_came_back_can_be_handed_over():
    claim = stories.noticed_claim()
    OutboxEmail.objects.filter(pk=claim.notices.get().email_id).update(
        status=EmailStatus.BOUNCED, bounced_at=MONDAY, last_error="550 5.1.1 No such user"
    )
    undelivered_notice.note_undelivered_notices(now=MONDAY)

    hand_over(claim)

    assert stories.fresh(claim).consent_status == ConsentStatus.QUEUED
    assert "notice_bounced" not in new_mails(claim)


def test_a_new_notice_that_comes_back_is_corrected_by_the_partner():
    claim = stories.handed_over_claim()
    OutboxEmail.objects.filter(pk=claim.notices.current().get().email_id).update(
        status=EmailStatus.BOUNCED, sent_at=TUESDAY, bounced_at=TUESDAY, secret="", last_error="550 5.1.1 No such user"
    )
    undelivered_notice.note_undelivered_notices(now=TUESDAY)
    assert stories.fresh(claim).consent_status == ConsentStatus.BOUNCED

    notice = undelivered_notice.correct_contact(
        claim_id=claim.pk,
        facts=stories.colleague_of(claim, mailbox="daria"),
        by=stories.admin_of(claim),
        now=TUESDAY,
    )

    assert (notice.number, notice.contact_email) == (3, f"daria@{claim.domain_name}")
    assert "handed_over_by" not in notice.email.context


def test_the_emails_to_the_colleague_say_who_handed_the_request_over():
    claim = stories.handed_over_claim()
    stories.deliver_notice(claim, at=TUESDAY)
    notice = claim.notices.current().get()
    answering.approve_by_customer(notice_id=notice.pk, answerer=Answerer(name="Dario Neri"), now=TUESDAY)

    told = [email for email in OutboxEmail.objects.all() if email.to == [notice.contact_email]]
    givers = {email.template: email.context.get("handed_over_by") for email in told}

    assert givers == {"customer_notice": "Carla Bianchi", "association_active": "Carla Bianchi"}
    receipt = OutboxEmail.objects.get(template="hand_over_receipt")
    assert "handed_over_by" not in receipt.context
    assert receipt.context["colleague"] == f"d***@{claim.domain_name}"
    assert notice.contact_email not in str(receipt.context)


def test_a_contact_who_is_not_confirmed_hands_over_and_that_confirms():
    draft = stories.complete_claim()
    draft.contacts.filter(kind=ContactKind.CUSTOMER).update(email="carla@evil.example")
    claim = stories.noticed_claim(claim=draft)
    assert claim.is_contact_held

    hand_over(claim)

    stored = stories.fresh(claim)
    assert (stored.contact_confirmed_by, stored.contact_confirmed_at) == (ConfirmedBy.DOMAIN, TUESDAY)
    assert (stored.is_contact_held, stored.contact_due_at) == (False, None)
    stories.deliver_notice(claim, at=TUESDAY)
    assert approval.approve_unopposed_claims(now=NEW_DEADLINE).approved == 1
