"""A customer answers the notice by email instead of through its link, and is heard (domain.md D19)."""

import mailbox
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from associations.choices import ClaimStatus, MemberRole
from associations.models import Association, Claim
from notifications.models import Notification, OutboxEmail
from operations.clocks import run_clock
from tests import stories
from tests.factories import PartnerMemberFactory, ReviewerFactory
from tests.faults.mail_sink import MailSink

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

FILED = datetime(2020, 10, 19, 8, 0, tzinfo=UTC)
REPLIED = datetime(2020, 10, 20, 9, 0, tzinfo=UTC)
AFTER_THE_WINDOW = datetime(2020, 10, 27, 9, 0, tzinfo=UTC)
NO = "No, we never hired them."
NO_IN_ITALIAN = "No, non li abbiamo mai incaricati. È un errore."


@pytest.fixture
def sink(settings) -> Iterator[MailSink]:
    """A mail server that takes what the portal sends."""
    sink = MailSink()
    sink.open()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield sink
    sink.close()


@pytest.fixture
def inbox(settings, tmp_path) -> mailbox.Maildir:
    """The mailbox that the portal reads."""
    settings.PORTAL_URL = "https://portal.example"
    settings.DEFAULT_FROM_EMAIL = "CPOR portal <no-reply@portal.example>"
    settings.BOUNCE_ADDRESS = "bounces@portal.example"
    settings.BOUNCE_MAILDIR = str(tmp_path / "mail")
    return mailbox.Maildir(settings.BOUNCE_MAILDIR, create=True)


def beat() -> None:
    """Let every clock of the portal run once."""
    run_clock("deliver_due_emails")
    run_clock("open_windows")
    run_clock("read_bounces")
    run_clock("note_undelivered_notices")
    run_clock("hear_incoming_emails")
    run_clock("approve_unopposed_claims")
    run_clock("deliver_due_emails")


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def notice_of(claim: Claim, sink: MailSink) -> EmailMessage:
    """The notice as the customer got it."""
    email = claim.notices.get().email
    return next(message for _reader, message in sink.messages if message["Message-ID"] == email.message_id)


def reply_to(notice: EmailMessage, text: str = NO, **fields: str) -> EmailMessage:
    """The answer that a mail program makes of a click on *Reply*."""
    reply = EmailMessage()
    headers = {
        "From": str(notice["To"]),
        "To": str(notice["Reply-To"]),
        "Subject": f"Re: {notice['Subject']}",
        "In-Reply-To": str(notice["Message-ID"]),
        "References": str(notice["Message-ID"]),
    }
    for name, value in (headers | fields).items():
        reply[name] = value
    reply.set_content(text)
    return reply


def with_quote(notice: EmailMessage) -> EmailMessage:
    body = notice.get_body(("plain",))
    assert body is not None
    quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines())
    return reply_to(notice, f"{NO}\n\nOn Mon, 19 Oct 2020, CPOR portal wrote:\n{quoted}\n")


def in_html_only(notice: EmailMessage) -> EmailMessage:
    reply = reply_to(notice)
    reply.set_content("<html><body><div>No, we <b>never</b> hired them.</div></body></html>", subtype="html")
    return reply


def with_alternative_and_picture(notice: EmailMessage) -> EmailMessage:
    reply = reply_to(notice)
    reply.add_alternative(f"<p>{NO}</p>", subtype="html")
    reply.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="logo.png")
    return reply


def in_latin_1(notice: EmailMessage) -> EmailMessage:
    reply = reply_to(notice)
    reply.set_content(f"{NO} È un errore.\n", charset="iso-8859-1", cte="quoted-printable")
    return reply


def without_a_thread(notice: EmailMessage) -> EmailMessage:
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = notice["To"], notice["Reply-To"], "Your request"
    reply.set_content(NO)
    return reply


def from_the_boss(notice: EmailMessage) -> EmailMessage:
    return reply_to(notice, From="The Boss <boss@elsewhere.example>", Subject=f"I: {notice['Subject']}")


def by_telephone(notice: EmailMessage) -> EmailMessage:
    """HTML in base64 alone, as many phones send it, in the other language and with a scan."""
    reply = reply_to(notice)
    page = f"<div dir='auto'>{NO_IN_ITALIAN}</div><div>Inviato da iPhone</div>"
    reply.set_content(page, subtype="html", charset="utf-8", cte="base64")
    reply.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="lettera firmata.pdf")
    reply["X-Mailer"] = "iPhone Mail (18A373)"
    return reply


def through_a_group(notice: EmailMessage) -> EmailMessage:
    """The words of a person who answers with the address of a group."""
    reply = reply_to(notice, From="Info <info@customer.example>")
    reply["Precedence"], reply["List-Id"] = "list", "<info.customer.example>"
    return reply


def about_the_delivery(notice: EmailMessage) -> EmailMessage:
    """Words that a program could take for a report."""
    return reply_to(notice, f"{NO} Delivery failed? 550 5.1.1 User unknown, they said.")


WAYS: tuple[Callable[[EmailMessage], EmailMessage], ...] = (
    reply_to,
    with_quote,
    in_html_only,
    with_alternative_and_picture,
    in_latin_1,
    without_a_thread,
    from_the_boss,
    by_telephone,
    through_a_group,
    about_the_delivery,
)


def test_a_no_by_email_never_ends_in_an_official_association(sink, inbox):
    with at(FILED):
        claims = [stories.submitted_claim(at=FILED) for _way in WAYS]
        beat()
    with at(REPLIED):
        for claim, way in zip(claims, WAYS, strict=True):
            inbox.add(way(notice_of(claim, sink)).as_bytes())
        beat()
    for days in (0, 1, 30):
        with at(AFTER_THE_WINDOW + timedelta(days=days)):
            beat()

    heard = {way.__name__: stories.fresh(claim).open_holds for claim, way in zip(claims, WAYS, strict=True)}
    assert heard == {way.__name__: ("customer_wrote",) for way in WAYS}
    said = [claim.holds.get().incoming.text for claim in claims]
    assert all("hired them." in text or NO_IN_ITALIAN in text for text in said)
    assert not Association.objects.exists()


def test_a_reply_is_read_by_a_reviewer_who_records_the_opt_out_and_the_partner_never_reads_it(sink, inbox):
    partner, desk, reviewer = Client(), Client(), ReviewerFactory()
    with at(FILED):
        claim = stories.submitted_claim(at=FILED)
        PartnerMemberFactory(partner=claim.partner, role=MemberRole.INCENTIVES_USER)
        beat()
    notice = notice_of(claim, sink)
    body = notice.get_body(("plain",))
    assert body is not None
    assert "If you reply to this email, a Microsoft reviewer reads it." in body.get_content().replace("\n", " ")

    with at(REPLIED):
        inbox.add(reply_to(notice, f"{NO}\nXylophone", Subject="Xylophone").as_bytes())
        beat()
        partner.force_login(claim.created_by)
        page = partner.get(reverse("claim_detail", args=[claim.public_id]))
    assertContains(page, "The customer wrote to Microsoft about this request.")
    assertContains(page, "Due: Thu 22 Oct 2020, end of day (CEST).")

    with at(AFTER_THE_WINDOW):
        beat()
        desk.force_login(reviewer)
        queue = desk.get(reverse("admin:associations_claim_changelist"), {"hold": "customer_wrote"})
        hold = claim.holds.get()
        address = reverse("admin:associations_claim_hold", args=[claim.pk, hold.pk])
        letter = desk.get(address)
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED
    assertContains(queue, claim.number)
    assertContains(letter, "Xylophone")

    with at(AFTER_THE_WINDOW + timedelta(hours=1)):
        decided = desk.post(address, {"outcome": "opted_out", "reason": "She writes that they never hired them."})
        beat()
        partner.force_login(claim.created_by)
        pages = [
            partner.get(reverse(name, args=args), {"format": "csv"})
            for name, args in (
                ("claim_detail", [claim.public_id]),
                ("claim_history", [claim.public_id]),
                ("claim_history_csv", [claim.public_id]),
                ("claim_list", []),
                ("notifications", []),
                ("export_csv", []),
            )
        ]
    assert decided.status_code == 302
    assert stories.fresh(claim).status == ClaimStatus.REJECTED
    assertContains(pages[0], "The customer wrote to Microsoft, and a reviewer recorded an opt-out")
    for page in pages:
        content = page.getvalue()
        assert page.status_code == 200
        assert b"Xylophone" not in content
        assert b"hired" not in content

    sent = {message["Subject"]: message for _reader, message in sink.messages}
    assert any("opted out of" in subject for subject in sent)
    assert "Xylophone" not in "".join(message.as_string() for message in sent.values())
    assert "Xylophone" not in str(list(OutboxEmail.objects.values("context", "subject", "text", "html")))
    assert "Xylophone" not in str(list(Notification.objects.values("context")))
    assertNotContains(pages[0], "Not official yet, because")


def test_a_notice_says_that_replies_are_not_read_where_no_mailbox_is(sink, settings):
    settings.BOUNCE_ADDRESS = settings.BOUNCE_MAILDIR = ""
    with at(FILED):
        italian = stories.submitted_claim(claim=stories.complete_claim(language="it"))
        english = stories.submitted_claim()
        beat()

    for claim, words in ((english, "Replies to this email aren't read."), (italian, "Le risposte a questa e-mail")):
        message = notice_of(claim, sink)
        assert message["Reply-To"] is None
        for kind in ("plain", "html"):
            body = message.get_body((kind,))
            assert body is not None
            assert words in body.get_content().replace("\n", " ").replace("&#x27;", "'")
