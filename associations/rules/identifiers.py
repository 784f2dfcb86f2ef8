"""The identifiers a partner types: normalise what is meant, refuse what cannot be one (domain.md 2.2)."""

import re
import unicodedata
from uuid import UUID

MPN_ID = re.compile(r"[0-9]{4,10}")
GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
PATH = re.compile(r"[/\\?#].*$", re.DOTALL)
PORT = re.compile(r":[0-9]*$")
DOTS = re.compile("[.\u3002\uff0e\uff61]")
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_NAME = 253
LONGEST_TEXT = 2048

# The idna codec folds these into other letters, and so into the domain name of somebody else.
DISTINCT_LETTERS = frozenset("\u00df\u03c2")

FREE_MAIL_PROVIDERS = """
    gmail.com googlemail.com outlook.com outlook.it hotmail.com hotmail.it hotmail.co.uk hotmail.fr hotmail.de
    live.com live.it msn.com yahoo.com yahoo.it yahoo.co.uk yahoo.fr yahoo.de yahoo.es ymail.com rocketmail.com
    icloud.com me.com mac.com aol.com aol.it proton.me protonmail.com pm.me gmx.com gmx.net gmx.de gmx.at gmx.ch
    web.de t-online.de freenet.de mail.com zoho.com yandex.com yandex.ru mail.ru tutanota.com tuta.com fastmail.com
    hey.com orange.fr wanadoo.fr laposte.net free.fr sfr.fr libero.it virgilio.it alice.it tim.it tin.it tiscali.it
    iol.it inwind.it blu.it fastwebnet.it email.it vodafone.it teletu.it supereva.it poste.it katamail.com aruba.it
    btinternet.com sky.com terra.com.br uol.com.br bol.com.br qq.com 163.com 126.com sina.com naver.com hanmail.net
    rediffmail.com seznam.cz centrum.cz wp.pl o2.pl interia.pl onet.pl bluewin.ch telenet.be skynet.be ziggo.nl
    kpnmail.nl comcast.net verizon.net att.net
"""
FREE_MAIL = frozenset(FREE_MAIL_PROVIDERS.split())


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


def normalise_mpn_id(text: str) -> str:
    """Return the digits of an MPN ID, or raise NotAnMpnId."""
    digits = text.strip()
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
    """Return the GUID in any case, with braces, blanks or a URN prefix around it; None for no or an all-zero one."""
    digits = "".join(visible(text).split()).lower().removeprefix("urn:uuid:")
    if digits.startswith("{") and digits.endswith("}"):
        digits = digits[1:-1]
    if not GUID.fullmatch(digits):
        return None
    guid = UUID(digits)
    return guid if guid.int else None


def normalise_domain_name(text: str) -> str:
    """Return the lower-case ASCII host name in a domain name, web or e-mail address, or raise NotADomainName."""
    if len(text) > LONGEST_TEXT:
        raise NotADomainName(text)
    labels = DOTS.split(host_in(text))
    try:
        name = ".".join(ascii_label(label) for label in labels)
    except UnicodeError as error:
        raise NotADomainName(text) from error
    if not is_organisation_name(name):
        raise NotADomainName(text)
    return name


def host_in(text: str) -> str:
    """Return what is left without scheme, path, mailbox, port and the trailing dot."""
    address = PATH.sub("", SCHEME.sub("", visible(text).strip()))
    return PORT.sub("", address.rpartition("@")[2]).removesuffix(".")


def ascii_label(label: str) -> str:
    """Return one label as DNS stores it, or raise UnicodeError."""
    lower = unicodedata.normalize("NFKC", label).lower()
    if lower.startswith("xn--"):
        lower[4:].encode("ascii").decode("punycode")
        return lower
    if DISTINCT_LETTERS.intersection(lower):
        return "xn--" + lower.encode("punycode").decode("ascii")
    return lower.encode("idna").decode("ascii")


def is_organisation_name(name: str) -> bool:
    """Return whether the ASCII name has two or more well-formed labels, the last of which is not a number."""
    labels = name.split(".")
    well_formed = all(LABEL.fullmatch(label) for label in labels)
    return well_formed and len(labels) > 1 and len(name) <= LONGEST_NAME and not labels[-1].isdigit()


def email_matches_domain(email: str, domain_name: str) -> bool:
    """Return whether the mailbox is at the domain name or below it; False when either is not well-formed."""
    host = mail_host(email)
    try:
        expected = normalise_domain_name(domain_name)
    except NotADomainName:
        return False
    return host == expected or host.endswith("." + expected)


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


def visible(text: str) -> str:
    """Return the text without the invisible characters that travel along when it is copied from a page."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")
