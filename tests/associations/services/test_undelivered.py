"""A notice that did not arrive stops the clock; a corrected contact gets a new link and a full new window."""

import html
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from associations.choices import ClaimStatus, ConsentStatus, ContactKind, EventKind, WithdrawalReason
from associations.models import Claim, ClaimEvent, CustomerNotice
from associations.rules.actors import Actor, Role
from associations.services import answering, approval, review, submission
from associations.services.answering import Answerer, BadLink
from associations.services.undelivered import (
    ContactIncomplete,
    NoticeNotMendable,
    correct_contact,
    note_undelivered_notice,
    note_undelivered_notices,
    resend_notice,
)
from associations.tasks import approve_unopposed_claims
from associations.tasks import note_undelivered_notices as note_task
from notifications import delivery
from notifications.bounces import Action, BounceReport, note_report
from notifications.models import EmailStatus, OutboxEmail
from tests import stories
from tests.factories import MONDAY, UserFactory

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + timedelta(days=1)
SAID = "550 5.1.1 User unknown"
DARIO = {"name": "Dario Conti", "title": "CIO", "email": "dario@customer.example", "language": "it"}


def current_notice(claim):
    return CustomerNotice.objects.current().select_related("email").get(claim=claim)


def bounce(claim, *, at=TUESDAY, said=SAID):
    """Let the customer's server return the notice, and note it on the claim."""
    report = BounceReport(
        message_id=current_notice(claim).email.message_id,
        action=Action.FAILED,
        recipient=current_notice(claim).contact_email,
        diagnostic=said,
    )
    note_report(report, now=at)
    note_undelivered_notices(now=at)
    return stories.fresh(claim)


def refuse(claim, *, error=f"customer@x.example: {SAID}"):
    """Let our own mail server refuse the notice."""
    mail = OutboxEmail.objects.filter(pk=current_notice(claim).email_id)
    mail.update(status=EmailStatus.FAILED, secret="", last_error=error)


def lines(claim, kind):
    return list(ClaimEvent.objects.filter(claim=claim, kind=kind))


def partner_mails(claim):
    return OutboxEmail.objects.filter(template="notice_bounced", key__startswith=f"claim:{claim.pk}:")


def test_a_bounce_stops_the_clock_and_says_why():
    claim = stories.noticed_claim()
    assert claim.opt_out_closes_at is not None

    claim = bounce(claim)

    assert claim.status == ClaimStatus.SUBMITTED
    assert claim.consent_status == ConsentStatus.BOUNCED
    assert (claim.opt_out_opens_at, claim.opt_out_closes_at) == (None, None)
    [line] = lines(claim, EventKind.NOTICE_BOUNCED)
    email = current_notice(claim).contact_email
    assert (line.actor_role, line.at, line.note) == (Role.PORTAL, TUESDAY, f"{email}: {SAID}")
    assert line.details == {"notice": 1, "to": email, "reason": "address_unknown"}
    assert current_notice(claim).undelivered_at == TUESDAY


def test_a_bounce_is_told_to_the_partner_once_however_often_the_clock_runs():
    claim = bounce(stories.noticed_claim())

    assert note_undelivered_notices(now=TUESDAY + timedelta(hours=1)) == 0

    mail = partner_mails(claim).get()
    assert mail.key == f"claim:{claim.pk}:notice:1:bounced"
    assert mail.to == [f"paolo{claim.pk}@partner.example", claim.submitted_by.email]
    assert mail.context["reason"] == "The address does not exist"
    assert mail.context["said"].endswith(SAID)
    assert len(lines(claim, EventKind.NOTICE_BOUNCED)) == 1


def test_a_notice_that_our_own_server_refused_counts_as_undelivered():
    claim = stories.submitted_claim()
    refuse(claim)

    assert note_undelivered_notices(now=TUESDAY) == 1

    claim = stories.fresh(claim)
    assert claim.consent_status == ConsentStatus.BOUNCED
    assert partner_mails(claim).get().context["said"] == f"customer@x.example: {SAID}"


def test_what_went_wrong_inside_the_portal_stays_there():
    claim = stories.submitted_claim()
    refuse(claim, error="TemplateDoesNotExist: emails/customer_notice/body.html")

    note_undelivered_notices(now=TUESDAY)

    mail = partner_mails(claim).get()
    assert (mail.context["reason"], mail.context["said"]) == ("The mail could not be delivered", "")
    assert lines(claim, EventKind.NOTICE_BOUNCED)[0].note == ""


@pytest.mark.parametrize("status", [EmailStatus.QUEUED, EmailStatus.SENT])
def test_a_notice_on_its_way_or_heard_is_left_alone(status):
    claim = stories.submitted_claim() if status == EmailStatus.QUEUED else stories.noticed_claim()
    before = stories.fresh(claim)

    assert note_undelivered_notices(now=TUESDAY) == 0
    assert stories.fresh(claim).consent_status == before.consent_status
    assert partner_mails(claim).count() == 0


def test_a_claim_whose_notice_bounced_is_not_approved_by_silence():
    claim = bounce(stories.noticed_claim())

    approval.approve_unopposed_claims(now=MONDAY + timedelta(days=60))

    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


def test_a_bounce_after_the_window_ended_holds_a_claim_that_waits_for_validation():
    claim = stories.noticed_claim()
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True)
    late = MONDAY + timedelta(days=14)
    approval.approve_unopposed_claims(now=late)
    assert stories.fresh(claim).consent_status == ConsentStatus.NO_OBJECTION
    reviewer = stories.reviewer()
    review.start_review(claim_id=claim.pk, by=reviewer, now=late)

    bounce(claim, at=late)
    review.validate_claim(claim_id=claim.pk, by=reviewer, now=late)

    claim = stories.fresh(claim)
    assert (claim.status, claim.consent_status) == (ClaimStatus.AWAITING_CUSTOMER, ConsentStatus.BOUNCED)


def test_a_bounce_after_the_approval_changes_nothing_and_is_recorded_once():
    claim = stories.approved_claim()
    before = stories.fresh(claim)
    late = MONDAY + timedelta(days=15)

    claim = bounce(claim, at=late)
    note_undelivered_notices(now=late + timedelta(days=1))

    assert len(lines(claim, EventKind.NOTICE_BOUNCED)) == 1
    assert partner_mails(claim).count() == 0
    same = ("status", "consent_status", "opt_out_opens_at", "opt_out_closes_at")
    assert [getattr(claim, name) for name in same] == [getattr(before, name) for name in same]


def test_an_answered_notice_was_heard():
    claim = stories.noticed_claim(claim=stories.complete_claim())
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True)
    notice = current_notice(claim)
    answering.approve_by_customer(notice_id=notice.pk, answerer=Answerer(name="Carla Bianchi"), now=TUESDAY)

    claim = bounce(claim, at=TUESDAY + timedelta(hours=1))

    assert claim.consent_status == ConsentStatus.ACKNOWLEDGED
    assert lines(claim, EventKind.NOTICE_BOUNCED) == []


def test_a_customer_who_got_the_link_all_the_same_can_still_answer():
    claim = bounce(stories.noticed_claim())

    answering.approve_by_customer(
        notice_id=current_notice(claim).pk, answerer=Answerer(name="Carla Bianchi"), now=TUESDAY
    )

    assert stories.fresh(claim).status == ClaimStatus.APPROVED


def test_a_bounce_of_a_notice_that_was_replaced_changes_nothing():
    claim = bounce(stories.noticed_claim())
    first = current_notice(claim)
    resend_notice(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)
    CustomerNotice.objects.filter(pk=first.pk).update(undelivered_at=None)

    assert note_undelivered_notice(first.pk, now=TUESDAY) is False
    assert note_undelivered_notices(now=TUESDAY) == 0
    assert stories.fresh(claim).consent_status == ConsentStatus.QUEUED


def test_one_claim_that_fails_does_not_stop_the_others(caplog):
    broken, good = stories.noticed_claim(), stories.noticed_claim()
    for claim in (broken, good):
        note_report(BounceReport(message_id=current_notice(claim).email.message_id, action=Action.FAILED), now=TUESDAY)
    broken.contacts.filter(kind=ContactKind.PARTNER).delete()

    assert note_undelivered_notices(now=TUESDAY) == 1

    assert stories.fresh(good).consent_status == ConsentStatus.BOUNCED
    assert stories.fresh(broken).consent_status == ConsentStatus.OPEN
    assert lines(broken, EventKind.NOTICE_BOUNCED) == []
    assert "was left for the next run" in caplog.text


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
    kinds = [event.kind for event in ClaimEvent.objects.filter(claim=claim)][-3:]
    assert kinds == [EventKind.CONTACT_CORRECTED, EventKind.NOTICE_REVOKED, EventKind.NOTICE_QUEUED]


def test_a_notice_sent_again_goes_to_the_same_contact_with_another_link():
    claim = bounce(stories.noticed_claim())
    old = current_notice(claim)

    notice = resend_notice(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)

    assert (notice.number, notice.contact_email) == (2, old.contact_email)
    assert notice.token_digest != old.token_digest
    assert lines(claim, EventKind.NOTICE_RESENT)[0].actor_id == claim.created_by_id
    with pytest.raises(BadLink):
        answering.approve_by_customer(notice_id=old.pk, answerer=Answerer(name="Carla"), now=TUESDAY)


def test_a_notice_that_bounces_again_is_told_again():
    claim = bounce(stories.noticed_claim())
    resend_notice(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)
    stories.deliver_notice(claim, at=TUESDAY)

    claim = bounce(claim, at=TUESDAY + timedelta(hours=1))

    assert claim.consent_status == ConsentStatus.BOUNCED
    assert [line.details["notice"] for line in lines(claim, EventKind.NOTICE_BOUNCED)] == [1, 2]
    assert partner_mails(claim).filter(key__endswith=":notice:2:bounced").count() == 1


def test_a_mail_about_a_bounce_that_was_mended_before_it_left_is_cancelled():
    claim = bounce(stories.noticed_claim())
    assert partner_mails(claim).get().status == EmailStatus.QUEUED

    resend_notice(claim_id=claim.pk, by=stories.admin_of(claim), now=TUESDAY)

    assert partner_mails(claim).get().status == EmailStatus.CANCELLED


def mendings():
    return [
        lambda claim, by: correct_contact(claim_id=claim.pk, facts=DARIO, by=by, now=TUESDAY),
        lambda claim, by: resend_notice(claim_id=claim.pk, by=by, now=TUESDAY),
    ]


@pytest.mark.parametrize("mend", mendings(), ids=["correct", "resend"])
@pytest.mark.parametrize("role", [Role.INCENTIVES_USER, Role.OBSERVER, Role.REVIEWER, Role.CUSTOMER, Role.PORTAL])
def test_only_an_incentives_admin_mends_a_notice(mend, role):
    claim = bounce(stories.noticed_claim())

    with pytest.raises(NoticeNotMendable):
        mend(claim, Actor(role, UserFactory().pk))
    assert stories.fresh(claim).consent_status == ConsentStatus.BOUNCED
    assert claim.notices.count() == 1


@pytest.mark.parametrize("mend", mendings(), ids=["correct", "resend"])
@pytest.mark.parametrize(
    "story", [stories.complete_claim, stories.submitted_claim, stories.noticed_claim, stories.approved_claim]
)
def test_a_notice_that_is_not_undelivered_is_not_mended(mend, story):
    claim = story()
    notices = claim.notices.count()
    contact = claim.contacts.get(kind=ContactKind.CUSTOMER).email

    with pytest.raises(NoticeNotMendable):
        mend(claim, stories.admin_of(claim))
    assert claim.notices.count() == notices
    assert claim.contacts.get(kind=ContactKind.CUSTOMER).email == contact


@pytest.mark.parametrize("mend", mendings(), ids=["correct", "resend"])
def test_a_decided_claim_is_not_mended(mend):
    claim = bounce(stories.noticed_claim())
    by = stories.admin_of(claim)
    submission.withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=by, now=TUESDAY)

    with pytest.raises(NoticeNotMendable):
        mend(claim, stories.admin_of(claim))


def test_a_customer_whom_no_notice_reached_is_not_told_that_the_request_is_closed():
    claim = bounce(stories.noticed_claim())

    by = stories.admin_of(claim)
    submission.withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=by, now=TUESDAY)

    assert OutboxEmail.objects.filter(template="request_closed").count() == 0


@pytest.mark.parametrize("mend", mendings(), ids=["correct", "resend"])
def test_of_two_mendings_of_one_notice_the_second_is_refused(mend):
    claim = bounce(stories.noticed_claim())
    mend(claim, stories.admin_of(claim))

    with pytest.raises(NoticeNotMendable):
        mend(claim, stories.admin_of(claim))
    assert claim.notices.count() == 2


@pytest.mark.parametrize("missing", ["name", "title", "email", "language"])
def test_a_contact_without_a_fact_is_refused_by_its_name(missing):
    claim = bounce(stories.noticed_claim())

    with pytest.raises(ContactIncomplete) as refusal:
        correct_contact(claim_id=claim.pk, facts=DARIO | {missing: " "}, by=stories.admin_of(claim), now=TUESDAY)
    assert refusal.value.missing == (missing,)
    assert claim.notices.count() == 1
    assert claim.contacts.get(kind=ContactKind.CUSTOMER).name == "Carla Bianchi"


def test_a_returned_claim_can_be_mended_and_its_answer_needs_no_third_notice():
    claim = bounce(stories.claim_needing_action(), at=TUESDAY)

    correct_contact(claim_id=claim.pk, facts=DARIO, by=stories.admin_of(claim), now=TUESDAY)
    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=stories.admin_of(claim), now=TUESDAY)

    assert claim.notices.count() == 2


def test_the_clocks_are_found_under_their_names_and_a_fresh_bounce_is_no_silence(settings):
    claim = stories.noticed_claim()
    note_report(BounceReport(message_id=current_notice(claim).email.message_id, action=Action.FAILED), now=TUESDAY)

    approve_unopposed_claims()

    assert stories.fresh(claim).consent_status == ConsentStatus.BOUNCED
    assert settings.CELERY_BEAT_SCHEDULE["note_undelivered_notices"]["task"] == note_task.name
    note_task()
    assert len(lines(claim, EventKind.NOTICE_BOUNCED)) == 1


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_mail_about_a_bounce_says_to_whom_why_and_what_to_do(language, settings):
    settings.PORTAL_URL = "https://portal.example"
    claim = stories.noticed_claim()
    User.objects.filter(pk=claim.created_by_id).update(language=language)
    claim = bounce(claim)
    notice = current_notice(claim)

    mail = partner_mails(claim).get()
    rendered = delivery.render(mail)

    assert mail.locale == language
    assert claim.number in rendered.subject
    for body in (rendered.text, html.unescape(rendered.html)):
        assert notice.contact_email in body
        assert str(mail.context["reason"]) in body
        assert SAID in body
        assert f"https://portal.example/associations/{claim.public_id}/" in body
        assert "/c/" not in body


def test_the_mail_about_a_bounce_is_worded_for_the_partner():
    claim = bounce(stories.noticed_claim())
    notice = current_notice(claim)

    rendered = delivery.render(partner_mails(claim).get())

    assert rendered.subject == f"{claim.number}: the notice to {claim.tenant.name} did not arrive"
    assert f"could not be delivered to Carla Bianchi, {notice.contact_email}." in rendered.text
    assert "Reason: The address does not exist\n" in rendered.text
    assert f"What the mail server said: {notice.contact_email}: {SAID}\n" in rendered.text
    assert "opens a full new customer period of 5 business days." in rendered.text
