"""A notice that did not arrive stops the clock; a corrected contact gets a new link and a full new window."""

import html
from datetime import timedelta

import pytest

from accounts.models import User
from associations.choices import ClaimStatus, ConsentStatus, ContactKind, EventKind
from associations.models import Claim, CustomerNotice
from associations.rules.actors import Role
from associations.services.association import approval
from associations.services.customer import answer
from associations.services.customer.answer import Answerer
from associations.services.customer.undelivered_notice import (
    note_undelivered_notice,
    note_undelivered_notices,
    resend_notice,
)
from associations.services.review import decisions
from associations.wording.customer_period import bounce_reason_of
from notifications.incoming.delivery_reports import Action
from notifications.incoming.processing import BounceReport, note_report
from notifications.models import EmailStatus, OutboxEmail
from notifications.sending import rendering
from operations.clocks import run_clock
from tests import stories
from tests.associations.services.customer.undelivered import (
    SAID,
    TUESDAY,
    bounce,
    current_notice,
    lines,
    partner_mails,
)
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def refuse(claim, *, error=""):
    """Let our own mail server refuse the notice."""
    notice = current_notice(claim)
    error = error or f"{notice.contact_email}: {SAID}"
    mail = OutboxEmail.objects.filter(pk=notice.email_id)
    mail.update(status=EmailStatus.FAILED, secret="", last_error=error)


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
    assert partner_mails(claim).get().context["said"] == f"{current_notice(claim).contact_email}: {SAID}"


def test_other_peoples_addresses_stay_out_of_what_the_partner_reads():
    claim = stories.submitted_claim()
    contact = current_notice(claim).contact_email
    refuse(claim, error=f"{contact}: 550 5.1.1 <carla.privat@home.example> unknown, asked by boss@home.example")

    note_undelivered_notices(now=TUESDAY)

    said = f"{contact}: 550 5.1.1 <…> unknown, asked by …"
    assert partner_mails(claim).get().context["said"] == said
    assert lines(claim, EventKind.NOTICE_BOUNCED)[0].note == said
    assert said in bounce_reason_of(current_notice(claim))


def test_what_went_wrong_inside_the_portal_stays_there():
    claim = stories.submitted_claim()
    refuse(claim, error="TemplateDoesNotExist: emails/customer_notice.html")

    note_undelivered_notices(now=TUESDAY)

    mail = partner_mails(claim).get()
    assert (mail.context["reason"], mail.context["said"]) == ("The email couldn't be delivered", "")
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
    decisions.start_review(claim_id=claim.pk, by=reviewer, now=late)

    bounce(claim, at=late)
    decisions.validate_claim(claim_id=claim.pk, by=reviewer, now=late)

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
    answer.approve_by_customer(notice_id=notice.pk, answerer=Answerer(name="Carla Bianchi"), now=TUESDAY)

    claim = bounce(claim, at=TUESDAY + timedelta(hours=1))

    assert claim.consent_status == ConsentStatus.ACKNOWLEDGED
    assert lines(claim, EventKind.NOTICE_BOUNCED) == []


def test_a_customer_who_got_the_link_all_the_same_can_still_answer():
    claim = bounce(stories.noticed_claim())

    answer.approve_by_customer(
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


def test_a_fresh_bounce_is_noted_before_claims_are_approved():
    claim = stories.noticed_claim()
    note_report(BounceReport(message_id=current_notice(claim).email.message_id, action=Action.FAILED), now=TUESDAY)

    run_clock("approve_unopposed_claims")

    assert stories.fresh(claim).consent_status == ConsentStatus.BOUNCED
    run_clock("note_undelivered_notices")
    assert len(lines(claim, EventKind.NOTICE_BOUNCED)) == 1


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_mail_about_a_bounce_says_to_whom_why_and_what_to_do(language, settings):
    settings.PORTAL_URL = "https://portal.example"
    claim = stories.noticed_claim()
    User.objects.filter(pk=claim.created_by_id).update(language=language)
    claim = bounce(claim)
    notice = current_notice(claim)

    mail = partner_mails(claim).get()
    rendered = rendering.render(mail)

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

    rendered = rendering.render(partner_mails(claim).get())

    assert rendered.subject == f"{claim.number}: the notice to {claim.tenant.name} did not arrive"
    assert f"could not be delivered to Carla Bianchi, {notice.contact_email}." in rendered.text
    assert "Reason: The address does not exist\n" in rendered.text
    assert f"What the mail server said: {notice.contact_email}: {SAID}\n" in rendered.text
    assert "opens a full new opt-out period of 5 business days." in rendered.text
