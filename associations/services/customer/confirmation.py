"""Confirms contacts: a reviewer does, or a clock once the domain of the address is listed (domain.md D18)."""

from datetime import datetime

from django.db import transaction

from associations.choices import ClaimAction, ConfirmedBy, ConsentStatus, ListedBy
from associations.directory import is_confirmed_contact_of, is_contact_of, list_domain
from associations.models import Claim, CustomerNotice
from associations.rules.actors import PORTAL, Actor, Role
from associations.rules.customer.contact_domain import domains_of
from associations.rules.lifecycle import UNDECIDED, ActionNotAllowed
from associations.services.association.approval import approve_those_due
from associations.services.claim.history import Entry
from associations.services.claim.lifecycle import lock_claim_on_its_tenant
from associations.services.customer.contacts import confirm_contact
from associations.services.customer.opt_out_period import for_each_notice
from associations.services.review.decisions import ReasonMissing, refuse_own_company


class NothingToConfirm(Exception):
    """The claim is decided, its contact is confirmed already, or somebody else is the contact now."""


class DomainNotListable(Exception):
    """The domain of the address can't be listed: it is shared by strangers, or listed for another tenant."""


@transaction.atomic
def confirm_by_reviewer(
    *, claim_id: int, contact_email: str, text: str, lists_domain: bool, by: Actor, now: datetime
) -> Claim:
    """Confirm the contact at *contact_email*; the claim is official at once when the window is over.

    With *lists_domain* the domain of the address is the tenant's from now on. Raise ActionNotAllowed, OwnCompany,
    ReasonMissing, NothingToConfirm or DomainNotListable; then nothing is written.
    """
    claim = lock_claim_on_its_tenant(claim_id)
    if by.role != Role.REVIEWER:
        raise ActionNotAllowed(ClaimAction.VALIDATE, claim.status, by.role)
    refuse_own_company(claim, by)
    notice = notice_to_confirm(claim)
    if notice is None or notice.contact_email != contact_email:
        raise NothingToConfirm
    if not text.strip():
        raise ReasonMissing
    details = {"customer_contact": contact_email}
    if lists_domain:
        names = domains_of(contact_email)
        if not names or not list_domain(claim.tenant, names[0], by=ListedBy.REVIEWER):
            raise DomainNotListable
        details["domain"] = names[0]
    confirm_contact(claim, ConfirmedBy.REVIEWER, Entry(text, details), by=by, now=now)
    approve_those_due([claim.pk], now=now)
    claim.refresh_from_db()
    return claim


def notice_to_confirm(claim: Claim) -> CustomerNotice | None:
    """Return the notice whose contact has to be confirmed, or None."""
    if claim.status not in UNDECIDED or not claim.is_contact_held:
        return None
    return claim.notices.current().first()


def confirm_known_contacts(*, now: datetime) -> int:
    """Confirm every contact whose domain is listed by now, and return how many.

    Until the window ends the public directory is asked, too. It remembers its answers and has a time limit.
    """
    waiting = CustomerNotice.objects.current().filter(claim__in=Claim.objects.contact_unconfirmed())
    return for_each_notice(waiting, confirm_known_contact, now=now)


def confirm_known_contact(notice_id: int, *, now: datetime) -> bool:
    """Confirm the contact of one notice if the directory knows the domain; return whether it does.

    Nothing is locked while the public directory is asked.
    """
    notice = CustomerNotice.objects.select_related("claim__tenant").get(pk=notice_id)
    claim = notice.claim
    has_ended = claim.consent_status not in (ConsentStatus.QUEUED, ConsentStatus.OPEN, ConsentStatus.BOUNCED)
    may_ask = not has_ended and not claim.window_has_run_out(now)
    is_known = is_confirmed_contact_of if may_ask else is_contact_of
    return is_known(claim.tenant, notice.contact_email) and _confirm_listed(claim.pk, notice_id, now=now)


@transaction.atomic
def _confirm_listed(claim_id: int, notice_id: int, *, now: datetime) -> bool:
    claim = lock_claim_on_its_tenant(claim_id)
    notice = notice_to_confirm(claim)
    if notice is None or notice.pk != notice_id or not is_contact_of(claim.tenant, notice.contact_email):
        return False
    details = {"customer_contact": notice.contact_email}
    confirm_contact(claim, ConfirmedBy.DOMAIN, Entry(details=details), by=PORTAL, now=now)
    approve_those_due([claim.pk], now=now)
    return True
