"""What is told of associations of before this process: no claim stands behind them (domain.md R5)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from associations.choices import EndReason, MemberRole
from associations.models import Association, PartnerMember
from notifications import noticeboard, outbox

ENDING = "migrated_ending"
TOLD_ROLES = (MemberRole.INCENTIVES_ADMIN.value, MemberRole.INCENTIVES_USER.value)


def migrated_ending(held: Association, *, ends_on: date, key: str, now: datetime) -> None:
    """E12: tells each who may renew, in a notice and a mail, that the association ends with its subscription."""
    people, facts = _renewers(held), _names(held) | {"ends_on": ends_on.isoformat()}
    noticeboard.post(key=key, users=people, kind=ENDING, context=facts, url=_path(held), now=now)
    links = {"subscription_id": _subscription_id(held), "association_url": settings.PORTAL_URL + _path(held)}
    outbox.enqueue_all(
        outbox.compose(
            key=f"{key}:{person.pk}",
            template=ENDING,
            to=[person.email],
            context=facts | links,
            locale=person.language or settings.LANGUAGE_CODE,
            now=now,
        )
        for person in people
    )


def migrated_ended(held: Association, *, reason: EndReason, now: datetime) -> None:
    """E10: tells that the association has ended; what follows it stands on its page."""
    noticeboard.post(
        key=f"association:{held.pk}:ended",
        users=_renewers(held),
        kind="migrated_ended",
        context=_names(held) | {"reason": reason.value},
        url=_path(held),
        now=now,
    )


def endings_told(held: Iterable[Association]) -> set[str]:
    """Return the keys under which an end to come of any of *held* was told."""
    return noticeboard.keys_told(kind=ENDING, urls=[_path(each) for each in held])


def _names(held: Association) -> dict[str, str]:
    return {"customer_name": held.tenant.name, "product_name": held.product.name}


def _subscription_id(held: Association) -> str:
    return str(held.subscription.subscription_id) if held.subscription else ""


def _renewers(held: Association) -> list[User]:
    """Return who drafts for all locations of the company: the association belongs to all of them."""
    members = PartnerMember.objects.filter(partner=held.partner_id, role__in=TOLD_ROLES, all_locations=True)
    return [member.user for member in members.filter(user__is_active=True).select_related("user").order_by("pk")]


def _path(held: Association) -> str:
    return reverse("migrated_detail", args=[held.pk])
