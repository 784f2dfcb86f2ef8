"""Reads the mailbox: reports mark their email, and emails for a person become an IncomingEmail.

A report counts if it came to the envelope address of one email, which only the portal can make. An email that was sent
from the plain address is recognized by its Message-ID, which holds a random UUID that only its reader's side knows
(domain.md D20). A forged report could do no more than keep silence from counting as consent.
"""

import hashlib
import json
import logging
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import DataError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.text.email_addresses import account_name
from notifications.clean_text import one_line, without_addresses
from notifications.incoming import mailboxes
from notifications.incoming.classification import Arrival, arrival_of, sender_of
from notifications.incoming.delivery_reports import Action, RecipientOutcome
from notifications.incoming.parsing import LONGEST_MESSAGE, MANGLED, has_attachments, value
from notifications.incoming.readable_text import readable_text
from notifications.models import EmailStatus, IncomingCount, IncomingEmail, IncomingKind, OutboxEmail
from notifications.own_addresses import Purpose

logger = logging.getLogger(__name__)

MESSAGES_A_RUN = 5000
# What is left then waits for the next run. One more email may take its time: still under the task's limit.
SECONDS_A_RUN = 240
LONGEST_ERROR = 1000
DELIVERED_AT = ".onmicrosoft.com"


class EmailInFlight(Exception):
    """The email is still being sent, so a report about it must wait for the next run."""


class Fate(StrEnum):
    """The result of reading one email in the mailbox; each is counted."""

    NOTED = "noted"
    NO_NEWS = "no_news"
    AUTOMATIC = "automatic"
    UNCLEAR = "unclear_report"
    REPLY = "reply"
    UNATTRIBUTED = "unattributed"
    LEFT = "left"


# Nobody acts on these unless somebody looks: they stay marked in the mailbox.
MARKED = frozenset({Fate.UNATTRIBUTED})


@dataclass(frozen=True, slots=True)
class BounceReport:
    """A provider's report about one email; every text is one clean, short line."""

    message_id: str
    action: Action
    recipient: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """The counts of emails of each kind that one run found in the mailbox."""

    noted: int = 0
    kept: int = 0
    ignored: int = 0
    unattributed: int = 0
    left: int = 0


def note_report(report: BounceReport, *, now: datetime) -> bool:
    """Mark the email that *report* is about, and return whether that changed anything; raise EmailInFlight."""
    email = OutboxEmail.objects.filter(message_id=report.message_id).first()
    if email is None:
        return False
    outcome = RecipientOutcome(
        report.action, recipient=report.recipient, status=report.status, diagnostic=report.diagnostic
    )
    return note(email, [outcome], now=now) is Fate.NOTED


def note(email: OutboxEmail, outcomes: list[RecipientOutcome], *, now: datetime) -> Fate:
    """Mark *email* as reported, and return NOTED or NO_NEWS.

    A failure makes a sent email bounced and keeps the report's words as its last error; a delivery sets its time.
    Nothing else changes, and reading a report twice changes nothing more. Outcomes at an address that we didn't write
    to are no news. Raise EmailInFlight while a worker sends the email.
    """
    worst = worst_for_reader(email, outcomes)
    if worst is None:
        return Fate.NO_NEWS
    row = OutboxEmail.objects.filter(pk=email.pk)
    sent = row.filter(status=EmailStatus.SENT)
    is_news = False
    if worst.action is Action.FAILED:
        # An email that was forgotten has no recipient: who it was must not come back with the report.
        sent.filter(to=[]).update(status=EmailStatus.BOUNCED, bounced_at=now)
        words = in_words(email, worst)
        is_news = sent.update(status=EmailStatus.BOUNCED, bounced_at=now, last_error=words) > 0
    if worst.action is Action.DELIVERED:
        is_news = sent.filter(delivered_at=None).update(delivered_at=now) > 0
    if not is_news and row.filter(status=EmailStatus.SENDING).exists():
        raise EmailInFlight(email.key)
    return Fate.NOTED if is_news else Fate.NO_NEWS


def worst_for_reader(email: OutboxEmail, outcomes: list[RecipientOutcome]) -> RecipientOutcome | None:
    """Return the worst outcome of *email* for the people in To, or None if there is none for them.

    If it was forwarded to another address and failed there, that counts unless it had been delivered to them. An
    outcome without a name counts as theirs; an outcome of a copy (Cc) doesn't count. The recipients of a forgotten
    email are deleted, so every outcome counts.
    """
    readers = {account_name(address) for address in email.to}
    direct = [each for each in outcomes if not readers or is_mailbox_of(each.recipient, readers)]
    beyond = [
        each for each in outcomes if each not in direct and each.recipient and is_mailbox_of(each.written_to, readers)
    ]
    unnamed = [each for each in outcomes if not each.recipient and _names_nobody_else(each, readers)]
    if direct or email.delivered_at:
        beyond = []
    order = list(Action)
    return min([*direct, *beyond, *unnamed], key=lambda each: order.index(each.action), default=None)


def is_ambiguous(email: OutboxEmail, outcomes: list[RecipientOutcome]) -> bool:
    """Return whether a failure without a name is about a delivered email: it may have failed after forwarding."""
    worst = worst_for_reader(email, outcomes)
    is_failure = worst is not None and worst.action is Action.FAILED and not worst.recipient
    return is_failure and email.delivered_at is not None


def _names_nobody_else(outcome: RecipientOutcome, readers: set[str]) -> bool:
    return not outcome.written_to or is_mailbox_of(outcome.written_to, readers)


def is_mailbox_of(address: str, readers: set[str]) -> bool:
    """Return whether *address* is one of *readers*, or a name that servers give the same mailbox.

    That is the same name at a parent domain, at a subdomain or at the domain that Microsoft 365 delivers to, with or
    without a tag behind a plus sign.
    """
    local_part, _at, domain = account_name(address).rpartition("@")
    for reader in readers:
        name, _at, known = reader.rpartition("@")
        is_same_name = name.partition("+")[0] == local_part.partition("+")[0]
        is_below = f".{domain}".endswith((f".{known}", DELIVERED_AT)) or f".{known}".endswith(f".{domain}")
        if is_same_name and is_below:
            return True
    return False


def in_words(email: OutboxEmail, outcome: RecipientOutcome) -> str:
    """Return the reader that the outcome is about and the server's words, without other people's addresses."""
    readers = {account_name(address) for address in email.to}
    named = next((each for each in (outcome.recipient, outcome.written_to) if is_mailbox_of(each, readers)), "")
    said = without_addresses(outcome.in_words, but=readers)
    return one_line(": ".join(filter(None, (named, said))), longest=LONGEST_ERROR)


def read_bounces(*, now: datetime) -> ReportCounts:
    """Read all new emails in the mailbox, and count them by kind; without a mailbox, do nothing.

    Each is read once, then filed. An email that can't be attributed is filed with a mark, counted and logged. A report
    about an email that is still being sent stays for the next run. What is left when
    the time of a run is over waits for the next one; the mailbox then doesn't count as read. Raise BoxUnreachable.
    """
    box = mailboxes.configured_box()
    if box is None:
        return ReportCounts()
    fates: Counter[Fate] = Counter()
    ends_at = time.monotonic() + SECONDS_A_RUN
    try:
        with box:
            for name, raw in box.waiting(limit=MESSAGES_A_RUN, longest=LONGEST_MESSAGE):
                fate = take_in(raw, now=now)
                if fate is not Fate.LEFT:
                    box.file(name, marked=fate in MARKED)
                fates[fate] += 1
                if time.monotonic() > ends_at or fates.total() == MESSAGES_A_RUN:
                    break
            else:
                mailboxes.note_reading(now=now)
    finally:
        count(fates)
    return ReportCounts(
        noted=fates[Fate.NOTED],
        kept=fates[Fate.UNCLEAR] + fates[Fate.REPLY],
        ignored=fates[Fate.NO_NEWS] + fates[Fate.AUTOMATIC],
        unattributed=fates[Fate.UNATTRIBUTED],
        left=fates[Fate.LEFT],
    )


def take_in(raw: bytes, *, now: datetime) -> Fate:
    """Process one email in the mailbox, and return the result. An error with one email doesn't stop the others."""
    try:
        with transaction.atomic():
            return deal_with(arrival_of(raw), now=now)
    except EmailInFlight:
        return Fate.LEFT
    except (DataError, *MANGLED):
        logger.exception("An email in the mailbox could not be read.")
        return Fate.UNATTRIBUTED


def deal_with(arrival: Arrival, *, now: datetime) -> Fate:
    """Apply a report, keep an email for a person, and skip automatic answers; raise EmailInFlight."""
    email = arrival.email
    if email is None:
        return Fate.AUTOMATIC if arrival.is_automatic and not arrival.outcomes else Fate.UNATTRIBUTED
    if arrival.outcomes and not (arrival.purpose is Purpose.REPLY and email.has_own_envelope):
        if is_ambiguous(email, arrival.outcomes):
            return keep(arrival, IncomingKind.UNCLEAR_REPORT, now=now)
        return note(email, arrival.outcomes, now=now)
    if arrival.is_automatic:
        return Fate.AUTOMATIC
    kind = IncomingKind.UNCLEAR_REPORT if arrival.is_from_server else IncomingKind.REPLY
    return keep(arrival, kind, now=now)


def keep(arrival: Arrival, kind: IncomingKind, *, now: datetime) -> Fate:
    """Store the email once for a person to read, unless it is about a forgotten or bounced email."""
    email = arrival.email
    if email is None:
        return Fate.UNATTRIBUTED
    is_over = not email.to or (kind is IncomingKind.UNCLEAR_REPORT and email.status == EmailStatus.BOUNCED)
    if is_over:
        return Fate.NO_NEWS
    row = incoming(arrival, email, kind, now=now)
    if IncomingEmail.objects.filter(digest=row.digest).exists():
        return Fate.NO_NEWS
    IncomingEmail.objects.bulk_create([row], ignore_conflicts=True)
    return Fate.UNCLEAR if kind is IncomingKind.UNCLEAR_REPORT else Fate.REPLY


def incoming(arrival: Arrival, email: OutboxEmail, kind: IncomingKind, *, now: datetime) -> IncomingEmail:
    """Return the row for one email in the mailbox; every copy of it has the same digest."""
    message = arrival.message
    with translation.override(email.locale):
        text = readable_text(message, instead_of_links=_("[personal link removed]"))
    subject = one_line(value(message, "Subject"))
    sender = one_line(sender_of(message), longest=320)
    told_apart_by = [email.pk, kind, sender, subject, text]
    told_apart_by += [one_line(value(message, name)) for name in ("Message-ID", "Date")]
    return IncomingEmail(
        email=email,
        kind=kind,
        sender=sender,
        subject=subject,
        text=text,
        has_attachments=has_attachments(message),
        received_at=now,
        digest=hashlib.sha256(json.dumps(told_apart_by).encode()).hexdigest(),
    )


def count(fates: Counter[Fate]) -> None:
    """Add to the figures for operators, and log what they have to look at."""
    for fate, number in fates.items():
        if fate is not Fate.LEFT and not IncomingCount.objects.filter(fate=fate).update(total=F("total") + number):
            IncomingCount.objects.bulk_create([IncomingCount(fate=fate, total=number)], ignore_conflicts=True)
    if fates[Fate.UNATTRIBUTED]:
        logger.warning(
            "%d emails in the mailbox are about none of ours, or don't prove it. They are marked there.",
            fates[Fate.UNATTRIBUTED],
        )
