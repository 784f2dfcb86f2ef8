"""Records lasting trouble with email for operators: one row each, removed when the trouble is over."""

from datetime import datetime

from notifications.models import MailTrouble, TroubleKind


def note(kind: TroubleKind, *, words: str, now: datetime) -> None:
    """Record that the trouble exists at *now*. The time of its start stays."""
    MailTrouble.objects.bulk_create(
        [MailTrouble(kind=kind, since=now, seen_at=now, words=words)],
        update_conflicts=True,
        unique_fields=["kind"],
        update_fields=["seen_at", "words"],
    )


def end(kind: TroubleKind) -> None:
    """Remove the trouble, if it was there."""
    MailTrouble.objects.filter(kind=kind).delete()
