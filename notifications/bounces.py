"""Delivery reports come back: a mail that the mail server took was delivered, or was returned (RFC 3464).

A report is believed because it names the Message-ID, which holds a random UUID and is known to the reader's side
alone. All that a forged one could do is to keep silence from counting as consent.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser
from enum import StrEnum

from notifications import bounce_boxes
from notifications.models import EmailStatus, OutboxEmail

logger = logging.getLogger(__name__)

LONGEST_DETAIL = 500
LONGEST_REPORT = 256 * 1024
REPORTS_A_RUN = 200
MOST_PARTS = 50
MOST_RECIPIENTS = 50

MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,300}>")
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
SMTP_TYPE = re.compile(r"^\s*smtp\s*;", re.IGNORECASE)
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
DELIVERY_STATUS = "message/delivery-status"
RETURNED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})


class Action(StrEnum):
    """What became of a mail, by the names of RFC 3464; the more it matters to its sender, the earlier."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


class MailInFlight(Exception):
    """The mail is still being handed over, so what is reported can only be noted a little later."""


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What a mail server, or the provider of one, says about one mail; every text is one clean, short line."""

    message_id: str
    action: Action
    recipient: str = ""
    status: str = ""
    diagnostic: str = ""

    @property
    def in_words(self) -> str:
        """Return whom it is about and what was said: "ada@customer.example: 5.1.1 550 No such user"."""
        said = self.diagnostic
        if self.status and self.status not in said:
            said = f"{self.status} {said}".strip()
        return ": ".join(filter(None, (self.recipient, said)))


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """What one reading of the bounce mailbox found."""

    noted: int = 0
    ignored: int = 0
    left: int = 0


def one_line(text: object, *, longest: int = LONGEST_DETAIL) -> str:
    """Return *text* as one line without anything that a database or a page could stumble over."""
    return " ".join(UNPRINTABLE.sub(" ", str(text)).split())[:longest]


def read_report(raw: bytes) -> BounceReport | None:
    """Return what the delivery report *raw* says, or None for any other mail, however it is made.

    A report about several recipients says the worst of them. Only the first 256 KiB are read.
    """
    try:
        return _report_in(message_from_bytes(raw[:LONGEST_REPORT]))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        # The parser of the standard library is built to read on, and strangers write to this mailbox: what trips it
        # up all the same is no report, and must not keep the next one from being read.
        logger.warning("A mail in the bounce mailbox could not be read.", exc_info=True)
        return None


def note_report(report: BounceReport, *, now: datetime) -> bool:
    """Mark the mail that *report* is about, and return whether that was news.

    A failure makes a sent mail bounced and keeps what was said as its last error; a delivery is noted with its time.
    Nothing else changes, and a report read twice is noted once. Raise MailInFlight while a worker sends the mail.
    """
    mail = OutboxEmail.objects.filter(message_id=report.message_id)
    sent = mail.filter(status=EmailStatus.SENT)
    is_news = False
    if report.action is Action.FAILED:
        # A mail that was forgotten has no recipient: who it was must not come back with the report.
        sent.filter(to=[]).update(status=EmailStatus.BOUNCED, bounced_at=now)
        is_news = sent.update(status=EmailStatus.BOUNCED, bounced_at=now, last_error=report.in_words) > 0
    if report.action is Action.DELIVERED:
        is_news = sent.filter(delivered_at=None).update(delivered_at=now) > 0
    if not is_news and mail.filter(status=EmailStatus.SENDING).exists():
        raise MailInFlight(report.message_id)
    return is_news


def read_bounces(*, now: datetime) -> ReportCounts:
    """Note every report that waits in the bounce mailbox, and return what was found; without a mailbox, nothing.

    Each message is read once, then filed. What is no report, or not about our mail, is filed too; a report about a
    mail that is still being handed over stays for the next run. Raise BoxUnreachable.
    """
    box = bounce_boxes.configured_box()
    if box is None:
        return ReportCounts()
    noted = ignored = left = 0
    with box:
        for name, raw in box.waiting(limit=REPORTS_A_RUN, longest=LONGEST_REPORT):
            try:
                report = read_report(raw)
                is_news = report is not None and note_report(report, now=now)
            except MailInFlight:
                left += 1
                continue
            box.file(name)
            noted, ignored = noted + is_news, ignored + (not is_news)
    return ReportCounts(noted=noted, ignored=ignored, left=left)


def _report_in(message: Message) -> BounceReport | None:
    if message.get_content_type() != "multipart/report":
        return None
    parts = _inside(message)[:MOST_PARTS]
    outcomes = [outcome for part in parts for outcome in _outcomes_in(part)]
    message_id = next(_message_ids(message, parts), "")
    if not outcomes or not message_id:
        return None
    action, fields = min(outcomes, key=lambda outcome: list(Action).index(outcome[0]))
    return BounceReport(
        message_id=message_id,
        action=action,
        recipient=_typed_value(fields, "Original-Recipient") or _typed_value(fields, "Final-Recipient"),
        status=_first_match(STATUS, fields.get("Status", "")),
        diagnostic=one_line(SMTP_TYPE.sub("", str(fields.get("Diagnostic-Code", "")))),
    )


def _inside(message: Message) -> list[Message]:
    """Return the messages that *message* is made of, one level down; a text is made of none."""
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _outcomes_in(part: Message) -> Iterator[tuple[Action, Message]]:
    """Yield what a delivery status says of each recipient; RFC 3464 puts a block about the mail itself first."""
    if part.get_content_type() != DELIVERY_STATUS:
        return
    for fields in _inside(part)[:MOST_RECIPIENTS]:
        action = one_line(fields.get("Action", "")).casefold()
        if action in set(Action):
            yield Action(action), fields


def _message_ids(message: Message, parts: Sequence[Message]) -> Iterator[str]:
    """Yield what may be the original Message-ID: of the returned mail, and as the report names it itself."""
    for part in parts:
        if part.get_content_type() in RETURNED:
            yield from _message_id_in(_returned(part), "Message-ID")
    for part in parts:
        if part.get_content_type() == DELIVERY_STATUS:
            for fields in _inside(part)[:1]:
                yield from _message_id_in(fields, "X-Original-Message-ID")
    yield from _message_id_in(message, "In-Reply-To")


def _message_id_in(fields: Message, name: str) -> list[str]:
    return MESSAGE_ID.findall(str(fields.get(name, "")))[:1]


def _returned(part: Message) -> Message:
    """Return the headers of the mail that came back: whole, or its headers alone."""
    for message in _inside(part):
        return message
    content = part.get_payload(decode=True)
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    return HeaderParser().parsestr(text.lstrip())


def _typed_value(fields: Message, name: str) -> str:
    """Return the address in a field such as "rfc822; ada@customer.example"."""
    _kind, _semicolon, value = str(fields.get(name, "")).partition(";")
    return one_line(value, longest=320)


def _first_match(pattern: re.Pattern[str], text: object) -> str:
    found = pattern.search(str(text))
    return found.group() if found else ""
