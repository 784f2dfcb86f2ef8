"""Cleans text of unknown origin for the database, for pages and for people."""

import re
import unicodedata

from accounts.text.characters import is_invisible
from accounts.text.email_addresses import account_name

LONGEST_LINE = 500
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
UNPRINTABLE_IN_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]+")
LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
BLANK_LINES = re.compile(r"\n(?:[ \t\u00a0]*\n){2,}")
ADDRESS = re.compile(r"[^\s<>\"'(),;:@\[\]]{1,200}@[^\s<>\"'(),;:@\[\]]{1,255}")


def decoded(content: bytes) -> str:
    """Return bytes of an unknown encoding as text: UTF-8, or else Latin-1, which can decode any bytes."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def one_line(text: object, *, longest: int = LONGEST_LINE) -> str:
    """Return *text* as one line without control characters and surrogates."""
    return " ".join(UNPRINTABLE.sub(" ", str(text)).split())[:longest]


def readable(text: str, *, longest: int) -> str:
    """Return the beginning of *text* with its lines, in normal form (NFC), without invisible characters."""
    lines = UNPRINTABLE_IN_LINES.sub("", LINE_ENDS.sub("\n", text[: 4 * longest]))
    seen = "".join(one for one in lines if one == "\n" or not is_invisible(one))
    return BLANK_LINES.sub("\n\n", unicodedata.normalize("NFC", seen)).strip()[:longest]


def without_addresses(text: str, *, but: set[str]) -> str:
    """Return *text* with each email address replaced by an ellipsis, except those in *but* (as `account_name`)."""
    return ADDRESS.sub(lambda found: found[0] if _is_of(found[0], but) else "…", text)


def _is_of(address: str, known: set[str]) -> bool:
    return account_name(address.strip(".")) in known
