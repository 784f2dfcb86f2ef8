"""Making associations official, and ending them."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Greatest

from associations import emails
from associations.choices import ClaimAction, ClaimStatus, ConsentStatus, EndReason, EventKind, OfficialBy
from associations.models import Association, Claim, ClaimedProduct, CustomerTenant
from associations.models.claim_queries import ClaimQuerySet
from associations.rules.actors import PORTAL, Actor, Role
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import act, lock_claim_on_its_tenant
from associations.services.customer.reminders import plan_subscription_reminders
from associations.services.review.competing_claims import Item, item_of, mark_competing_claims

logger = logging.getLogger(__name__)

# An item in a partner's hands: (partner, tenant, item).
Owned = tuple[int, int, Item]


class ReasonNeeded(Exception):
    """Ending an association needs a reason in words."""


class NothingToEnd(Exception):
    """Nothing of this claim is in force, or the person may not end it."""


@transaction.atomic
def make_official(claims: Sequence[Claim], *, now: datetime) -> None:
    """Approve locked *claims* that nothing holds: one active association per item, E9 and E3b (domain.md T13).

    A window that has run out and is not closed yet is closed with them. Raise ActionNotAllowed, or IntegrityError when
    another partner got an item first; then nothing is written.
    """
    act(claims, ClaimAction.APPROVE, by=PORTAL, now=now)
    associate(claims, now=now)
    emails.claims_approved(claims, now=now)
    emails.associations_active(claims, now=now)
    plan_subscription_reminders(claims, now=now)


def associate(claims: Sequence[Claim], *, now: datetime) -> None:
    """Give every item of *claims* its association: the partner's own, widened by these activities, or a new one."""
    own, made, widened = _lock_held_by(claims), dict[Owned, Association](), dict[Owned, Association]()
    wanted = [(claim, item) for claim in claims for item in claim.items.all()]
    for claim, item in wanted:
        owned = _owned(claim, item)
        if owned in own:
            association = widened[owned] = own[owned]
        else:
            association = made.setdefault(owned, _association(claim, item, now=now))
        association.widen(claim.activity_codes, edition=claim.edition)
        item.association = association
    Association.objects.bulk_create(made.values())
    Association.objects.bulk_update(widened.values(), ["activity_codes"])
    # The items are there, under their claims' locks: this upsert sets many different values in one quick statement.
    ClaimedProduct.objects.bulk_create(
        [item for _claim, item in wanted],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["association"],
    )


def _lock_held_by(claims: Sequence[Claim]) -> dict[Owned, Association]:
    active = Association.objects.active().filter(
        tenant__in={claim.tenant_id for claim in claims}, partner__in={claim.partner_id for claim in claims}
    )
    locked = active.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {_owned(held, held): held for held in locked}


def _owned(by: Claim | Association, item: ClaimedProduct | Association) -> Owned:
    return by.partner_id, by.tenant_id, item_of(item)


def _association(claim: Claim, item: ClaimedProduct, *, now: datetime) -> Association:
    return Association(
        partner_id=claim.partner_id,
        tenant_id=claim.tenant_id,
        product_id=item.product_id,
        subscription_id=item.subscription_id,
        starts_at=now,
    )


@transaction.atomic
def disassociate(*, claim_id: int, reason: str, by: Actor, now: datetime) -> Claim:
    """End what the partner's approved claim made official, for a *reason* in words, and tell both sides (T22).

    Raise ReasonNeeded, or NothingToEnd when nothing of the claim is in force or the person may not end it.
    """
    claim = lock_claim_on_its_tenant(claim_id)
    if by.role != Role.INCENTIVES_ADMIN:
        raise NothingToEnd
    if not reason.strip():
        raise ReasonNeeded
    why = EndReason.PARTNER_DISASSOCIATED
    ended = end_associations(claim, reason=why, by=by, now=now, note=reason)
    if not ended:
        raise NothingToEnd
    mark_competing_claims(claim.tenant, now=now)
    emails.association_ended(claim, reason=why, now=now)
    emails.association_over(claim, reason=why, ended=ended, now=now)
    return claim


def end_each(
    associations: Iterable[Association], *, reason: EndReason, by: Actor, now: datetime, note: str = ""
) -> int:
    """End those of *associations* that are still active, and return how many.

    Every claim behind them gets a line of History; for the newest claim behind each, partner (E10) and customer (E3f)
    are told, in one email. For an association without a claim, the people who can renew it are notified.
    """
    behind: dict[Claim, list[Association]] = defaultdict(list)
    telling: dict[Claim, list[Association]] = defaultdict(list)
    ended = [held for held in associations if _end(held, reason=reason, now=now)]
    _note_ended_claims(ended)
    for held in ended:
        found = Claim.objects.filter(items__association=held).select_related("tenant", "partner", "location")
        claims = list(found.order_by("pk"))
        for claim in claims:
            behind[claim].append(held)
        if claims:
            telling[claims[-1]].append(held)
        else:
            emails.migrated_ended(held, reason=reason, now=now)
    for claim, those in behind.items():
        details = {"reason": reason.value, "products": [str(held.product) for held in those]}
        record([claim], EventKind.ASSOCIATION_ENDED, Entry(note, details), by=by, now=now)
    emails.forget_reminders(behind, now=now)
    for claim, those in telling.items():
        emails.association_ended(claim, reason=reason, now=now, text=note, ended=those)
        emails.association_over(claim, reason=reason, ended=those, now=now)
    return len(ended)


def _end(association: Association, *, reason: EndReason, now: datetime) -> bool:
    still_active = Association.objects.active().filter(pk=association.pk)
    return still_active.update(ended_at=Greatest("starts_at", Value(now)), end_reason=reason) > 0


def expire_associations(*, now: datetime) -> int:
    """End every active association whose subscription has ended, and return how many (domain.md R6, T24)."""
    ended = 0
    due = Association.objects.active().on_ended_subscriptions(now)
    tenants = CustomerTenant.objects.filter(pk__in=due.values("tenant"))
    for tenant_id in list(tenants.order_by("pk").values_list("pk", flat=True)):
        try:
            ended += expire_on_tenant(tenant_id, now=now)
        except Exception:
            logger.exception("The associations on tenant %s were left for the next run.", tenant_id)
    return ended


@transaction.atomic
def expire_on_tenant(tenant_id: int, *, now: datetime) -> int:
    """End what has expired on one tenant and return how much; what competed for it competes no longer."""
    tenant = CustomerTenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
    due = Association.objects.active().on_ended_subscriptions(now).filter(tenant=tenant)
    ending = due.select_related("product", "subscription").order_by("pk")
    count = end_each(ending, reason=EndReason.SUBSCRIPTION_EXPIRED, by=PORTAL, now=now)
    mark_competing_claims(tenant, now=now)
    return count


def end_associations(
    claim: Claim, *, reason: EndReason, by: Actor, now: datetime, note: str = ""
) -> list[Association]:
    """End what the locked *claim* made official and return it; usage closes with the caller's commit (D4).

    Every claim behind these associations gets a line of History; the caller tells partner and customer of *claim*.
    """
    active = Association.objects.active().filter(claimed_products__claim=claim)
    ending = list(active.select_related("product", "subscription").order_by("product__name", "pk"))
    # `run_clocks --at` may have made it official at a moment that is still to come.
    ended_at = Greatest("starts_at", Value(now))
    still_active = Association.objects.active().filter(pk__in=[held.pk for held in ending])
    count = still_active.update(ended_at=ended_at, end_reason=reason)
    if count:
        _note_ended_claims(ending)
        claim.refresh_from_db(fields=["ended_at", "end_reason"])
        behind = Claim.objects.filter(items__association__in=ending).distinct().order_by("pk")
        details = {"reason": reason.value, "products": [str(held.product) for held in ending]}
        record(behind, EventKind.ASSOCIATION_ENDED, Entry(note, details), by=by, now=now)
        emails.forget_reminders([claim], now=now)
    return ending if count else []


def _note_ended_claims(ended: Sequence[Association]) -> int:
    """Write on each claim of which the last association is among *ended* when and why that ended (domain.md D23).

    One association can stand behind several claims of its partner (ADR 3).
    """
    behind = ClaimedProduct.objects.filter(association__in=ended).values("claim")
    return _note_ends(Claim.objects.filter(pk__in=behind))


def _note_ends(claims: ClaimQuerySet) -> int:
    items = ClaimedProduct.objects.filter(claim=OuterRef("pk"), association__isnull=False)
    last = items.order_by("-association__ended_at", "-pk")
    over = claims.filter(Exists(items), ~Exists(items.filter(association__ended_at=None)), ended_at=None)
    return over.update(
        ended_at=Subquery(last.values("association__ended_at")[:1]),
        end_reason=Subquery(last.values("association__end_reason")[:1]),
    )


def note_what_was_missed() -> int:
    """Write on approved claims what a version of before the columns left out, and return how many entries that were.

    That version still works while its tables are migrated: when and why a claim ended, and by what it was official.
    """
    approved = Claim.objects.filter(status=ClaimStatus.APPROVED)
    by_approval = approved.filter(official_by="", consent_status=ConsentStatus.ACKNOWLEDGED)
    count = by_approval.update(official_by=OfficialBy.APPROVAL)
    count += approved.filter(official_by="").update(official_by=OfficialBy.NO_REPLY)
    return count + _note_ends(approved)
