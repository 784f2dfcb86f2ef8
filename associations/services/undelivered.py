"""Silence counts only if it could be heard: a notice that did not arrive stops the clock (domain.md D1, 1.6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from associations import emails
from associations.choices import ConsentStatus, ContactKind, EventKind
from associations.models import Claim, Contact, CustomerNotice
from associations.rules import lifecycle
from associations.rules.actors import PORTAL, Actor
from associations.rules.undelivered import can_mend, why_undelivered, words_of_a_server
from associations.services.clocks import for_each_notice
from associations.services.lifecycle import lock_claim
from associations.services.noticing import send_notice
from associations.services.recording import record

REQUIRED_FACTS = ("name", "title", "email", "language")
CONTACT_FACTS = (*REQUIRED_FACTS, "mismatch_reason")


class NoticeNotMendable(Exception):
    """The claim is decided, its notice is not undelivered (any more), or this person may not mend it."""


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
    reason, said = why_undelivered(notice.email.last_error), words_of_a_server(notice.email.last_error)
    details = {"notice": notice.number, "to": notice.contact_email, "reason": reason.value}
    record([claim], EventKind.NOTICE_BOUNCED, by=PORTAL, now=now, note=said, details=details)
    if claim.status in lifecycle.UNDECIDED:
        claim.consent_status = ConsentStatus.BOUNCED
        claim.opt_out_opens_at = claim.opt_out_closes_at = None
        claim.save(update_fields=["consent_status", "opt_out_opens_at", "opt_out_closes_at"])
        emails.forget_reminders([claim], now=now)
        emails.notice_bounced(claim, notice=notice, reason=reason, said=said, now=now)
    return True


@transaction.atomic
def correct_contact(*, claim_id: int, facts: Mapping[str, Any], by: Actor, now: datetime) -> CustomerNotice:
    """Write the customer contact's *facts* and return the new notice that goes to them, with a full new window.

    This is the one exception to the lock on a filed claim (domain.md 1.6 rule c, D15): it takes an undelivered notice
    and an incentives admin. The old link ends. Raise NoticeNotMendable or ContactIncomplete, and change nothing.
    """
    claim = _lock_mendable(claim_id, by=by)
    missing = tuple(name for name in REQUIRED_FACTS if not str(facts.get(name, "")).strip())
    if missing:
        raise ContactIncomplete(missing)
    contact = Contact.objects.get(claim=claim, kind=ContactKind.CUSTOMER)
    wanted = {name: facts.get(name, "") for name in CONTACT_FACTS}
    changed = sorted(name for name, value in wanted.items() if getattr(contact, name) != value)
    for name in changed:
        setattr(contact, name, wanted[name])
    contact.save(update_fields=changed)
    details = {"contacts": [f"{contact.kind}_{name}" for name in changed], "customer_contact": contact.email}
    record([claim], EventKind.CONTACT_CORRECTED, by=by, now=now, details=details)
    return _send_afresh(claim, now=now)


@transaction.atomic
def resend_notice(*, claim_id: int, by: Actor, now: datetime) -> CustomerNotice:
    """Send a new notice to the same contact, with a new link and a full new window; raise NoticeNotMendable."""
    claim = _lock_mendable(claim_id, by=by)
    record([claim], EventKind.NOTICE_RESENT, by=by, now=now)
    return _send_afresh(claim, now=now)


def _lock_mendable(claim_id: int, *, by: Actor) -> Claim:
    claim = lock_claim(claim_id)
    if not can_mend(claim.status, consent=claim.consent_status, role=by.role):
        raise NoticeNotMendable
    return claim


def _send_afresh(claim: Claim, *, now: datetime) -> CustomerNotice:
    emails.forget_bounced_notice(claim, notice=claim.notices.current().get(), now=now)
    return send_notice(claim, now=now)
