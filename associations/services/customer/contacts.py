"""Stores whether a claim's contact is of the customer, and confirms the contact (domain.md D18)."""

from datetime import datetime

from associations.choices import ConfirmedBy, ContactKind, EventKind
from associations.directory import is_confirmed_contact_of, is_contact_of
from associations.models import Claim, CustomerNotice
from associations.rules.actors import PORTAL, Actor
from associations.rules.customer.holds import FEWEST_BUSINESS_DAYS, MOST_BUSINESS_DAYS, hold_due_at
from associations.services.claim.history import Entry, record
from associations.services.deadlines import end_of_customer_business_days

# What `check_contact` writes.
CONTACT_FACTS = ("contact_confirmed_by", "contact_confirmed_at", "contact_due_at")


def ask_about_contact(claim: Claim) -> None:
    """Ask the public directory whether the contact of *claim* is of the customer, and list the domain if it is.

    Call this before the transaction that submits *claim*: it may wait for the directory, within its time limit. Copies
    and imports bring contacts that no form asked about. Without a contact nothing is asked.
    """
    named = claim.contacts.filter(kind=ContactKind.CUSTOMER).exclude(email="").first()
    if named is not None:
        is_confirmed_contact_of(claim.tenant, named.email)


def check_contact(
    claim: Claim, email: str, *, earlier: CustomerNotice | None, closes_at: datetime, now: datetime
) -> None:
    """Set on the locked *claim* whether the contact at *email*, to whom a notice goes now, is of the customer.

    The confirmation of the contact of the *earlier* notice stays when the address does. Here only the listed domain
    names are asked: the public directory was asked before the locks were taken, and a clock asks it again. A contact
    who isn't confirmed is to be before the window ends at *closes_at*. The caller saves CONTACT_FACTS.
    """
    is_same = earlier is not None and earlier.contact_email.casefold() == email.casefold()
    if not (is_same and claim.contact_confirmed_at):
        is_known = is_contact_of(claim.tenant, email)
        claim.contact_confirmed_by = ConfirmedBy.DOMAIN if is_known else ""
        claim.contact_confirmed_at = now if is_known else None
    claim.contact_due_at = _due_at(claim, closes_at=closes_at, now=now) if claim.is_contact_held else None


def note_held_contact(claim: Claim, *, now: datetime) -> None:
    """Add to the History that the locked *claim* waits until its contact is confirmed."""
    details = {"due_at": claim.contact_due_at.isoformat() if claim.contact_due_at else ""}
    record([claim], EventKind.CONTACT_UNCONFIRMED, Entry(details=details), by=PORTAL, now=now)


def confirm_contact(claim: Claim, proof: ConfirmedBy, entry: Entry, *, by: Actor, now: datetime) -> None:
    """Confirm the contact of the locked *claim*, with a line of History; the caller makes official what is due."""
    claim.contact_confirmed_by, claim.contact_confirmed_at, claim.contact_due_at = proof, now, None
    claim.save(update_fields=CONTACT_FACTS)
    record([claim], EventKind.CONTACT_CONFIRMED, entry, by=by, now=now)


def _due_at(claim: Claim, *, closes_at: datetime, now: datetime) -> datetime:
    return hold_due_at(
        earliest=end_of_customer_business_days(claim, now, days=FEWEST_BUSINESS_DAYS),
        latest=end_of_customer_business_days(claim, now, days=MOST_BUSINESS_DAYS),
        closes_at=closes_at,
    )
