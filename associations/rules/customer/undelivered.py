"""Undelivered notices, and who can correct or replace the contact (domain.md 1.6, rule c; D1, D21)."""

import re

from associations.choices import UndeliveredReason as Why
from associations.rules.actors import Role
from associations.rules.lifecycle import UNDECIDED

CORRECTORS = frozenset({Role.INCENTIVES_ADMIN})
# Each replacement sends a notice to somebody whom the partner names, so there is an end to it.
MOST_REPLACEMENTS = 3

# The codes of RFC 3463 as mail servers use them: subject and detail first, then the subject alone.
REASONS: dict[str, Why] = {
    "1.2": Why.DOMAIN_UNKNOWN,
    "1.10": Why.DOMAIN_UNKNOWN,
    "4.4": Why.DOMAIN_UNKNOWN,
    "2.1": Why.MAILBOX_CLOSED,
    "2.2": Why.MAILBOX_FULL,
    "1": Why.ADDRESS_UNKNOWN,
    "2": Why.REFUSED,
    "3": Why.REFUSED,
    "4": Why.NOT_REACHED,
    "5": Why.REFUSED,
    "6": Why.REFUSED,
    "7": Why.REFUSED,
}
ENHANCED_CODE = re.compile(r"(?<![\d.])[45]\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
REPLY_CODE = re.compile(r"(?<![\d.])[45]\d\d(?=[ -])")


def why_undelivered(said: str) -> Why:
    """Return the reason in what the mail servers *said*; without a known code it is unknown."""
    found = ENHANCED_CODE.search(said)
    if found is None:
        return Why.UNKNOWN
    subject, detail = found.groups()
    return REASONS.get(f"{subject}.{detail}") or REASONS.get(subject, Why.UNKNOWN)


def words_of_a_server(said: str) -> str:
    """Return *said* if a mail server said it; what went wrong inside the portal is not for a partner to read."""
    return said if ENHANCED_CODE.search(said) or REPLY_CODE.search(said) else ""


def is_undelivered(status: str, *, consent: str, is_email_lost: bool) -> bool:
    """Return whether the notice of an undecided claim did not arrive: that is recorded, or its email was just lost.

    A period that is open stays open until the clock stops it, and a customer who answered has the notice: a report
    about the email that comes after that changes nothing by itself.
    """
    return status in UNDECIDED and (consent == "bounced" or (consent == "queued" and is_email_lost))


def can_correct(status: str, *, consent: str, role: Role) -> bool:
    """Return whether *role* may correct the contact and send the notice again, once it is recorded as undelivered."""
    return role in CORRECTORS and is_undelivered(status, consent=consent, is_email_lost=False)


def can_replace(status: str, *, consent: str, is_contact_held: bool, role: Role) -> bool:
    """Return whether *role* may name another contact because this one isn't confirmed (domain.md D21).

    An undelivered notice is corrected instead, which does the same.
    """
    is_open = status in UNDECIDED and not can_correct(status, consent=consent, role=role)
    return role in CORRECTORS and is_open and is_contact_held


def can_replace_again(replacements: int) -> bool:
    """Return whether a contact that was replaced so many times can be replaced once more; a reviewer can act still."""
    return replacements < MOST_REPLACEMENTS
