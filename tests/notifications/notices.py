"""A mail that is complete; a test names what matters to it."""

from datetime import UTC, datetime
from typing import Any

from notifications import outbox
from notifications.models import OutboxEmail

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
