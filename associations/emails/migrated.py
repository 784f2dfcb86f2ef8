"""Emails and notifications about associations without a claim, from before this process (domain.md R5)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from associations.choices import EndReason
from associations.models import Association, PartnerMember
from associations.models.partners import NOTIFIED_ROLES
from notifications import in_app, outbox

ENDING, ENDED = "migrated_ending", "migrated_ended"


def migrated_ending(
    held: Association, *, ends_on: date, key: str, now: datetime, apart_from: Collection[User] = ()
) -> None:
    """Tell each person who may renew, by notification and email, that the association ends on *ends_on* (E12).

    The people in *apart_from* get no email: they read it in their weekly digest.
    """
    people, facts = renewers_of(held), _names(held) | {"ends_on": ends_on.isoformat()}
    in_app.post(key=key, users=people, kind=ENDING, context=facts, url=_path(held), now=now)
    readers = [person for person in people if person not in apart_from]
    _write_to(readers, held, template=ENDING, key=key, facts=facts, now=now)


def migrated_ended(held: Association, *, reason: EndReason, now: datetime) -> None:
    """Tell the same people, by notification and email, that the association has ended, and why (E10)."""
    people, key = renewers_of(held), f"association:{held.pk}:ended"
    facts = _names(held) | {"reason": reason.value}
    in_app.post(key=key, users=people, kind=ENDED, context=facts, url=_path(held), now=now)
    _write_to(people, held, template=ENDED, key=key, facts=facts | {"ended_at": now.isoformat()}, now=now)


def _write_to(
    people: Iterable[User], held: Association, *, template: str, key: str, facts: dict[str, str], now: datetime
) -> None:
    """Queue an email to each person, in their language."""
    links = {"subscription_id": _subscription_id(held), "association_url": migrated_url(held)}
    outbox.enqueue_all(
        outbox.compose(
            key=f"{key}:{person.pk}",
            template=template,
            to=[person.email],
            context=facts | links | {"zone": person.time_zone or settings.CPOR_DEFAULT_TIME_ZONE},
            locale=person.language or settings.LANGUAGE_CODE,
            now=now,
        )
        for person in people
    )


def endings_told(held: Iterable[Association]) -> set[str]:
    """Return the keys of existing notifications about an end of any of *held*."""
    return in_app.keys_told(kind=ENDING, urls=[_path(each) for each in held])


def _names(held: Association) -> dict[str, str]:
    return {"customer_name": held.tenant.name, "product_name": held.product.name}


def _subscription_id(held: Association) -> str:
    return str(held.subscription.subscription_id) if held.subscription else ""


def renewers_of(held: Association) -> list[User]:
    """Return who drafts for all locations of the company, because the association belongs to all of them."""
    members = PartnerMember.objects.filter(partner=held.partner_id, role__in=NOTIFIED_ROLES, all_locations=True)
    return [member.user for member in members.filter(user__is_active=True).select_related("user").order_by("pk")]


def migrated_url(held: Association) -> str:
    return f"{settings.PORTAL_URL}{_path(held)}"


def _path(held: Association) -> str:
    return reverse("migrated_detail", args=[held.pk])
