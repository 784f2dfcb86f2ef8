"""Reads delivery reports of mail servers: which email they are about, and its outcome (RFC 3464, RFC 6533).

Our own reader comes first, because it finds the status, the server's words and successful deliveries, too.
flufl.bounce reads the formats that are older than the standard.
"""

import logging
import re
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass
from email.base64mime import decode as from_base64
from email.message import Message
from email.parser import HeaderParser
from email.quoprimime import body_decode as from_quoted_printable
from email.utils import getaddresses
from enum import StrEnum

from flufl.bounce import all_failures

from notifications.clean_text import ADDRESS, decoded, one_line
from notifications.incoming.parsing import MANGLED, inside, parse, parts_of, text_of

logger = logging.getLogger(__name__)

LONGEST_TEXT = 256 * 1024
# The library reads each line many times, and some of its patterns take the square of a line's length.
LONGEST_OLD_REPORT = 256 * 1024
MOST_LINES_OF_OLD_REPORT = 3000
LONGEST_LINE_OF_OLD_REPORT = 998
MOST_RECIPIENTS = 50
MOST_IDS = 50

MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,300}>")
NAMED_ID = re.compile(r"^[>|\s]{0,20}message-id:\s*(<[^<>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
# As `new_message_id` makes them.
PORTAL_ID = re.compile(r"<[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@[^<>\s@]{1,255}>")
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
SMTP_TYPE = re.compile(r"^\s*smtp\s*;", re.IGNORECASE)
XTEXT = re.compile(r"\+([0-9A-F]{2})")
BLOCK_ENDS = re.compile(r"\n[ \t]*\n")
ENCODED_WORD = re.compile(r"[A-Za-z0-9+/=\s]+")
STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status", "text/delivery-status"})
RETURNED_AS_TEXT = frozenset({"text/rfc822-headers", "text/rfc822"})
# That a person opened an email, or called it spam; a rejected one is told in the same form.
DISPOSITION = "message/disposition-notification"
FEEDBACK = "message/feedback-report"
REJECTED = re.compile(r"automatic-action\s*/.*;\s*(?:deleted|denied|failed|error)", re.IGNORECASE)
WORDS = {"failed": "failed", "failure": "failed", "fail": "failed", "error": "failed", "expanded": "relayed"}


class Action(StrEnum):
    """The actions of RFC 3464; the more one matters to the sender, the earlier."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"


@dataclass(frozen=True, slots=True)
class RecipientOutcome:
    """The result of an email for one recipient.

    ``recipient`` is whom the server tried, ``written_to`` whom the sender wrote to where the server knows; both may be
    empty.
    """

    action: Action
    recipient: str = ""
    written_to: str = ""
    status: str = ""
    diagnostic: str = ""

    @property
    def in_words(self) -> str:
        """Return what was said: "5.1.1 550 No such user"."""
        if self.status and self.status not in self.diagnostic:
            return f"{self.status} {self.diagnostic}".strip()
        return self.diagnostic


def outcomes_in(message: Message, *, raw: bytes) -> list[RecipientOutcome]:
    """Return what a delivery report says of each recipient; nothing for any other email, however it is made.

    Only the beginning of *raw*, the same email, is searched for the older formats.
    """
    try:
        return list(_told_by_standard(message)) or list(_told_by_library(_in_plain_lines(raw)))
    except MANGLED as error:
        logger.warning("An email in the mailbox could not be read as a report (%s).", type(error).__name__)
        return []


def is_about_reading(message: Message) -> bool:
    """Return whether a report tells what a person did with an email: it did arrive (RFC 8098, RFC 5965)."""
    for part in parts_of(message):
        if part.get_content_type() == FEEDBACK:
            return True
        if part.get_content_type() == DISPOSITION:
            return not any(REJECTED.search(str(fields.get("Disposition", ""))) for fields in _blocks(part))
    return False


def message_ids_in(message: Message) -> list[str]:
    """Return what may be the Message-ID of the email that *message* is about, the likeliest first."""
    try:
        found = dict.fromkeys(_message_ids(message))
    except MANGLED as error:
        logger.warning("What an email in the mailbox is about could not be read (%s).", type(error).__name__)
        return []
    return list(found)[:MOST_IDS]


def header_ids_in(message: Message) -> list[str]:
    """Return the Message-IDs that *message* says it answers, the nearest first."""
    answered = MESSAGE_ID.findall(str(message.get("In-Reply-To", "")))
    thread = MESSAGE_ID.findall(str(message.get("References", "")))
    return list(dict.fromkeys([*answered, *reversed(thread)]))[:MOST_IDS]


def is_returned_copy(part: Message) -> bool:
    """Return whether a part is an email that came back, whole or as its headers alone."""
    kind = part.get_content_type()
    is_told = kind in STATUS_TYPES or kind in (DISPOSITION, FEEDBACK)
    return kind in RETURNED_AS_TEXT or (kind.startswith("message/") and not is_told)


def status_parts(message: Message) -> list[Message]:
    """Return the parts that tell a delivery status: those outside enclosed emails, else those of the first enclosed.

    A status inside the returned email is about another one; a report that somebody forwarded is enclosed as a whole.
    """
    level = [message]
    while level:
        parts = [part for each in level for part in parts_of(each)]
        found = [part for part in parts if part.get_content_type() in STATUS_TYPES]
        if found:
            return found
        level = [one for part in parts if part.get_content_type() == "message/rfc822" for one in inside(part)[:1]][:1]
    return []


def _told_by_standard(message: Message) -> Iterator[RecipientOutcome]:
    for part in status_parts(message):
        for fields in _blocks(part)[: MOST_RECIPIENTS + 1]:
            action = _action(fields)
            if action:
                yield RecipientOutcome(
                    action=action,
                    recipient=_address(fields, "Final-Recipient"),
                    written_to=_address(fields, "Original-Recipient"),
                    status=_status_in(fields.get("Status", "")),
                    diagnostic=one_line(SMTP_TYPE.sub("", str(fields.get("Diagnostic-Code", "")))),
                )


def _told_by_library(message: Message) -> Iterator[RecipientOutcome]:
    if not getaddresses([str(message.get("From", ""))]):
        # The library stumbles over an email from nobody.
        del message["From"]
        message["From"] = "MAILER-DAEMON"
    temporary, permanent = all_failures(message)
    for action, addresses in ((Action.FAILED, permanent), (Action.DELAYED, temporary)):
        for address in sorted(addresses)[:MOST_RECIPIENTS]:
            yield RecipientOutcome(action=action, recipient=one_line(address.decode("ascii", "replace"), longest=320))


def _in_plain_lines(raw: bytes) -> Message:
    """Return the beginning of an email as the library can read it: in short lines, and in no encoding."""
    lines = raw[:LONGEST_OLD_REPORT].splitlines()[:MOST_LINES_OF_OLD_REPORT]
    message = parse(b"\n".join(line[:LONGEST_LINE_OF_OLD_REPORT] for line in lines))
    for part in parts_of(message):
        encoding = str(part.get("Content-Transfer-Encoding", "")).strip().casefold()
        if part.get_content_maintype() == "text" and encoding in ("base64", "quoted-printable"):
            text = text_of(part).splitlines()[:MOST_LINES_OF_OLD_REPORT]
            del part["Content-Transfer-Encoding"]
            part.set_payload("\n".join(line[:LONGEST_LINE_OF_OLD_REPORT] for line in text))
    return message


def _blocks(part: Message) -> list[Message]:
    """Return the groups of fields of a delivery status, also of one that travels in an encoding."""
    text = _body(part)
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().casefold()
    if encoding == "base64" and ENCODED_WORD.fullmatch(text):
        try:
            text = decoded(from_base64("".join(text.split())))
        except NotBase64:
            return []
    elif encoding == "quoted-printable":
        text = from_quoted_printable(text)
    # The parser keeps bytes beyond ASCII as surrogates.
    text = decoded(text.encode("utf-8", "surrogateescape")).replace("\r\n", "\n")
    return [HeaderParser().parsestr(block.strip("\n")) for block in BLOCK_ENDS.split(text) if block.strip()]


def _body(part: Message) -> str:
    """Return the body of a part as it was written; the parser takes a delivery status for emails of headers alone."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return text_of(part, longest=LONGEST_TEXT) if part.get_content_maintype() == "text" else str(payload)
    return "\n\n".join(_as_written(each) for each in inside(part)[: MOST_RECIPIENTS + 1])


def _as_written(fields: Message) -> str:
    head = "\n".join(f"{name}: {text}" for name, text in fields.raw_items())
    return "\n\n".join(filter(None, (head, _body(fields))))


def _action(fields: Message) -> Action | None:
    """Return the outcome in a group of fields: by its action, else by its status; None for fields about the email."""
    words = one_line(fields.get("Action", "")).casefold().replace("(", " ").split()
    word = words[0].rstrip(".;,") if words else ""
    word = WORDS.get(word, word)
    if word in set(Action):
        return Action(word)
    status = _status_in(fields.get("Status", ""))
    is_about_recipient = any(name in fields for name in ("Action", "Final-Recipient", "Original-Recipient"))
    return {"5": Action.FAILED, "4": Action.DELAYED}.get(status[:1]) if is_about_recipient else None


def _address(fields: Message, name: str) -> str:
    """Return the address in a field such as "rfc822; ada@customer.example"; nothing when it is none."""
    text = str(fields.get(name, ""))
    kind, _semicolon, typed = text.rpartition(";")
    found = one_line(typed, longest=1000)
    named = ADDRESS.search(found)
    found = named[0] if named else ""
    if kind.strip().casefold().startswith("rfc822"):
        # Some servers leave the encoding of RFC 3461, which in an address is that of two characters.
        found = found.replace("+2B", "+").replace("+3D", "=")
    return found[:320]


def _message_ids(message: Message) -> Iterator[str]:
    everything = list(parts_of(message, into_messages=True))
    for part in everything:
        if is_returned_copy(part):
            yield from MESSAGE_ID.findall(str(_returned(part).get("Message-ID", "")))[:1]
    for part in status_parts(message):
        for fields in _blocks(part)[:1]:
            yield from MESSAGE_ID.findall(str(fields.get("X-Original-Message-ID", "")))[:1]
            yield from _envelope_id(str(fields.get("Original-Envelope-Id", "")))
    for part in everything:
        if part.get_content_type() == DISPOSITION:
            yield from MESSAGE_ID.findall(" ".join(str(f.get("Original-Message-ID", "")) for f in _blocks(part)))
    yield from header_ids_in(message)
    texts = [text_of(part, longest=LONGEST_TEXT) for part in everything if part.get_content_maintype() == "text"]
    for pattern in (NAMED_ID, PORTAL_ID):
        for text in texts:
            yield from pattern.findall(text)[:MOST_IDS]


def _envelope_id(text: str) -> list[str]:
    """Return the Message-ID that an email was handed over with as its envelope ID (RFC 3461, 4.4)."""
    known_as = XTEXT.sub(lambda code: chr(int(code[1], 16)), text.strip()).strip("<>")
    return MESSAGE_ID.findall(f"<{known_as}>")


def _returned(part: Message) -> Message:
    """Return the headers of the email that came back: whole, or its headers alone."""
    for message in inside(part):
        return message
    return HeaderParser().parsestr(text_of(part, longest=LONGEST_TEXT).lstrip())


def _status_in(text: object) -> str:
    found = STATUS.search(str(text))
    return found.group() if found else ""
