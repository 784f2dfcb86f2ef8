"""The weekly digest: a person's reminders of drafts and of ending subscriptions, in one email on Monday (E19).

A reminder of a person who chose the digest becomes a line. A digest that is late takes the same lines with it, and a
person who no longer wants one gets the waiting lines at once.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from accounts.models import User
from associations import emails
from associations.choices import ReminderKind
from associations.models import Association, Claim, DigestLine
from associations.models.associations import with_end
from associations.rules.customer.opt_out import first_instant
from associations.services.customer.reminder_facts import ending_associations, is_resting_draft

logger = logging.getLogger(__name__)

MONDAY, HOUR = 0, 8


def digest_readers(addresses: Iterable[str]) -> list[User]:
    """Return who of *addresses* has an account and chose the weekly digest."""
    return list(User.objects.filter(email__in=list(addresses), is_active=True, has_weekly_digest=True))


def keep_for_digest(
    people: Iterable[User],
    *,
    kind: ReminderKind,
    now: datetime,
    claim: Claim | None = None,
    association: Association | None = None,
) -> None:
    """Keep a reminder of *claim* or *association* for the next digest of each of *people*; a waiting one stays."""
    lines = [
        DigestLine(person=person, kind=kind, claim=claim, association=association, noted_at=now) for person in people
    ]
    DigestLine.objects.bulk_create(lines, ignore_conflicts=True)


def last_digest_time(now: datetime) -> datetime:
    """Return the latest Monday, eight in the morning in the portal's zone, that is not after *now*."""
    zone = ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=(today.weekday() - MONDAY) % 7)
    at = first_instant(monday, zone=zone) + timedelta(hours=HOUR)
    return at if at <= now else first_instant(monday - timedelta(days=7), zone=zone) + timedelta(hours=HOUR)


def send_weekly_digests(*, now: datetime) -> int:
    """Email each person the lines that are due, and return how many emails were queued (E19)."""
    before = last_digest_time(now)
    people = DigestLine.objects.due(before).order_by("person").values_list("person", flat=True).distinct()
    sent = 0
    for person_id in list(people):
        try:
            sent += send_weekly_digest(person_id, before=before, now=now)
        except Exception:
            logger.exception("The weekly digest of person %s was left for the next run.", person_id)
    return sent


@transaction.atomic
def send_weekly_digest(person_id: int, *, before: datetime, now: datetime) -> bool:
    """Queue one person's digest with what is still true, delete its lines, and return whether an email was queued."""
    due = DigestLine.objects.due(before).filter(person=person_id).select_for_update(of=("self",))
    lines = list(due.select_related("person", "claim__tenant", "association").order_by("pk"))
    if not lines:
        return False
    DigestLine.objects.filter(pk__in=[line.pk for line in lines]).delete()
    person, content = lines[0].person, still_true(lines, now=now)
    if not person.is_active or not content:
        return False
    emails.weekly_digest(
        person,
        drafts=content.drafts,
        ending=content.ending,
        on=now.astimezone(ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE)).date(),
        key=f"weekly:{person.pk}:{lines[-1].pk}",
        now=now,
    )
    return True


@dataclass(frozen=True)
class Content:
    """The drafts and the ending subscriptions that a digest names; false without any."""

    drafts: list[Claim] = field(default_factory=list)
    ending: list[tuple[Claim | None, Association, date]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.drafts or self.ending)


def still_true(lines: Sequence[DigestLine], *, now: datetime) -> Content:
    """Return the drafts that still wait, the oldest first, and the subscriptions that still end, the next first."""
    drafts: list[Claim] = []
    ending: list[tuple[Claim | None, Association, date]] = []
    for line in lines:
        if line.claim is None:
            continue
        if line.kind == ReminderKind.SUBSCRIPTION_ENDING:
            ending += [(line.claim, held, on) for held, on in with_end(ending_associations(line.claim, now=now))]
        elif is_resting_draft(line.claim, now) and emails.wants_draft_reminders(line.person):
            drafts.append(line.claim)
    ending += [(None, held, on) for held, on in ending_without_claim(lines, now=now)]
    return Content(sorted(drafts, key=lambda claim: claim.changed_at), sorted(ending, key=lambda each: each[2]))


def ending_without_claim(lines: Sequence[DigestLine], *, now: datetime) -> list[tuple[Association, date]]:
    """Return the associations without a claim in *lines* that are in force and whose subscription isn't over."""
    ids = [line.association_id for line in lines if line.association_id]
    active = Association.objects.active().filter(pk__in=ids, subscription__ends_on__gte=now.astimezone(UTC).date())
    return list(with_end(active.select_related("tenant", "product", "subscription").order_by("pk"))) if ids else []
