"""A new draft from an old claim: after a rejection, a cancellation, or the end of a subscription."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from associations.choices import ClaimStatus, EndReason, EventKind
from associations.models import Association, Claim, ClaimedProduct, Contact
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.subscriptions import renewable_until
from associations.services.drafting import ClaimLocked, refresh_search_text, start_claim
from associations.services.lifecycle import lock_claim
from associations.services.recording import record

COPYABLE = lifecycle.CLOSED - {ClaimStatus.APPROVED}
COPIED_FACTS = (
    "solution_area",
    "claims_usage",
    "claims_presales",
    "claims_revenue",
    "name",
    "dynamics_solution_seller_name",
    "revenue_customer_name",
    "isv_product_solution_name",
)
CONTACT_FACTS = ("kind", "name", "title", "email", "language", "mismatch_reason")


def items_to_copy(claim: Claim, *, now: datetime) -> list[ClaimedProduct]:
    """Return the items that a new claim would ask for again; none while the claim is open or safely in force.

    Of an approved claim these are the items whose association ended, or soon ends, with its subscription (R6).
    """
    items = list(claim.items.all())
    if claim.status in COPYABLE:
        return items
    soon = renewable_until(now)
    return [item for item in items if item.association and is_renewable(item.association, soon=soon)]


def is_renewable(held: Association, *, soon: date) -> bool:
    """Whether it was official until its subscription ended, or is, and the subscription ends until *soon*."""
    ends_on = held.subscription.ends_on if held.subscription else None
    return runs_out(ended_at=held.ended_at, end_reason=held.end_reason, ends_on=ends_on, soon=soon)


def runs_out(*, ended_at: datetime | None, end_reason: str, ends_on: date | None, soon: date) -> bool:
    """Whether an association with these facts, whose subscription *ends_on* a day, is renewable until *soon*."""
    if ended_at is not None:
        return end_reason == EndReason.SUBSCRIPTION_EXPIRED
    return ends_on is not None and ends_on <= soon


@transaction.atomic
def copy_claim(*, claim_id: int, by: Actor, now: datetime, draft_id: UUID | None = None) -> Claim:
    """Return a new draft that states what the closed claim stated, but its proofs and its subscription IDs.

    Proofs must be recent, and a renewed subscription has a new ID (domain.md R6, R11). A page that names its
    *draft_id* makes one draft, however often it is sent. Raise ClaimLocked while the claim is open or safely in
    force, or when the role may not draft.
    """
    old = lock_claim(claim_id)
    if draft_id and (earlier := Claim.objects.filter(public_id=draft_id).first()):
        if earlier.created_by_id != by.user_id or earlier.partner_id != old.partner_id:
            raise ClaimLocked
        return earlier
    items = items_to_copy(old, now=now)
    if not (items or old.status in COPYABLE):
        raise ClaimLocked
    new = start_claim(
        location=old.location, domain_name=old.domain_name, tenant=old.tenant, by=by, now=now, draft_id=draft_id
    )
    for fact in COPIED_FACTS:
        setattr(new, fact, getattr(old, fact))
    new.save(update_fields=COPIED_FACTS)
    ClaimedProduct.objects.bulk_create(ClaimedProduct(claim=new, product_id=item.product_id) for item in items)
    Contact.objects.bulk_create(
        Contact(claim=new, **{fact: getattr(contact, fact) for fact in CONTACT_FACTS})
        for contact in old.contacts.all()
    )
    refresh_search_text(new)
    record([new], EventKind.COPIED, by=by, now=now, note=old.number)
    return Claim.objects.get(pk=new.pk)
