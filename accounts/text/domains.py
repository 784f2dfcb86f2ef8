"""Domain names as DNS stores them and as people read them (IDNA 2008: RFC 5890 to 5893, with the mapping of UTS 46).

Every address that is compared, stored or written to goes through here. Python's own codec and Django follow IDNA 2003,
which takes the sharp s for ss, and so a domain for one of somebody else.
"""

import re
from functools import lru_cache

import idna

from accounts.text.characters import JOINERS, without_idle_joiners, without_invisible

DOTS = re.compile("[.\u3002\uff0e\uff61]")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
PREFIX = "xn--"
LONGEST_NAME = 253
LONGEST_LABEL = 63
LONGEST_TEXT = 2048


class NoAsciiForm(ValueError):
    """The text is no domain name that DNS could hold."""


@lru_cache(maxsize=4096)
def ascii_domain(name: str) -> str:
    """Return *name* in lower case and ASCII, as DNS stores it; raise NoAsciiForm.

    Case and width are mapped; the sharp s, the final sigma and joiners where RFC 5892 allows them stay themselves.
    Every other character that is drawn as nothing comes off.
    """
    if len(name) > LONGEST_TEXT:
        raise NoAsciiForm(name)
    labels = DOTS.split(without_invisible(name.strip(), keep=JOINERS))
    found = ".".join(ascii_label(label) for label in labels)
    if len(found) > LONGEST_NAME or not all(LABEL.fullmatch(label) for label in found.split(".")):
        raise NoAsciiForm(name)
    return found


def ascii_label(label: str) -> str:
    """Return one label of a domain name as DNS stores it; raise NoAsciiForm."""
    if len(label) > LONGEST_LABEL:
        raise NoAsciiForm(label)
    try:
        mapped = without_idle_joiners(idna.uts46_remap(label, std3_rules=False, transitional=False))
        if not mapped.isascii():
            return idna.alabel(mapped).decode("ascii")
        if mapped.startswith(PREFIX):
            mapped[len(PREFIX) :].encode("ascii").decode("punycode")
    except UnicodeError as error:
        raise NoAsciiForm(label) from error
    return mapped
