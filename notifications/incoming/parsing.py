"""Parses emails of unknown origin within limits: bytes, lines, depth, parts and time.

The standard library's parser accepts nearly everything. If it fails all the same, only the headers are read.
"""

import logging
import time
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesFeedParser, BytesHeaderParser

from notifications.clean_text import decoded

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
LONGEST_MESSAGE = 25 * MEGABYTE
LONGEST_HEADERS = 256 * 1024
# An attachment of 25 MB in lines of 76 characters.
MOST_LINES = 500_000
SECONDS = 10
CHUNK = 8 * 1024
MOST_PARTS = 200
DEEPEST = 20
LONGEST_VALUE = 10_000
MANGLED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def parse(raw: bytes) -> Message:
    """Return the email in *raw*, as much of it as the bounds allow."""
    try:
        return _fed(raw[:LONGEST_MESSAGE])
    except MANGLED as error:
        logger.warning("An email in the mailbox could not be taken apart (%s).", type(error).__name__)
    try:
        return BytesHeaderParser().parsebytes(raw[:LONGEST_HEADERS])
    except MANGLED:
        return Message()


def _fed(raw: bytes) -> Message:
    parser, lines, ends_at = BytesFeedParser(), 0, time.monotonic() + SECONDS
    for start in range(0, len(raw), CHUNK):
        chunk = raw[start : start + CHUNK]
        lines += chunk.count(b"\n") + chunk.count(b"\r")
        if lines > 2 * MOST_LINES or time.monotonic() > ends_at:
            logger.warning("An email in the mailbox was read in part only: it has too many lines.")
            break
        parser.feed(chunk)
    return parser.close()


def inside(message: Message) -> list[Message]:
    """Return the messages that *message* is made of, one level down; a text is made of none."""
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def parts_of(message: Message, *, into_messages: bool = False) -> Iterator[Message]:
    """Yield *message* and its parts, in their order; what an enclosed email is made of only when that is wanted."""
    waiting, seen = [(message, 0)], 0
    while waiting and seen < MOST_PARTS:
        part, depth = waiting.pop()
        seen += 1
        yield part
        is_closed = part is not message and part.get_content_maintype() == "message" and not into_messages
        if depth < DEEPEST and not is_closed:
            waiting += [(each, depth + 1) for each in reversed(inside(part))]


def has_attachments(message: Message) -> bool:
    """Return whether files came along; pictures that the text shows are part of it."""
    return any(
        part.get_content_disposition() == "attachment" or (part.get_filename() and "Content-ID" not in part)
        for part in parts_of(message)
    )


def value(message: Message, name: str) -> str:
    """Return the value of a header as people read it, or nothing; also one in letters that a header may not hold."""
    written = next((text for each, text in message.raw_items() if each.casefold() == name.casefold()), "")
    text = decoded(str(written)[:LONGEST_VALUE].encode("utf-8", "surrogateescape"))
    try:
        return str(make_header(decode_header(text)))
    except MANGLED:
        return text


def text_of(part: Message, *, longest: int = MEGABYTE) -> str:
    """Return the text of a part, decoded as declared, or as well as possible."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return content[:longest].decode(charset, "replace" if len(content) > longest else "strict")
    except (LookupError, ValueError):
        return decoded(content[:longest])
