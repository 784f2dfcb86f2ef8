"""Undelivered notices stop the opt-out period: no reply counts only if the notice arrived (domain.md D1, 1.6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.text.email_addresses import account_name
from associations import emails
from associations.choices import ConsentStatus, ContactKind, EventKind, HoldKind
from associations.models import Claim, Contact, CustomerNotice
from associations.questions import CUSTOMER_CONTACT
from associations.rules import lifecycle
from associations.rules.actors import PORTAL, Actor
from associations.rules.customer.undelivered import (
    can_correct,
    can_replace,
    can_replace_again,
    why_undelivered,
    words_of_a_server,
)
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import lock_claim
from associations.services.customer.holds import overtake
from associations.services.customer.notice import send_notice
from associations.services.customer.opt_out_period import for_each_notice
from notifications.clean_text import without_addresses

REQUIRED_FACTS = tuple(fact.name.removeprefix(f"{ContactKind.CUSTOMER.value}_") for fact in CUSTOMER_CONTACT.facts)


class NoticeNotCorrectable(Exception):
    """The claim is decided, its notice is not undelivered (any more), or this person may not correct it."""


class ContactNotReplaceable(Exception):
    """The claim is decided, its contact is confirmed (by now), or this person may not replace it."""


class TooManyReplacements(Exception):
    """The contact of the claim was replaced as often as it may be; a reviewer can confirm the one it has."""


class ContactIncomplete(Exception):
    """A notice goes to a named person in their language; `missing` says which facts are empty (domain.md 2.1)."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def note_undelivered_notices(*, now: datetime) -> int:
    """Stop the clock of every claim whose notice did not arrive, tell the partner (E15), and return how many notices.

    Each notice is noted once. One that was answered has been heard, and a decided claim gets a line of History only.
    """
    return for_each_notice(CustomerNotice.objects.newly_undelivered(), note_undelivered_notice, now=now)


@transaction.atomic
def note_undelivered_notice(notice_id: int, *, now: datetime) -> bool:
    """Note one notice if it is still current, unanswered and not noted; return whether it was news."""
    claim = lock_claim(CustomerNotice.objects.values_list("claim_id", flat=True).get(pk=notice_id))
    notice = CustomerNotice.objects.newly_undelivered().select_related("email").filter(pk=notice_id).first()
    if notice is None:
        return False
    notice.undelivered_at = now
    notice.save(update_fields=["undelivered_at"])
    reason, said = why_undelivered(notice.email.last_error), said_about(notice)
    details = {"notice": notice.number, "to": notice.contact_email, "reason": reason.value}
    record([claim], EventKind.NOTICE_BOUNCED, Entry(said, details), by=PORTAL, now=now)
    overtake(claim, kinds=[HoldKind.DELIVERY_UNCLEAR], now=now)
    if claim.status in lifecycle.UNDECIDED:
        claim.consent_status = ConsentStatus.BOUNCED
        claim.opt_out_opens_at = claim.opt_out_closes_at = None
        claim.save(update_fields=["consent_status", "opt_out_opens_at", "opt_out_closes_at"])
        emails.forget_reminders([claim], now=now)
        emails.notice_bounced(claim, notice=notice, reason=reason, said=said, now=now)
    return True


def said_about(notice: CustomerNotice) -> str:
    """Return what a mail server said of *notice*, as a partner may read it: no address but that of its contact.

    What was stored before addresses were left out may still hold others.
    """
    known = {account_name(notice.contact_email)} if notice.contact_email else set()
    return words_of_a_server(without_addresses(notice.email.last_error, but=known))


@transaction.atomic
def correct_contact(*, claim_id: int, facts: Mapping[str, Any], by: Actor, now: datetime) -> CustomerNotice:
    """Write the customer contact's *facts* and return the new notice that goes to them, with a full new window.

    This is the one exception to the lock on a filed claim (domain.md 1.6 rule c, D15): it takes an undelivered notice
    and an incentives admin. The old link ends. Raise NoticeNotCorrectable or ContactIncomplete, and change nothing.
    """
    return _name_contact(_lock_correctable(claim_id, by=by), facts, EventKind.CONTACT_CORRECTED, by=by, now=now)


@transaction.atomic
def replace_contact(*, claim_id: int, facts: Mapping[str, Any], by: Actor, now: datetime) -> CustomerNotice:
    """Name another customer contact because this one isn't confirmed; return the new notice, with a full new window.

    This is an exception to the lock on a filed claim (domain.md D21): it takes a contact that isn't confirmed and an
    incentives admin. The old link ends, and with it an approval through it. Raise ContactNotReplaceable,
    TooManyReplacements or ContactIncomplete, and change nothing.
    """
    claim = lock_claim(claim_id)
    is_held = claim.is_contact_held
    if not can_replace(claim.status, consent=claim.consent_status, is_contact_held=is_held, role=by.role):
        raise ContactNotReplaceable
    if not can_replace_again(replacements_of(claim)):
        raise TooManyReplacements
    return _name_contact(claim, facts, EventKind.CONTACT_REPLACED, by=by, now=now)


def replacements_of(claim: Claim) -> int:
    """Return how many times the contact of *claim* was replaced because it wasn't confirmed."""
    return claim.events.filter(kind=EventKind.CONTACT_REPLACED).count()


def _name_contact(
    claim: Claim, facts: Mapping[str, Any], event: EventKind, *, by: Actor, now: datetime
) -> CustomerNotice:
    missing = tuple(name for name in REQUIRED_FACTS if not str(facts.get(name, "")).strip())
    if missing:
        raise ContactIncomplete(missing)
    contact = Contact.objects.get(claim=claim, kind=ContactKind.CUSTOMER)
    wanted = {name: facts.get(name, "") for name in Contact.FIELDS}
    changed = sorted(name for name, value in wanted.items() if getattr(contact, name) != value)
    for name in changed:
        setattr(contact, name, wanted[name])
    contact.save(update_fields=changed)
    details = {"contacts": [f"{contact.kind}_{name}" for name in changed], "customer_contact": contact.email}
    record([claim], event, Entry(details=details), by=by, now=now)
    return _send_afresh(claim, now=now)


@transaction.atomic
def resend_notice(*, claim_id: int, by: Actor, now: datetime) -> CustomerNotice:
    """Send a new notice to the same contact, with a new link and a full new window; raise NoticeNotCorrectable."""
    claim = _lock_correctable(claim_id, by=by)
    record([claim], EventKind.NOTICE_RESENT, by=by, now=now)
    return _send_afresh(claim, now=now)


def _lock_correctable(claim_id: int, *, by: Actor) -> Claim:
    claim = lock_claim(claim_id)
    if not can_correct(claim.status, consent=claim.consent_status, role=by.role):
        raise NoticeNotCorrectable
    return claim


def _send_afresh(claim: Claim, *, now: datetime) -> CustomerNotice:
    emails.forget_bounced_notice(claim, notice=claim.notices.current().get(), now=now)
    return send_notice(claim, now=now)
