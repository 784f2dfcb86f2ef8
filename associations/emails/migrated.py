"""What the noticeboard says of associations of before this process: no claim stands behind them (domain.md R5)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse

from accounts.models import User
from associations.choices import EndReason, MemberRole
from associations.models import Association, PartnerMember
from notifications import noticeboard

ENDING = "migrated_ending"
TOLD_ROLES = (MemberRole.INCENTIVES_ADMIN.value, MemberRole.INCENTIVES_USER.value)


def migrated_ending(held: Association, *, ends_on: date, key: str, now: datetime) -> None:
    """E12: tells who may renew that the association ends with its subscription, and when."""
    _post(held, ENDING, key=key, facts={"ends_on": ends_on.isoformat()}, now=now)


def migrated_ended(held: Association, *, reason: EndReason, now: datetime) -> None:
    """E10: tells that the association has ended; what follows it stands on its page."""
    _post(held, "migrated_ended", key=f"association:{held.pk}:ended", facts={"reason": reason.value}, now=now)


def endings_told(held: Iterable[Association]) -> set[str]:
    """Return the keys under which an end to come of any of *held* was told."""
    return noticeboard.keys_told(kind=ENDING, urls=[_path(each) for each in held])


def _post(held: Association, kind: str, *, key: str, facts: dict[str, str], now: datetime) -> None:
    names = {"customer_name": held.tenant.name, "product_name": held.product.name}
    noticeboard.post(key=key, users=_renewers(held), kind=kind, context=names | facts, url=_path(held), now=now)


def _renewers(held: Association) -> list[User]:
    """Return who drafts for all locations of the company: the association belongs to all of them."""
    members = PartnerMember.objects.filter(partner=held.partner_id, role__in=TOLD_ROLES, all_locations=True)
    return [member.user for member in members.filter(user__is_active=True).select_related("user").order_by("pk")]


def _path(held: Association) -> str:
    return reverse("migrated_detail", args=[held.pk])
