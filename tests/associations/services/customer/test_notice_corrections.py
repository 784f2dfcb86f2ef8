"""A partner corrects the contact of a notice that did not arrive, or sends it again."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.choices import ClaimStatus, ConsentStatus, ContactKind, EventKind, WithdrawalReason
from associations.models import ClaimEvent
from associations.rules.actors import Actor, Role
from associations.services.claim import submission
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer
from associations.services.customer.answer import Answerer, BadLink
from associations.services.customer.undelivered_notice import (
    ContactIncomplete,
    NoticeNotCorrectable,
    correct_contact,
    resend_notice,
)
from notifications.models import EmailStatus, OutboxEmail
from tests import stories
from tests.associations.services.customer.undelivered import TUESDAY, bounce, current_notice, lines, partner_mails
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

DARIO = {"name": "Dario Conti", "title": "CIO", "email": "dario@customer.example", "language": "it"}


def test_a_corrected_contact_gets_a_new_notice_and_a_full_new_window():
    claim = bounce(stories.noticed_claim(), at=TUESDAY)
    old = current_notice(claim)
    wednesday = datetime(2020, 10, 21, 8, 0, tzinfo=UTC)

    notice = correct_contact(claim_id=claim.pk, facts=DARIO, by=stories.admin_of(claim), now=wednesday)

    contact = claim.contacts.get(kind=ContactKind.CUSTOMER)
    assert (contact.name, contact.title, contact.email, contact.language) == tuple(DARIO.values())
    assert (notice.number, notice.contact_email, notice.language) == (2, "dario@customer.example", "it")
    old.refresh_from_db()
    assert old.revoked_at == wednesday
    claim = stories.fresh(claim)
    assert (claim.status, claim.consent_status) == (ClaimStatus.SUBMITTED, ConsentStatus.QUEUED)
    stories.deliver_notice(claim, at=wednesday)
    claim = stories.fresh(claim)
    assert claim.consent_status == ConsentStatus.OPEN
    # The end of Wednesday 28 October in Rome, where the clocks went back on the 25th.
    assert claim.opt_out_closes_at == datetime(2020, 10, 28, 23, 0, tzinfo=UTC)


def test_a_correction_is_told_with_its_author_and_what_changed():
    claim = bounce(stories.noticed_claim())
    admin = stories.admin_of(claim)

    correct_contact(claim_id=claim.pk, facts=DARIO | {"title": "Head of IT"}, by=admin, now=TUESDAY)

    [line] = lines(claim, EventKind.CONTACT_CORRECTED)
    assert line.actor_id == admin.user_id
    assert line.details == {
        "contacts": ["customer_email", "customer_language", "customer_name"],
        "customer_contact": "dario@customer.example",
    }
    kinds = [event.kind for event in ClaimEvent.objects.filter(claim=claim)][-4:]
    assert kinds == [
        EventKind.CONTACT_CORRECTED,
        EventKind.NOTICE_REVOKED,
        EventKind.NOTICE_QUEUED,
        EventKind.CONTACT_UNCONFIRMED,
    ]


def test_a_notice_sent_again_goes_to_the_same_contact_with_another_link():
    claim = bounce(stories.noticed_claim())
    old = current_notice(claim)

    notice = resend_notice(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)

    assert (notice.number, notice.contact_email) == (2, old.contact_email)
    assert notice.token_digest != old.token_digest
    assert lines(claim, EventKind.NOTICE_RESENT)[0].actor_id == claim.created_by_id
    with pytest.raises(BadLink):
        answer.approve_by_customer(notice_id=old.pk, answerer=Answerer(name="Carla"), now=TUESDAY)


def test_a_notice_that_bounces_again_is_told_again():
    claim = bounce(stories.noticed_claim())
    resend_notice(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)
    stories.deliver_notice(claim, at=TUESDAY)

    claim = bounce(claim, at=TUESDAY + timedelta(hours=1))

    assert claim.consent_status == ConsentStatus.BOUNCED
    assert [line.details["notice"] for line in lines(claim, EventKind.NOTICE_BOUNCED)] == [1, 2]
    assert partner_mails(claim).filter(key__endswith=":notice:2:bounced").count() == 1


def test_a_mail_about_a_bounce_that_was_corrected_before_it_left_is_cancelled():
    claim = bounce(stories.noticed_claim())
    assert partner_mails(claim).get().status == EmailStatus.QUEUED

    resend_notice(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)

    assert partner_mails(claim).get().status == EmailStatus.CANCELLED


def corrections():
    return [
        lambda claim, by: correct_contact(claim_id=claim.pk, facts=DARIO, by=by, now=TUESDAY),
        lambda claim, by: resend_notice(claim_id=claim.pk, by=by, now=TUESDAY),
    ]


@pytest.mark.parametrize("correct", corrections(), ids=["correct", "resend"])
@pytest.mark.parametrize("role", [Role.INCENTIVES_USER, Role.OBSERVER, Role.REVIEWER, Role.CUSTOMER, Role.PORTAL])
def test_only_an_incentives_admin_corrects_a_notice(correct, role):
    claim = bounce(stories.noticed_claim())

    with pytest.raises(NoticeNotCorrectable):
        correct(claim, Actor(role, UserFactory().pk))
    assert stories.fresh(claim).consent_status == ConsentStatus.BOUNCED
    assert claim.notices.count() == 1


@pytest.mark.parametrize("correct", corrections(), ids=["correct", "resend"])
@pytest.mark.parametrize(
    "story", [stories.complete_claim, stories.submitted_claim, stories.noticed_claim, stories.approved_claim]
)
def test_a_notice_that_is_not_undelivered_is_not_corrected(correct, story):
    claim = story()
    notices = claim.notices.count()
    contact = claim.contacts.get(kind=ContactKind.CUSTOMER).email

    with pytest.raises(NoticeNotCorrectable):
        correct(claim, stories.admin_of(claim))
    assert claim.notices.count() == notices
    assert claim.contacts.get(kind=ContactKind.CUSTOMER).email == contact


@pytest.mark.parametrize("correct", corrections(), ids=["correct", "resend"])
def test_a_decided_claim_is_not_corrected(correct):
    claim = bounce(stories.noticed_claim())
    by = stories.admin_of(claim)
    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=by, now=TUESDAY)

    with pytest.raises(NoticeNotCorrectable):
        correct(claim, stories.admin_of(claim))


def test_a_customer_whom_no_notice_reached_is_not_told_that_the_request_is_closed():
    claim = bounce(stories.noticed_claim())

    by = stories.admin_of(claim)
    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=by, now=TUESDAY)

    assert OutboxEmail.objects.filter(template="request_closed").count() == 0


@pytest.mark.parametrize("correct", corrections(), ids=["correct", "resend"])
def test_of_two_corrections_of_one_notice_the_second_is_refused(correct):
    claim = bounce(stories.noticed_claim())
    correct(claim, stories.admin_of(claim))

    with pytest.raises(NoticeNotCorrectable):
        correct(claim, stories.admin_of(claim))
    assert claim.notices.count() == 2


@pytest.mark.parametrize("missing", ["name", "title", "email", "language"])
def test_a_contact_without_a_fact_is_refused_by_its_name(missing):
    claim = bounce(stories.noticed_claim())

    with pytest.raises(ContactIncomplete) as refusal:
        correct_contact(claim_id=claim.pk, facts=DARIO | {missing: " "}, by=stories.admin_of(claim), now=TUESDAY)
    assert refusal.value.missing == (missing,)
    assert claim.notices.count() == 1
    assert claim.contacts.get(kind=ContactKind.CUSTOMER).name == "Carla Bianchi"


def test_a_returned_claim_can_be_corrected_and_its_answer_needs_no_third_notice():
    claim = bounce(stories.claim_needing_action(), at=TUESDAY)

    correct_contact(claim_id=claim.pk, facts=DARIO, by=stories.admin_of(claim), now=TUESDAY)
    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=stories.admin_of(claim), now=TUESDAY)

    assert claim.notices.count() == 2
