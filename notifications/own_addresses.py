"""Makes and recognizes our own addresses: the sender, the envelope address for bounces, the address for replies.

If the portal reads a mailbox, each email has an envelope address of its own, so the address that a report came to says
which email it is about (domain.md D20). It may have a reply address of its own, too (D19). Both end in a token that
only the portal can make: an authentication code over the purpose and the key of the row, and the number of the row.
"""

import re
from dataclasses import dataclass
from email import policy
from email.errors import ObsoleteHeaderDefect
from email.headerregistry import Address
from email.utils import formataddr
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36

from accounts.text.email_addresses import LONGEST_LOCAL_PART, NotSendable, sendable_address
from notifications.models import OutboxEmail

SALT = "notifications.own_addresses"
# 64 bits of the code; local parts travel in lower case, and some servers write them so.
CODE_DIGITS = 16
# A row's number of 63 bits in base 36.
LONGEST_TOKEN = CODE_DIGITS + 13
TOKEN = re.compile(r"(?:^|[^0-9a-z])([0-9a-f]{16})([0-9a-z]{1,13})$")


class OwnAddressTrouble(ValueError):
    """One of our own addresses in the settings isn't valid; the message says which and why."""


class Purpose(StrEnum):
    """The purpose of an address that belongs to one email."""

    ENVELOPE = "envelope"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """One of our addresses: the mailbox as SMTP needs it, and the name that people see beside it."""

    address: str
    name: str = ""

    def __str__(self) -> str:
        return formataddr((self.name, self.address))

    @property
    def local_part(self) -> str:
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@lru_cache(maxsize=16)
def own_address(text: str, *, setting: str) -> OwnAddress:
    """Return the one address in *text*, the value of a *setting*; raise OwnAddressTrouble."""
    try:
        header: Any = policy.default.header_factory("From", text)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise OwnAddressTrouble(f"{setting} is no email address: {error}") from error
    defects = [defect for defect in header.defects if not isinstance(defect, ObsoleteHeaderDefect)]
    alone = [one for group in header.groups if group.display_name is None for one in group.addresses]
    if defects or len(header.groups) != 1 or len(alone) != 1:
        raise OwnAddressTrouble(
            f"{setting} must be one email address, such as portal@contoso.com or"
            f' "Contoso, CPOR" <portal@contoso.com>: put a name with a comma, a colon or brackets in double quotes.'
            f" It is {text!r}."
        )
    return OwnAddress(address=_sendable(alone[0], setting=setting), name=alone[0].display_name)


def _sendable(address: Address, *, setting: str) -> str:
    try:
        return sendable_address(address.addr_spec)
    except NotSendable as error:
        raise OwnAddressTrouble(f"No email can be sent from {address.addr_spec!r}, as {setting} says.") from error


def from_address() -> OwnAddress:
    """Return the address in From; raise OwnAddressTrouble."""
    return own_address(settings.DEFAULT_FROM_EMAIL, setting="DEFAULT_FROM_EMAIL")


def plain_envelope_address() -> str:
    """Return the envelope address that isn't of one email; raise OwnAddressTrouble."""
    return (_bounce_address() or from_address()).address


def envelope_address(email: OutboxEmail) -> str:
    """Return the envelope address of *email*: its own if a mailbox is read. Raise OwnAddressTrouble."""
    base = _bounce_address()
    if base is None or not has_own_addresses():
        return plain_envelope_address()
    return _with_token(base, email, Purpose.ENVELOPE)


def reply_address(email: OutboxEmail) -> str:
    """Return the address for replies to *email*, or "" if the portal doesn't read them; raise OwnAddressTrouble."""
    base = _reply_base() if email.hears_replies and replies_are_read() else None
    return _with_token(base, email, Purpose.REPLY) if base else ""


def mailbox_is_read() -> bool:
    """Return whether the portal reads a mailbox."""
    return bool(settings.BOUNCE_IMAP_URL or settings.BOUNCE_MAILDIR)


def has_own_addresses() -> bool:
    """Return whether each email has addresses of its own: a mailbox is read that many addresses lead to."""
    return mailbox_is_read() and bool(settings.BOUNCE_ADDRESS and settings.BOUNCE_DELIMITER)


def replies_are_read() -> bool:
    """Return whether replies reach the portal, for emails with ``hears_replies``."""
    return has_own_addresses()


def email_at(address: str) -> tuple[Purpose, OutboxEmail] | None:
    """Return the email that *address* belongs to, and the purpose of the address, or None.

    Only the token counts: servers may rewrite the rest. A token made with an earlier secret key, one of
    ``SECRET_KEY_FALLBACKS``, is valid too.
    """
    found = TOKEN.search(address.rpartition("@")[0].casefold())
    if found is None:
        return None
    code, number = found.groups()
    try:
        email = OutboxEmail.objects.filter(pk=base36_to_int(number)).first()
    except OverflowError:
        # Some databases refuse to look for a number that no row can have.
        return None
    if email is None:
        return None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        for purpose in Purpose:
            if constant_time_compare(code.encode(), _code(email, purpose, secret=secret)):
                return purpose, email
    return None


def _bounce_address() -> OwnAddress | None:
    text = settings.BOUNCE_ADDRESS
    return own_address(text, setting="BOUNCE_ADDRESS") if text else None


def _reply_base() -> OwnAddress | None:
    if settings.REPLY_ADDRESS:
        return own_address(settings.REPLY_ADDRESS, setting="REPLY_ADDRESS")
    base = _bounce_address()
    return OwnAddress(address=f"reply@{base.domain}") if base else None


def _with_token(base: OwnAddress, email: OutboxEmail, purpose: Purpose) -> str:
    token = _code(email, purpose, secret=settings.SECRET_KEY) + int_to_base36(email.pk)
    return f"{base.local_part}{settings.BOUNCE_DELIMITER}{token}@{base.domain}"


def _code(email: OutboxEmail, purpose: Purpose, *, secret: str) -> str:
    mac = salted_hmac(SALT, f"{purpose}:{email.key}", secret=secret, algorithm="sha256")
    return mac.hexdigest()[:CODE_DIGITS]


def own_address_troubles() -> list[str]:
    """Return one sentence for each mistake in our own addresses in the settings."""
    troubles, found = [], {}
    for name in ("DEFAULT_FROM_EMAIL", "BOUNCE_ADDRESS", "REPLY_ADDRESS"):
        text = getattr(settings, name)
        if not text and name != "DEFAULT_FROM_EMAIL":
            continue
        try:
            found[name] = own_address(text, setting=name)
        except OwnAddressTrouble as trouble:
            troubles.append(str(trouble))
    if has_own_addresses():
        troubles += _troubles_with_tokens(found)
    return troubles


def _troubles_with_tokens(found: dict[str, OwnAddress]) -> list[str]:
    troubles = []
    sender = found.get("DEFAULT_FROM_EMAIL")
    bounces = found.get("BOUNCE_ADDRESS")
    if sender and bounces and not f".{bounces.domain}".endswith(f".{sender.domain}"):
        troubles.append(
            f"BOUNCE_ADDRESS is at {bounces.domain}, but emails are from {sender.domain}: it must be there or below,"
            f" for instance at bounces.{sender.domain}, so that SPF and DMARC align."
        )
    for name in ("BOUNCE_ADDRESS", "REPLY_ADDRESS"):
        longest = LONGEST_LOCAL_PART - LONGEST_TOKEN - len(settings.BOUNCE_DELIMITER)
        if name in found and len(found[name].local_part) > longest:
            troubles.append(f"{name} leaves no room for a token: at most {longest} characters may stand before its @.")
    if settings.BOUNCE_DELIMITER not in tuple("+-=_.#"):
        troubles.append("BOUNCE_DELIMITER must be one of the characters + - = _ . # or empty.")
    return troubles
