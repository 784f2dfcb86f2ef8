"""Checks that DNS lets receivers trust our emails: SPF, DKIM and DMARC, and that they align with From.

DMARC asks that SPF or DKIM passes for the domain in From (RFC 7489): SPF speaks for the domain of the envelope address
(RFC 7208), DKIM for the domain whose key signs (RFC 6376). Both are published as TXT records.
"""

from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from publicsuffixlist import PublicSuffixList

from notifications.sending.dns_lookups import NoAnswer, Texts

SPF, DMARC = "v=spf1", "v=dmarc1"
# RFC 7208 4.6.4: an evaluation that needs more look-ups fails for everybody.
MOST_LOOKUPS = 10
LOOKED_UP = ("include:", "a", "mx", "ptr", "exists:", "redirect=")
# RFC 8301: verifiers take no shorter key of this kind.
SHORTEST_RSA_KEY = 1024
LONGEST_SHOWN = 200
SUFFIXES = PublicSuffixList()


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """One record: its kind, its name, whether it is correct, and why."""

    kind: str
    name: str
    is_good: bool
    words: str

    def __str__(self) -> str:
        return f"{self.kind:5} {self.name}: {'good' if self.is_good else 'PROBLEM'}: {self.words}"


@dataclass(frozen=True, slots=True)
class Sender:
    """The domains that receivers compare, and the selectors of the keys that sign."""

    from_domain: str
    envelope_domain: str
    selectors: Sequence[str] = ()


class NotAsItShouldBe(Exception):
    """A record is missing or wrong; the message says what to do."""


def check(sender: Sender, texts: Texts) -> list[RecordCheck]:
    """Return a finding for SPF, for each DKIM key and for DMARC."""
    domain, envelope = sender.from_domain, sender.envelope_domain
    findings = [found("SPF", envelope, partial(spf_of, sender, texts))]
    for selector in sender.selectors:
        name = key_name(selector, domain)
        findings.append(found("DKIM", name, partial(key_at, name, sender, texts)))
    if not sender.selectors:
        words = "no selector is named: put those that your mail server signs with into DKIM_SELECTORS"
        findings.append(RecordCheck("DKIM", f"*._domainkey.{domain}", is_good=False, words=words))
    return [*findings, found("DMARC", f"_dmarc.{domain}", partial(dmarc_of, domain, texts))]


def found(kind: str, name: str, look: Callable[[], str]) -> RecordCheck:
    """Return what *look* says of a record, or what it finds wrong."""
    try:
        return RecordCheck(kind, name, is_good=True, words=look())
    except (NotAsItShouldBe, NoAnswer) as trouble:
        return RecordCheck(kind, name, is_good=False, words=str(trouble))


def spf_of(sender: Sender, texts: Texts) -> str:
    """Return the SPF record of the envelope and how it aligns; raise NotAsItShouldBe or NoAnswer."""
    record = spf_record(sender.envelope_domain, texts)
    if {"all", "+all"} & set(record.lower().split()):
        raise NotAsItShouldBe(f"{shown(record)} lets every server send in your name: end it with -all or ~all")
    if lookups_of(record, texts, seen=(sender.envelope_domain,)) > MOST_LOOKUPS:
        raise NotAsItShouldBe(f"it needs more than {MOST_LOOKUPS} look-ups, so receivers take it for broken")
    return f"{shown(record)}, {alignment(sender.envelope_domain, sender, texts, mode='aspf')}"


def spf_record(domain: str, texts: Texts) -> str:
    records = [text for text in texts(domain) if text.lower().partition(" ")[0] == SPF]
    if not records:
        raise NotAsItShouldBe(f"{shown(domain)} has no SPF record: publish a TXT record that begins with v=spf1")
    if len(records) > 1:
        raise NotAsItShouldBe(f"{shown(domain)} has {len(records)} SPF records: keep one")
    return records[0]


def lookups_of(record: str, texts: Texts, *, seen: tuple[str, ...]) -> int:
    """Return how many look-ups *record* needs, counted to one more than is allowed; raise NotAsItShouldBe."""
    count = 0
    for term in record.lower().split()[1:]:
        term = term.lstrip("+-~?")
        kind = next((kind for kind in LOOKED_UP if is_term(term, kind)), "")
        count += bool(kind)
        target = term.partition(kind)[2] if kind in ("include:", "redirect=") else ""
        if count > MOST_LOOKUPS:
            return count
        if target and "%" not in target:
            if target in seen:
                raise NotAsItShouldBe(f"it includes itself by {shown(target)}")
            count += lookups_of(spf_record(target, texts), texts, seen=(*seen, target))
    return count


def is_term(term: str, kind: str) -> bool:
    """Return whether a term of SPF is of this kind: `a`, `a:host` and `a/24` are of the kind `a`."""
    if kind[-1] in ":=":
        return term.startswith(kind)
    return term == kind or term.startswith((f"{kind}:", f"{kind}/"))


def key_name(selector: str, domain: str) -> str:
    """Return the name of a key: of a selector, or of `selector@domain` where another domain signs."""
    selector, _at, signing = selector.partition("@")
    return f"{selector}._domainkey.{signing or domain}"


def key_at(name: str, sender: Sender, texts: Texts) -> str:
    """Return the public key at *name* in words and how it aligns; raise NotAsItShouldBe or NoAnswer."""
    records = [tags for tags in map(tags_of, texts(name)) if "p" in tags]
    if len(records) != 1:
        raise NotAsItShouldBe(f"there are {len(records)} keys: publish the one that your mail server signs with")
    tags = records[0]
    if not tags["p"]:
        raise NotAsItShouldBe("the key is revoked: its p= is empty")
    if "y" in tags.get("t", "").split(":"):
        raise NotAsItShouldBe("the key is being tested (t=y), so receivers treat the email as unsigned")
    kind = tags.get("k", "rsa")
    key = f"rsa key of {rsa_bits(tags['p'])} bits" if kind == "rsa" else f"{shown(kind)} key"
    return f"{key}, {alignment(name.partition('._domainkey.')[2], sender, texts, mode='adkim')}"


def rsa_bits(encoded: str) -> int:
    """Return the length of a key; raise NotAsItShouldBe for one that is no key or too short."""
    try:
        key = load_der_public_key(b64decode("".join(encoded.split()), validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotAsItShouldBe("its p= is no key: copy it again") from error
    if not isinstance(key, RSAPublicKey):
        raise NotAsItShouldBe("its p= is a key of another kind than k= says")
    if key.key_size < SHORTEST_RSA_KEY:
        raise NotAsItShouldBe(f"the key has {key.key_size} bits: receivers ask for {SHORTEST_RSA_KEY} or more")
    return key.key_size


def dmarc_of(domain: str, texts: Texts) -> str:
    """Return the DMARC record that receivers apply to *domain*; raise NotAsItShouldBe or NoAnswer."""
    record = dmarc_record(domain, texts)
    if tags_of(record).get("p", "").lower() not in ("none", "quarantine", "reject"):
        raise NotAsItShouldBe(f"{shown(record)} has no policy: p= must be none, quarantine or reject")
    return shown(record)


def dmarc_record(domain: str, texts: Texts) -> str:
    """Return the DMARC record of *domain*, or of its organization; raise NotAsItShouldBe or NoAnswer."""
    for name in dict.fromkeys((domain, organization(domain))):
        records = [text for text in texts(f"_dmarc.{name}") if text.lower().partition(";")[0].strip() == DMARC]
        if len(records) > 1:
            raise NotAsItShouldBe(f"_dmarc.{name} has {len(records)} DMARC records: keep one")
        if records:
            return records[0]
    raise NotAsItShouldBe("there is no DMARC record: publish a TXT record such as v=DMARC1; p=none")


def alignment(domain: str, sender: Sender, texts: Texts, *, mode: str) -> str:
    """Return how *domain* aligns with From, by the tag *mode* of DMARC; raise NotAsItShouldBe."""
    try:
        is_strict = tags_of(dmarc_record(sender.from_domain, texts)).get(mode, "r").lower() == "s"
    except (NotAsItShouldBe, NoAnswer):
        is_strict = False
    same = domain == sender.from_domain if is_strict else organization(domain) == organization(sender.from_domain)
    how = f"{mode}=s" if is_strict else f"{mode}=r"
    if not same:
        raise NotAsItShouldBe(f"{domain} doesn't align with {sender.from_domain} in From ({how})")
    return f"aligns with From ({how})"


def organization(domain: str) -> str:
    """Return the registered domain that *domain* belongs to, or *domain* if there is none."""
    return SUFFIXES.privatesuffix(domain.lower()) or domain.lower()


def tags_of(text: str) -> dict[str, str]:
    """Return the tags of a DKIM or DMARC record: `v=DMARC1; p=none`."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs if name.strip()}


def shown(text: str) -> str:
    """Return what a stranger wrote into DNS so that a terminal can print it."""
    printable = "".join(one if one.isascii() and one.isprintable() else "?" for one in text)
    return printable if len(printable) <= LONGEST_SHOWN else f"{printable[:LONGEST_SHOWN]}..."
