"""Hands a request over to a colleague of the customer's contact (domain.md D21)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from associations import emails
from associations.choices import ContactKind, EventKind, NoticeAnswer
from associations.directory import is_contact_of
from associations.models import Claim, Contact, CustomerNotice
from associations.rules.customer.hand_over import NoHandOver, what_forbids_a_hand_over
from associations.services.claim.history import Entry, record
from associations.services.customer.answer import Answerer, customer_actor, lock_current_notice, write_answer
from associations.services.customer.notice import revoke_notices, send_notice


class HandOverRefused(Exception):
    """The request can't be handed over now; `reason` says why."""

    def __init__(self, reason: NoHandOver) -> None:
        super().__init__(reason)
        self.reason = reason


class ColleagueRefused(Exception):
    """The address is not of the customer, or the request went to it already."""


def what_forbids(notice: CustomerNotice, *, now: datetime) -> NoHandOver | None:
    """Return why the request of *notice* can't be handed over at *now*, or None if it can."""
    claim = notice.claim
    return what_forbids_a_hand_over(
        claim.status,
        is_answered=bool(notice.answer),
        closes_at=claim.opt_out_closes_at,
        hand_overs=claim.notices.handed_over().count(),
        now=now,
    )


@transaction.atomic
def hand_over(
    *, notice_id: int, answerer: Answerer, colleague: Mapping[str, Any], text: str = "", now: datetime
) -> CustomerNotice:
    """Make *colleague* (name, title, email, language) the customer contact, and return the notice that goes there.

    The link of the notice ends, the colleague gets a full new window, and the partner and the first contact are told.
    The public directory was asked before: here only listed domain names count. Raise BadLink, HandOverRefused or
    ColleagueRefused, and change nothing.
    """
    claim, notice = lock_current_notice(notice_id)
    if reason := what_forbids(notice, now=now):
        raise HandOverRefused(reason)
    email = str(colleague["email"])
    is_same = email.casefold() == notice.contact_email.casefold()
    if is_same or not is_contact_of(claim.tenant, email):
        raise ColleagueRefused
    changed = _replace_contact(claim, colleague)
    details = {"notice": notice.number, "contacts": changed, "customer_contact": email}
    record([claim], EventKind.HANDED_OVER, Entry(text, details), by=customer_actor(answerer), now=now)
    emails.forget_bounced_notice(claim, notice=notice, now=now)
    revoke_notices(claim, now=now)
    notice.revoked_at, notice.hand_over_number = now, claim.notices.handed_over().count() + 1
    write_answer(notice, NoticeAnswer.HANDED_OVER, answerer, now=now, text=text)
    new_notice = send_notice(claim, now=now)
    emails.hand_over_receipt(claim, notice=notice, colleague=new_notice, now=now)
    emails.request_handed_over(claim, notice=notice, colleague=new_notice, now=now)
    return new_notice


def _replace_contact(claim: Claim, colleague: Mapping[str, Any]) -> list[str]:
    """Write the facts of *colleague* on the customer contact, and return the names of those that changed."""
    contact = Contact.objects.get(claim=claim, kind=ContactKind.CUSTOMER)
    wanted = {name: colleague.get(name, "") for name in Contact.FIELDS}
    changed = sorted(name for name, value in wanted.items() if getattr(contact, name) != value)
    for name in changed:
        setattr(contact, name, wanted[name])
    contact.save(update_fields=changed)
    return [f"{contact.kind}_{name}" for name in changed]
