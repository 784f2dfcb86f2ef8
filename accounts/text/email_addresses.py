"""Email addresses as they go over the wire: a local part in ASCII, and a domain name as DNS stores it."""

import re

from accounts.text.characters import without_invisible
from accounts.text.domains import NoAsciiForm, ascii_domain

# RFC 5322 3.2.3, dot-atom: what every server takes without quotes.
DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# RFC 5321 4.5.3.1: octets of a local part, and of an address that fits into a path.
LONGEST_LOCAL_PART = 64
LONGEST_ADDRESS = 254
LONGEST_TEXT = 1000
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# The only name without a dot: the machine that the portal runs on.
THIS_MACHINE = "localhost"


# "Name <address>", as mail programs copy it, with or without quotes.
NAMED = re.compile(r"\s*\"?(?P<name>[^\"<>]*?)\"?\s*<\s*(?:mailto:)?(?P<address>[^<>\s]+)\s*>[\s,;]*", re.IGNORECASE)
# An address copied from a link or from the end of a sentence or a list.
BARE = re.compile(r"\s*(?:mailto:)?(?P<address>[^\s@]+@[^\s?@]+?)(?:\?\S*)?[\s.,;]*", re.IGNORECASE)


class NotSendable(ValueError):
    """No email can be sent to the text as an address."""


class NoAddress(NotSendable):
    """The text is not one address: nothing before or after the @, blanks inside, too long, a number for a domain."""


class LocalPartNotSendable(NotSendable):
    """The part before the @ needs quotes or letters that not every server takes, or is too long."""


class DomainNotSendable(NotSendable):
    """The part after the @ is no domain name."""


def name_and_address(text: str) -> tuple[str, str]:
    """Return the name and the address in "Name <address>"; the name is empty for a text of another form.

    What people copy along with an address comes off: "mailto:", and the comma, semicolon or point behind it.
    """
    if len(text) > LONGEST_TEXT:
        return "", text
    if named := NAMED.fullmatch(text):
        return named["name"].strip(), named["address"]
    bare = BARE.fullmatch(text)
    return "", bare["address"] if bare else text


def sendable_address(text: str) -> str:
    """Return the one address in *text* as it goes over the wire; raise NotSendable.

    Characters that are drawn as nothing come off, and full-width letters become plain ones. The case of the local part
    is kept: only its server knows whether it matters.
    """
    local_part, at, domain = without_blanks(text).rpartition("@")
    local_part = without_invisible(local_part).translate(FULL_WIDTH).strip()
    if not (at and local_part and domain) or len(text) > LONGEST_TEXT or domain.split() != [domain]:
        raise NoAddress(text)
    if not DOT_ATOM.fullmatch(local_part) or len(local_part) > LONGEST_LOCAL_PART:
        raise LocalPartNotSendable(text)
    try:
        host = ascii_domain(domain)
    except NoAsciiForm as error:
        raise DomainNotSendable(text) from error
    labels = host.split(".")
    if labels[-1].isdigit() or (len(labels) == 1 and host != THIS_MACHINE):
        raise DomainNotSendable(text)
    address = f"{local_part}@{host}"
    if len(address) > LONGEST_ADDRESS:
        raise NoAddress(text)
    return address


def without_blanks(text: str) -> str:
    """Return *text* with a plain @, and without blanks and invisible characters around it."""
    if text.isascii():
        return text.strip()
    spread = text.replace("\uff20", "@").replace("\ufe6b", "@")
    return spread.strip().strip("".join({one for one in spread if not without_invisible(one)})).strip()


def wire_address(address: str) -> str:
    """Return a stored *address* as it goes over the wire, or as it is when no email can be sent to it."""
    try:
        return sendable_address(address)
    except NotSendable:
        return address


def is_sendable(address: str) -> bool:
    """Return whether an email can be sent to *address* as it is written."""
    try:
        return bool(address) and sendable_address(address) == address
    except NotSendable:
        return False


def account_name(address: str) -> str:
    """Return *address* as an account keeps and compares it: in lower case, with its domain as DNS stores it."""
    return wire_address(address).lower()


def on_the_wire(word: str) -> str:
    """Return an address or a domain name as it goes over the wire, and any other *word* as it is."""
    if "@" in word:
        return wire_address(word)
    try:
        return word if word.isascii() else ascii_domain(word)
    except NoAsciiForm:
        return word
