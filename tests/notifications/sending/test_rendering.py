"""An email speaks its reader's language and keeps robots from answering."""

from datetime import UTC, datetime

import pytest
from django.utils.html import strip_tags

from notifications.sending import rendering
from notifications.sending.delivery import deliver_due_emails
from notifications.templatetags.emails import with_breaks
from tests.notifications.notices import NOW, body, enqueue


@pytest.mark.django_db
def test_an_email_keeps_robots_quiet_and_says_who_answers(mail_server):
    email = enqueue(reply_to="help@contoso.example", cc=["tech@customer.example"])

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    assert message["Subject"] == "Notice for Contoso & Söhne"
    assert message["To"] == "ada@customer.example"
    assert message["Cc"] == "tech@customer.example"
    assert message["Reply-To"] == "help@contoso.example"
    assert message["Message-ID"] == email.message_id
    assert message["Content-Language"] == "en"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "RN, NRN, OOF, AutoReply"
    assert message["List-Unsubscribe"] is None


@pytest.mark.django_db
def test_no_email_asks_a_server_to_keep_quiet_when_it_cannot_deliver(mail_server):
    enqueue()

    deliver_due_emails(now=NOW)

    suppressed = {each.strip() for each in mail_server.received[0][1]["X-Auto-Response-Suppress"].split(",")}
    assert suppressed & {"All", "NDR", "DR"} == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en", "closes Saturday 31 October 2026 00:00, begins 2 November 2026."),
        ("it", "closes Sabato 31 Ottobre 2026 00:00, begins 2 Novembre 2026."),
    ],
)
def test_an_email_speaks_its_language_and_tells_the_time_of_its_zone(mail_server, locale, sentence):
    enqueue(locale=locale)

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    assert body(message, "plain").startswith(f"Dear Contoso & Söhne, {sentence}")
    assert f'<html lang="{locale}"' in body(message, "html")
    assert message["Content-Language"] == locale


@pytest.mark.django_db
def test_an_email_escapes_html_and_only_html(mail_server):
    enqueue(context={"customer": "<b>Tailspin</b>\nToys"})

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    assert message["Subject"] == "Notice for <b>Tailspin</b> Toys"
    assert "Dear <b>Tailspin</b>\nToys" in body(message, "plain")
    assert "Dear &lt;b&gt;Tailspin&lt;/b&gt;" in body(message, "html")


@pytest.mark.django_db
def test_a_text_has_no_holes_where_a_part_is_missing(mail_server):
    enqueue(secret="")

    deliver_due_emails(now=NOW)

    _, message = mail_server.received[0]
    assert "2026.\n\n-- \nCPOR portal\nYou're receiving this email because" in body(message, "plain")


def test_times_are_understood_at_any_depth():
    context = {
        "items": [{"ends_on": "2026-11-02", "name": "Teams"}],
        "sent_at": None,
        "reminders_at": ["2026-11-02T10:00:00+01:00"],
    }

    assert rendering.with_dates(context) == {
        "items": [{"ends_on": datetime(2026, 11, 2).date(), "name": "Teams"}],
        "sent_at": None,
        "reminders_at": [datetime(2026, 11, 2, 9, 0, tzinfo=UTC)],
    }


@pytest.mark.parametrize(
    ("words", "is_kept"),
    [
        ("your claim CPOR-0000123.", True),
        ("CPOR-0000123", True),
        ("https://portal.example/CPOR-0000123", False),
        ("?subject=CPOR-0000123", False),
        ("12-2020", False),
        ("UTF-8", False),
    ],
)
def test_a_number_with_a_hyphen_stays_on_one_line(words, is_kept):
    assert ("white-space:nowrap" in with_breaks([words])) is is_kept
    assert strip_tags(with_breaks([words])) == words


def test_what_is_kept_on_one_line_is_escaped_all_the_same():
    assert "<script>" not in with_breaks(["<script>CPOR-0000123</script>"])
