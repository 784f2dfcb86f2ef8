"""The customer answers the notice by email: a person's "no" holds the window, a program's absence note does not."""

import mailbox
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertNotContains

from associations.choices import ClaimStatus
from associations.models import Claim
from operations.clocks import run_clock
from tests import stories

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

FILED = datetime(2020, 10, 19, 8, 0, tzinfo=UTC)
ANSWERED = datetime(2020, 10, 21, 6, 30, tzinfo=UTC)
AFTER_THE_WINDOW = datetime(2020, 10, 27, 9, 0, tzinfo=UTC)


def beat() -> None:
    """Let every clock of the portal run once."""
    run_clock("deliver_due_emails")
    run_clock("open_windows")
    run_clock("read_bounces")
    run_clock("hear_incoming_emails")
    run_clock("approve_unopposed_claims")
    run_clock("deliver_due_emails")


@pytest.fixture
def inbox(settings, tmp_path) -> mailbox.Maildir:
    settings.DEFAULT_FROM_EMAIL = "CPOR portal <no-reply@portal.example>"
    settings.BOUNCE_ADDRESS = "bounces@portal.example"
    settings.BOUNCE_MAILDIR = str(tmp_path / "bounces")
    return mailbox.Maildir(settings.BOUNCE_MAILDIR, create=True)


def noticed() -> tuple[Claim, EmailMessage]:
    """A claim whose notice has left, and an answer to it without any words yet."""
    with time_machine.travel(FILED, tick=False):
        claim = stories.submitted_claim(at=FILED)
        beat()
    (notice,) = [message for message in mail.outbox if message.to == [claim.notices.get().contact_email]]
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = notice.to[0], notice.reply_to[0], f"Re: {notice.subject}"
    return claim, answer


def go_on_after(answer: EmailMessage, *, inbox: mailbox.Maildir) -> None:
    inbox.add(answer.as_bytes())
    for when in (ANSWERED, AFTER_THE_WINDOW):
        with time_machine.travel(when, tick=False):
            beat()


def test_a_no_by_email_never_ends_in_an_official_association(inbox):
    claim, answer = noticed()
    answer.set_content("No, we never hired them.")

    go_on_after(answer, inbox=inbox)

    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED
    assert claim.holds.get().incoming.text == "No, we never hired them."
    partner = Client()
    partner.force_login(claim.created_by)
    for page in ("claim_detail", "claim_history"):
        assertNotContains(partner.get(reverse(page, args=[claim.public_id])), "never hired")


def test_an_absence_note_holds_nothing(inbox):
    claim, answer = noticed()
    answer["Auto-Submitted"] = "auto-replied"
    answer.set_content("I am back on Monday.")

    go_on_after(answer, inbox=inbox)

    assert stories.fresh(claim).status == ClaimStatus.APPROVED
