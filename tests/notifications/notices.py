"""A complete email in the outbox; a test names what matters to it."""

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from notifications import outbox
from notifications.models import EmailStatus, OutboxEmail

NOW = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)


def enqueue(**facts: Any) -> OutboxEmail:
    """Queue a notice of the tests' own templates, due now."""
    notice = {
        "key": "claim:17:notice:1",
        "template": "notice",
        "to": ["ada@customer.example"],
        "context": {
            "customer": "Contoso & Söhne",
            "closes_at": "2026-10-30T23:00:00+00:00",
            "starts_on": "2026-11-02",
            "zone": "Europe/Rome",
        },
        "locale": "en",
        "now": NOW,
    }
    return outbox.enqueue(**{**notice, **facts})


def body(message: EmailMessage, kind: str) -> str:
    """Return the text of a received email: its "plain" or its "html" part."""
    part = message.get_body((kind,))
    assert part
    return str(part.get_content())


def sent_mail(**facts):
    """A mail that the mail server took at NOW."""
    email = enqueue(**{"to": ["carla@customer.example"]} | facts)
    OutboxEmail.objects.filter(pk=email.pk).update(status=EmailStatus.SENT, sent_at=NOW, subject="Notice", secret="")
    email.refresh_from_db()
    return email


def row(email):
    return OutboxEmail.objects.values().get(pk=email.pk)
