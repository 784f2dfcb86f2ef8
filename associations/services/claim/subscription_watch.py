"""Watched subscriptions: one notification once a subscription can be claimed (domain.md 9, row 8)."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from associations import emails
from associations.choices import ClaimStatus
from associations.models import Claim, Product, Subscription, SubscriptionWatch
from associations.rules.subscriptions import CLAIMABLE_STATES

USABLE = Subscription.objects.filter(state__in=CLAIMABLE_STATES, is_provisioned=True)

logger = logging.getLogger(__name__)


class NothingToWatch(Exception):
    """The claim is no draft any more: nothing can be added to it."""


@transaction.atomic
def watch(*, claim: Claim, product: Product, watcher_id: int, now: datetime) -> None:
    """Notify the person once *product* can be claimed for the draft's customer; raise NothingToWatch.

    Idempotent per person and product.
    """
    if claim.status != ClaimStatus.DRAFT:
        raise NothingToWatch
    SubscriptionWatch.objects.get_or_create(
        claim=claim, product=product, watcher_id=watcher_id, told_at=None, defaults={"created_at": now}
    )


def stop_watching(*, claim: Claim, product: Product, watcher_id: int) -> None:
    """Forget that the person waits for *product*."""
    SubscriptionWatch.objects.filter(claim=claim, product=product, watcher=watcher_id, told_at=None).delete()


def claimable_watches() -> QuerySet[SubscriptionWatch]:
    """Return who waits on a draft for what the customer has now, through whatever channel."""
    in_use = USABLE.filter(tenant=OuterRef("claim__tenant"), product=OuterRef("product"))
    waiting = SubscriptionWatch.objects.filter(told_at=None, claim__status=ClaimStatus.DRAFT)
    return waiting.filter(Exists(in_use))


def is_claimable(waiting: SubscriptionWatch) -> bool:
    """Return whether the customer has the product through a channel that the edition of the claim allows."""
    bought = USABLE.filter(tenant=waiting.claim.tenant, product=waiting.product)
    return bought.filter(channel__in=waiting.claim.rules.sales_channels).exists()


def tell_watchers(*, now: datetime) -> int:
    """Notify everybody with a watched subscription that became claimable, and return how many."""
    told = 0
    for watch_id in list(claimable_watches().order_by("pk").values_list("pk", flat=True)):
        try:
            told += notify_watcher(watch_id, now=now)
        except Exception:
            logger.exception("Watch %s was left for the next run.", watch_id)
    return told


@transaction.atomic
def notify_watcher(watch_id: int, *, now: datetime) -> bool:
    """Notify one person if they still wait; return whether a notification was sent."""
    locked = claimable_watches().select_for_update(of=("self",), skip_locked=True, no_key=True)
    waiting = locked.select_related("claim__tenant", "product", "watcher").filter(pk=watch_id).first()
    if waiting is None or not is_claimable(waiting):
        return False
    waiting.told_at = now
    waiting.save(update_fields=["told_at"])
    # Whoever may not see the claim any more hears nothing of its customer.
    if not Claim.objects.visible_to(waiting.watcher).filter(pk=waiting.claim_id).exists():
        return False
    emails.subscription_claimable(waiting, now=now)
    return True
