"""The identifiers a partner types: normalise what is meant, refuse what cannot be one (domain.md 2.2)."""

import re
import unicodedata
from uuid import UUID

from accounts.text.characters import JOINERS, without_invisible
from accounts.text.domains import NoAsciiForm, ascii_domain
from accounts.text.search_keys import GUID, search_key
from associations.rules.customer.free_mail import FREE_MAIL

NUMBER_PREFIX = "CPOR-"
TYPED_NUMBER = re.compile(r"(?:CP[O0]R)?([0-9OIL]{1,12})")
MPN_ID = re.compile(r"[0-9]{4,10}")
SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
PATH = re.compile(r"[/\\?#].*$", re.DOTALL)
PORT = re.compile(r":[0-9]*$")
LONGEST_TEXT = 2048
WRAPPERS = ("{}", "()", '""', "''")


class IdentifierError(ValueError):
    """The text is not the identifier asked for; `code` names the message of domain.md 2.3."""

    code = ""


class NotAnMpnId(IdentifierError):
    """Not 4 to 10 digits."""

    code = "MPN_FORMAT"


class NotATenantId(IdentifierError):
    """Not a GUID, or the empty one."""

    code = "TENANT_FORMAT"


class NotADomainName(IdentifierError):
    """Not the DNS name of an organisation."""

    code = "DOMAIN_FORMAT"


class NotASubscriptionId(IdentifierError):
    """Not a GUID, or the empty one."""

    code = "SUB_BAD_ID"


class NotAClaimNumber(ValueError):
    """Not a number such as CPOR-0000042."""


def normalise_mpn_id(text: str) -> str:
    """Return the digits of an MPN ID, or raise NotAnMpnId."""
    digits = without_invisible(text).strip()
    if not MPN_ID.fullmatch(digits):
        raise NotAnMpnId(text)
    return digits


def normalise_tenant_id(text: str) -> UUID:
    """Return the tenant ID, however it was copied, or raise NotATenantId."""
    found = guid_in(text)
    if found is None:
        raise NotATenantId(text)
    return found


def normalise_subscription_id(text: str) -> UUID:
    """Return the subscription ID, however it was copied, or raise NotASubscriptionId."""
    found = guid_in(text)
    if found is None:
        raise NotASubscriptionId(text)
    return found


def guid_in(text: str) -> UUID | None:
    """Return the GUID however it was copied: any case, hyphens, blanks, brackets; None for no or an all-zero one."""
    digits = search_key("".join(without_invisible(text).split())).removeprefix("urn:uuid:")
    if digits[:1] + digits[-1:] in WRAPPERS:
        digits = digits[1:-1]
    # An apostrophe keeps a spreadsheet from taking a text for a number.
    digits = digits.removeprefix("'")
    if not GUID.fullmatch(digits):
        return None
    guid = UUID(digits)
    return guid if guid.int else None


def normalise_domain_name(text: str) -> str:
    """Return the lower-case ASCII host name in a domain name, web or e-mail address, or raise NotADomainName."""
    if len(text) > LONGEST_TEXT:
        raise NotADomainName(text)
    try:
        name = ascii_domain(host_in(text))
    except NoAsciiForm as error:
        raise NotADomainName(text) from error
    if not is_organisation_name(name):
        raise NotADomainName(text)
    return name


def host_in(text: str) -> str:
    """Return what is left without scheme, path, mailbox, port and the trailing dot."""
    address = PATH.sub("", SCHEME.sub("", without_invisible(text, keep=JOINERS).strip()))
    return PORT.sub("", address.rpartition("@")[2]).removesuffix(".")


def is_organisation_name(name: str) -> bool:
    """Return whether the ASCII name has two or more labels, the last of which is not a number."""
    labels = name.split(".")
    return len(labels) > 1 and not labels[-1].isdigit()


def is_free_mail(email: str) -> bool:
    """Return whether the mailbox is at a provider anybody can join."""
    return mail_host(email) in FREE_MAIL


def mail_host(email: str) -> str:
    """Return the normalised part after the @, or an empty text."""
    mailbox, at, host = email.strip().rpartition("@")
    if not (mailbox and at):
        return ""
    try:
        return normalise_domain_name(host)
    except NotADomainName:
        return ""


def claim_number(claim_id: int) -> str:
    """Return the number that people read and search, such as CPOR-0000042 (domain.md D16)."""
    return f"{NUMBER_PREFIX}{claim_id:07d}"


def claim_id_of(number: str) -> int:
    """Return the key of the claim that a typed *number* means, in any case and with any blanks or hyphens.

    The letters O, I and L count as the digits that they look like. Raise NotAClaimNumber.
    """
    typed = "".join(one for one in unicodedata.normalize("NFKC", number).upper() if one.isalnum())
    found = TYPED_NUMBER.fullmatch(typed)
    claim_id = int(found[1].translate(str.maketrans("OIL", "011"))) if found else 0
    if not claim_id:
        raise NotAClaimNumber(number)
    return claim_id
