"""Through a real mail server: what it cannot deliver comes back and is understood, and what people answer arrives."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from pytest_django import Settings

from notifications import outbox
from notifications.incoming.processing import ReportCounts, read_bounces
from notifications.models import IncomingEmail, OutboxEmail
from notifications.own_addresses import envelope_address, reply_address
from notifications.sending.delivery import DeliveryCounts, deliver_due_emails
from tests.faults.mail_sink import MailSink
from tests.faults.postfix import CAN_RUN, Postfix
from tests.notifications.notices import NOW

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not CAN_RUN, reason="Postfix is not installed, or this user may not start it"),
]


@pytest.fixture
def relay(settings: Settings, sink: MailSink) -> Iterator[Postfix]:
    """A Postfix that the portal sends through, and whose mailbox it reads."""
    sink.refusals = {"gone@refusing.example": "550 5.1.1 <gone@refusing.example>: no such person, ask x@home.example"}
    postfix = Postfix(refusing=sink.port)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", postfix.port
    settings.DEFAULT_FROM_EMAIL = "Portál <no-reply@portal.example>"
    settings.BOUNCE_ADDRESS = "bounces@portal.example"
    settings.BOUNCE_MAILDIR = str(postfix.folder / "mail/bounces")
    yield postfix
    postfix.remove()


def queue(to: str) -> OutboxEmail:
    context = {"today_on": "2026-11-25", "overdue": 1, "due_today": 2, "waiting": 3, "desk_url": "https://p.example/"}
    return outbox.enqueue(
        key=to, template="review_digest", to=[to], context=context, locale="it", now=NOW, hears_replies=True
    )


@pytest.mark.django_db
def test_what_postfix_returns_is_understood_and_what_a_person_answers_is_heard(relay: Postfix):
    ada, unknown, gone = (
        queue(to) for to in ("ada@customer.example", "eva@customer.example", "gone@refusing.example")
    )
    arrived = relay.maildir("ada")

    assert deliver_due_emails(now=NOW) == DeliveryCounts(sent=3)
    relay.wait_for(1, box=arrived)
    relay.wait_for(2, box=relay.bounces)

    (notice,) = arrived
    assert notice["Return-Path"] == f"<{envelope_address(ada)}>"
    assert notice.as_bytes().isascii()
    assert read_bounces(now=NOW) == ReportCounts(noted=2)
    rows = {row.pk: row for row in OutboxEmail.objects.all()}
    assert [rows[email.pk].status for email in (ada, unknown, gone)] == ["sent", "bounced", "bounced"]
    assert rows[unknown.pk].last_error.startswith("eva@customer.example: 5.1.1")
    assert "550 5.1.1 <gone@refusing.example>: no such person" in rows[gone.pk].last_error
    assert "x@home.example" not in rows[gone.pk].last_error
    returned = [message.as_string() for message in relay.bounces]
    assert all("Original-Recipient: rfc822;" in report for report in returned)
    assert all(
        any(rows[email.pk].message_id.strip("<>") in report for report in returned) for email in (unknown, gone)
    )

    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = "ada@customer.example", notice["Reply-To"], "R: Notice"
    answer.set_content("No, non li abbiamo mai incaricati. È un errore.")
    with smtplib.SMTP("127.0.0.1", relay.port) as server:
        server.send_message(answer)
    relay.wait_for(3, box=relay.bounces)

    assert notice["Reply-To"] == reply_address(ada)
    assert read_bounces(now=NOW) == ReportCounts(kept=1)
    reply = IncomingEmail.objects.get()
    assert (reply.kind, reply.email, reply.sender) == ("reply", ada, "ada@customer.example")
    assert reply.text == "No, non li abbiamo mai incaricati. È un errore."
