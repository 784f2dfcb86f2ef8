"""Sends due emails: claims a batch, then renders, sends and marks one after the other.

An email goes out at least once. If a worker dies between the server's acceptance and the mark, the email is sent again
with the same Message-ID.
"""

import logging
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.text.email_addresses import account_name, is_sendable, wire_address
from notifications import own_addresses, troubles
from notifications.clean_text import without_addresses
from notifications.models import EmailStatus, OutboxEmail, TroubleKind
from notifications.sending.mail_server import EmailRefused, MailServer, SenderTrouble, SentEmail, TemporaryTrouble
from notifications.sending.rendering import RenderedEmail, message_for, render, shown_secret

logger = logging.getLogger(__name__)

# Greylisting lets go after minutes, a restart takes seconds: the first tries come quickly, then hourly for two days.
RETRY_AFTER = (*(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30)), *[timedelta(hours=1)] * 47)
MAX_ATTEMPTS = len(RETRY_AFTER) + 1
# Our own address is corrected by an operator, who should not wait long for the effect.
SENDER_TROUBLE_WAIT = timedelta(minutes=5)

# Small enough that several workers share what is due, large enough to be worth a connection.
BATCH = 50

# Well under the lease, so that no other worker takes over an email that is still waiting behind a slow server.
BATCH_SECONDS = 120


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """The counts of a batch: emails sent, queued again and given up."""

    sent: int = 0
    retried: int = 0
    failed: int = 0

    @property
    def tried(self) -> int:
        return self.sent + self.retried + self.failed


def deliver_due_emails(*, now: datetime, limit: int = BATCH) -> DeliveryCounts:
    """Send up to *limit* due emails over one connection, and count what became of them. ``sent_at`` is *now*.

    1. Emails whose worker died are queued again.
    2. Due emails are claimed in a short transaction; other workers skip them.
    3. Each is rendered, sent and marked before the next, so a worker that dies loses the mark of at most one.
    4. Emails that a slow server left no time for are queued again, and the attempt isn't counted.
    """
    recover_stuck_emails(now=now)
    emails = claim_due_emails(now=now, limit=limit)
    server, started = MailServer(), time.monotonic()
    outcomes: Counter[EmailStatus] = Counter()
    try:
        while emails and time.monotonic() - started < BATCH_SECONDS:
            outcomes[deliver(emails.pop(0), server=server, now=now)] += 1
    finally:
        server.close()
        release(emails, now=now)
        note_envelope(server, now=now)
    return DeliveryCounts(
        sent=outcomes[EmailStatus.SENT], retried=outcomes[EmailStatus.QUEUED], failed=outcomes[EmailStatus.FAILED]
    )


def recover_stuck_emails(*, now: datetime) -> None:
    """Queue emails again whose worker died; give up those that have used all their attempts."""
    stuck = OutboxEmail.objects.stuck(now)
    stuck.filter(attempts__gte=MAX_ATTEMPTS).update(
        status=EmailStatus.FAILED, sending_since=None, secret="", last_error="The worker died at every attempt."
    )
    stuck.update(status=EmailStatus.QUEUED, sending_since=None)


@transaction.atomic
def claim_due_emails(*, now: datetime, limit: int) -> list[OutboxEmail]:
    """Mark up to *limit* due emails as being sent, and return them, the longest due first."""
    due = OutboxEmail.objects.due(now).select_for_update(skip_locked=True)
    emails = list(due.order_by("due_at", "pk")[:limit])
    claimed = OutboxEmail.objects.filter(pk__in=[email.pk for email in emails])
    # The attempt counts from here: an email that kills its worker every time must be given up, too.
    claimed.update(status=EmailStatus.SENDING, sending_since=now, attempts=F("attempts") + 1)
    for email in emails:
        email.status, email.sending_since, email.attempts = EmailStatus.SENDING, now, email.attempts + 1
        # Rows of earlier releases hold what was typed.
        email.to, email.cc = [wire_address(one) for one in email.to], [wire_address(one) for one in email.cc]
        email.reply_to = wire_address(email.reply_to)
    return emails


def release(emails: list[OutboxEmail], *, now: datetime) -> None:
    """Queue emails again that were claimed at *now* and not tried."""
    ours = OutboxEmail.objects.filter(pk__in=[email.pk for email in emails])
    ours.filter(status=EmailStatus.SENDING, sending_since=now).update(
        status=EmailStatus.QUEUED, sending_since=None, attempts=F("attempts") - 1
    )


def deliver(email: OutboxEmail, *, server: MailServer, now: datetime) -> EmailStatus:
    """Render, send and mark one claimed email, and return its new status. Only the database's errors are raised."""
    try:
        rendered = render(email)
        sent = send(email, rendered, server=server)
    except EmailRefused as refusal:
        return mark_failed(email, error=str(refusal))
    except SenderTrouble as trouble:
        return mark_waiting(email, error=str(trouble), now=now)
    except TemporaryTrouble as trouble:
        return mark_for_retry(email, error=str(trouble), now=now)
    except Exception as error:
        # Whatever is wrong with one template or address, the other emails must go out.
        logger.exception("The email %s could not be rendered or sent.", email.key)
        return mark_for_retry(email, error=f"{type(error).__name__}: {error}", now=now)
    return mark_sent(email, rendered=rendered, sent=sent, now=now)


def send(email: OutboxEmail, rendered: RenderedEmail, *, server: MailServer) -> SentEmail:
    """Send an email with its personal link or code; raise EmailRefused, SenderTrouble or TemporaryTrouble."""
    try:
        sender, plain_sender = own_addresses.envelope_address(email), own_addresses.plain_envelope_address()
        message = message_for(email, rendered.with_link(shown_secret(email)))
    except own_addresses.OwnAddressTrouble as trouble:
        raise SenderTrouble(str(trouble)) from trouble
    for address in message.recipients():
        if not is_sendable(address):
            raise EmailRefused(f"No email can be sent to {address!r}.")
    return server.send(message, sender=sender, plain_sender=plain_sender)


def mark_sent(email: OutboxEmail, *, rendered: RenderedEmail, sent: SentEmail, now: datetime) -> EmailStatus:
    """Keep the email as it was sent, without the personal link or code."""
    with translation.override(email.locale):
        removed = _("[code removed]") if email.secret.isdecimal() else _("[personal link removed]")
        kept = rendered.with_link(removed)
    return mark(
        email,
        status=EmailStatus.SENT,
        sent_at=now,
        secret="",
        has_own_envelope=sent.has_own_envelope,
        last_error=kept_of(email, sent.refusals),
        subject=kept.subject,
        text=kept.text,
        html=kept.html,
    )


def mark_for_retry(email: OutboxEmail, *, error: str, now: datetime) -> EmailStatus:
    """Queue the email for its next attempt, or give it up after the last."""
    if email.attempts >= MAX_ATTEMPTS:
        return mark_failed(email, error=error)
    due_at = now + RETRY_AFTER[email.attempts - 1]
    return mark(email, status=EmailStatus.QUEUED, due_at=due_at, last_error=kept_of(email, error))


def mark_waiting(email: OutboxEmail, *, error: str, now: datetime) -> EmailStatus:
    """Queue the email again without counting the attempt: the trouble is with our own address."""
    logger.warning("The email %s can't leave from our own address.", email.key)
    due_at = now + SENDER_TROUBLE_WAIT
    return mark(email, status=EmailStatus.QUEUED, attempts=email.attempts - 1, due_at=due_at, last_error=error)


def mark_failed(email: OutboxEmail, *, error: str) -> EmailStatus:
    """Give the email up and delete its personal link."""
    # What the server said names people: it is kept on the row and not logged.
    logger.warning("The email %s failed at attempt %d.", email.key, email.attempts)
    return mark(email, status=EmailStatus.FAILED, secret="", last_error=kept_of(email, error))


def kept_of(email: OutboxEmail, said: str) -> str:
    """Return a server's words without addresses, except those of the email's readers: partners read them."""
    return without_addresses(said, but={account_name(address) for address in (*email.to, *email.cc)})


def mark(email: OutboxEmail, *, status: EmailStatus, **columns: Any) -> EmailStatus:
    """Write the outcome of an email that no other worker has taken over, and return its new status."""
    ours = OutboxEmail.objects.filter(pk=email.pk, status=EmailStatus.SENDING, sending_since=email.sending_since)
    if not ours.update(status=status, sending_since=None, **columns):
        logger.warning("The email %s was taken over before it could be marked %s.", email.key, status)
    return status


def note_envelope(server: MailServer, *, now: datetime) -> None:
    """Record for operators whether the mail server accepts emails from envelope addresses of their own."""
    if server.envelope_refusal:
        logger.warning(
            "The mail server refuses envelope addresses of an email's own; emails leave from the plain one: %s",
            server.envelope_refusal,
        )
        troubles.note(TroubleKind.ENVELOPE_REFUSED, words=server.envelope_refusal, now=now)
    elif server.took_own_envelope:
        troubles.end(TroubleKind.ENVELOPE_REFUSED)
