"""The two sides that sign, by their names and by the words for them."""

import re
from dataclasses import dataclass
from enum import StrEnum

from associations.rules.proof_reading.dates import FoundDate
from associations.rules.proof_reading.lines import ReadLine
from associations.rules.proof_reading.phrases import keys_of
from associations.rules.proof_reading.texts import Box, Part

LONGEST_LABEL = 12
CUSTOMER = re.compile(r"\b(?:customer|client|buyer|cliente|committente|acquirente)\b", re.IGNORECASE)
PARTNER = re.compile(
    r"\b(?:partner|supplier|provider|vendor|consultant|contractor|fornitore|consulente|appaltatore)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Signers:
    """The names of both sides."""

    customer: str
    partner: str
    domains: tuple[str, ...]
    people: tuple[str, ...] = ()

    def are_customers(self, text: str) -> bool:
        """Return whether the text names the customer, its domain or its contact."""
        return (
            has_name(text, self.customer)
            or any(each in text.lower() for each in self.domains)
            or any(has_name(text, person) for person in self.people)
        )

    def are_partners(self, text: str) -> bool:
        """Return whether the text names the partner."""
        return has_name(text, self.partner)


class SignatureKind(StrEnum):
    """The kinds of signatures that count; a reviewer judges each by other rules."""

    DIGITAL = "digital"
    INK = "ink"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of the customer: its kind, the line beside it, its rectangle, and its date if there is one."""

    kind: SignatureKind
    line: ReadLine | None
    part: Part
    part_index: int
    box: Box | None
    date: FoundDate | None
    signed_on: str = ""


def has_name(text: str, name: str) -> bool:
    """Return whether the text has the words of the name beside one another, legal forms aside."""
    words = [
        word
        for word in keys_of(name)
        if word not in {"spa", "srl", "inc", "ltd", "gmbh", "s", "p", "a", "r", "l", "llc"}
    ]
    return bool(words) and f" {' '.join(words)} " in f" {' '.join(keys_of(text))} "


def side_of(text: str, signers: Signers) -> bool | None:
    """Return True for the customer, False for the partner, None for neither and for both."""
    is_customer = signers.are_customers(text) or CUSTOMER.search(text) is not None
    is_partner = signers.are_partners(text) or PARTNER.search(text) is not None
    if is_customer and is_partner:
        by_name = signers.are_customers(text), signers.are_partners(text)
        if by_name[0] != by_name[1]:
            return by_name[0]
        if len(text.split()) <= LONGEST_LABEL:
            return None
        return True if CUSTOMER.search(text) else None
    return True if is_customer else False if is_partner else None
