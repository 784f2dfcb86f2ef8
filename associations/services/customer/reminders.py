"""Reminders: written when a clock starts, asked whether they are still true when their time comes."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from associations import emails, link_tokens
from associations.calendars import calendar_for, zone_for
from associations.choices import ClaimStatus, ConsentStatus, ReminderKind
from associations.models import Association, Claim, ClaimedProduct, Reminder
from associations.models.associations import with_end
from associations.rules import lifecycle
from associations.rules.business_days import ONE_DAY, is_business_day
from associations.rules.customer.opt_out import first_instant, last_day
from associations.services.claim.lifecycle import lock_claim
from associations.services.customer.reminder_facts import (
    DRAFT_DAYS,
    SUBSCRIPTION_DAYS_BEFORE,
    ending_associations,
    is_resting_draft,
    morning_before,
)
from associations.services.customer.weekly_digest import digest_readers, keep_for_digest

logger = logging.getLogger(__name__)

ANSWER_BUSINESS_DAYS_BEFORE = (2, 1)
CUSTOMER_BUSINESS_DAYS_BEFORE = (2,)


def plan_before(
    claim: Claim, kind: ReminderKind, *, closes_at: datetime, days_before: tuple[int, ...], now: datetime
) -> None:
    """Write reminders for the business days before the one that ends at *closes_at*, if still to come.

    They take the place of those for an earlier end.
    """
    _drop_plan(claim, kind)
    zone = zone_for(claim.tenant.country, claim.window_zone)
    day = last_day(closes_at, zone=zone)
    calendar = calendar_for(claim.tenant.country, years=(day.year - 1, day.year))
    due: list[datetime] = []
    for ahead in range(1, max(days_before) + 1):
        day -= ONE_DAY
        while not is_business_day(day, holidays=calendar.holidays, weekend=calendar.weekend):
            day -= ONE_DAY
        if ahead in days_before:
            due.append(first_instant(day, zone=zone) + timedelta(hours=8))
    _plan(claim, kind, due=due, now=now)


def plan_draft_reminders(claim: Claim, *, now: datetime) -> None:
    """Write the reminders of a draft, counted from its last activity (E14)."""
    _drop_plan(claim, ReminderKind.DRAFT_UNFINISHED)
    days = DRAFT_DAYS if claim.status == ClaimStatus.DRAFT else ()
    due = [claim.changed_at + timedelta(days=each) for each in days]
    _plan(claim, ReminderKind.DRAFT_UNFINISHED, due=due, now=now)


def plan_subscription_reminders(claims: Sequence[Claim], *, now: datetime) -> None:
    """Write the reminders before each subscription that *claims* made official ends, as its end is known now (E12)."""
    kind = ReminderKind.SUBSCRIPTION_ENDING
    to_come = Reminder.objects.filter(kind=kind, done_at=None, due_at__gt=now)
    to_come.filter(claim__in=[claim.pk for claim in claims]).delete()
    planned = [
        Reminder(claim=claim, kind=kind, due_at=due_at)
        for claim in claims
        for due_at in _before_subscriptions_end(claim)
        if due_at > now
    ]
    Reminder.objects.bulk_create(planned, ignore_conflicts=True)


def plan_moved_subscriptions(*, now: datetime) -> None:
    """Write the reminders of subscriptions whose end became known, or came nearer, after they were planned.

    A subscription without a reminder left is not examined again.
    """
    last, first = min(SUBSCRIPTION_DAYS_BEFORE), max(SUBSCRIPTION_DAYS_BEFORE)
    soon = (now.date() + timedelta(days=last), now.date() + timedelta(days=first + 1))
    ending = ClaimedProduct.objects.filter(
        association__in=Association.objects.active(), subscription__ends_on__range=soon
    )
    planned = Reminder.objects.filter(
        claim=OuterRef("claim"),
        kind=ReminderKind.SUBSCRIPTION_ENDING,
        done_at=None,
        due_at__date__lte=OuterRef("subscription__ends_on"),
    )
    moved = Claim.objects.filter(pk__in=ending.exclude(Exists(planned)).values("claim")).select_related("tenant")
    for claim in moved.prefetch_related("items__association", "items__subscription"):
        try:
            with transaction.atomic():
                plan_subscription_reminders([claim], now=now)
        except Exception:
            logger.exception("The reminders of claim %s, whose subscription's end moved, were left.", claim.pk)


def tell_of_migrated_endings(*, now: datetime) -> None:
    """Tell that associations without a claim end with their subscription: 60, 30 and 7 days before, each once."""
    today = now.astimezone(UTC).date()
    ending = Association.objects.ending_soon(now).without_a_claim().filter(subscription__ends_on__gte=today)
    found = list(ending.select_related("tenant", "product", "subscription").order_by("pk"))
    told = emails.endings_told(found) if found else set()
    for held, ends_on in with_end(found):
        days = min(days for days in SUBSCRIPTION_DAYS_BEFORE if (ends_on - today).days <= days)
        key = f"association:{held.pk}:ending:{ends_on.isoformat()}:{days}"
        if key in told:
            continue
        try:
            with transaction.atomic():
                waiting = [person for person in emails.renewers_of(held) if person.has_weekly_digest]
                keep_for_digest(waiting, kind=ReminderKind.SUBSCRIPTION_ENDING, association=held, now=now)
                emails.migrated_ending(held, ends_on=ends_on, key=key, apart_from=waiting, now=now)
        except Exception:
            logger.exception("That association %s ends was left for the next run to tell.", held.pk)


def send_due_reminders(*, now: datetime) -> int:
    """Settle every reminder whose time has come, and return how many were sent.

    After an outage only the latest of a claim's reminders of one kind is sent; one that is no longer true is not.
    """
    plan_moved_subscriptions(now=now)
    tell_of_migrated_endings(now=now)
    sent = 0
    due = Reminder.objects.due(now).values_list("claim_id", "kind").distinct().order_by("claim_id", "kind")
    for claim_id, kind in list(due):
        try:
            sent += settle(claim_id, ReminderKind(kind), now=now)
        except Exception:
            logger.exception("The %s reminder of claim %s was left for the next run.", kind, claim_id)
    return sent


@transaction.atomic
def settle(claim_id: int, kind: ReminderKind, *, now: datetime) -> bool:
    """Send the latest due reminder of one kind if it is still true, and be done with all that are due."""
    claim = lock_claim(claim_id)
    due = list(Reminder.objects.due(now).filter(claim=claim, kind=kind).order_by("due_at"))
    Reminder.objects.filter(pk__in=[reminder.pk for reminder in due]).update(done_at=now)
    if due and kind in PLAN_AFRESH:
        PLAN_AFRESH[kind](claim, now=now)
    if not due or not IS_STILL_TRUE[kind](claim, now):
        return False
    SEND[kind](claim, key=f"reminder:{due[-1].pk}", now=now)
    return True


def _awaits_answer(claim: Claim, now: datetime) -> bool:
    is_running = claim.answer_due_at is not None and now < claim.answer_due_at
    return claim.status == ClaimStatus.ACTION_REQUIRED and is_running


def _customer_can_still_answer(claim: Claim, now: datetime) -> bool:
    is_running = claim.opt_out_closes_at is not None and now < claim.opt_out_closes_at
    return claim.status in lifecycle.UNDECIDED and claim.consent_status == ConsentStatus.OPEN and is_running


def _before_subscriptions_end(claim: Claim) -> list[datetime]:
    """Return when to remind of the ends of the subscriptions that *claim* made official and that are still theirs."""
    zone = zone_for(claim.tenant.country, claim.window_zone)
    official = [item for item in claim.items.all() if item.association and item.association.ended_at is None]
    ends = {item.subscription.ends_on for item in official if item.subscription and item.subscription.ends_on}
    return [
        morning_before(ends_on, days=days, zone=zone) for ends_on in sorted(ends) for days in SUBSCRIPTION_DAYS_BEFORE
    ]


def _plan_subscriptions_afresh(claim: Claim, *, now: datetime) -> None:
    plan_subscription_reminders([claim], now=now)


def _has_ending_subscription(claim: Claim, now: datetime) -> bool:
    return bool(ending_associations(claim, now=now))


def _remind_customer(claim: Claim, *, key: str, now: datetime) -> None:
    """Give the current notice a second link, and remind the customer with it."""
    notice = claim.notices.current().get()
    token = link_tokens.make_token()
    notice.reminder_token_digest = link_tokens.digest(token)
    notice.save(update_fields=["reminder_token_digest"])
    emails.customer_reminder(claim, notice=notice, token=token, key=key, now=now)


def _remind_of_subscriptions(claim: Claim, *, key: str, now: datetime) -> None:
    waiting = digest_readers(emails.readers_of(claim))
    keep_for_digest(waiting, kind=ReminderKind.SUBSCRIPTION_ENDING, claim=claim, now=now)
    emails.subscription_ending(
        claim,
        associations=ending_associations(claim, now=now),
        apart_from={person.email for person in waiting},
        key=key,
        now=now,
    )


def _remind_of_draft(claim: Claim, *, key: str, now: datetime) -> None:
    author = claim.created_by
    if author.has_weekly_digest and emails.wants_draft_reminders(author):
        keep_for_digest([author], kind=ReminderKind.DRAFT_UNFINISHED, claim=claim, now=now)
    else:
        emails.draft_reminder(claim, key=key, now=now)


IS_STILL_TRUE: dict[ReminderKind, Callable[[Claim, datetime], bool]] = {
    ReminderKind.ANSWER_DUE: _awaits_answer,
    ReminderKind.CUSTOMER_PERIOD_ENDING: _customer_can_still_answer,
    ReminderKind.DRAFT_UNFINISHED: is_resting_draft,
    ReminderKind.SUBSCRIPTION_ENDING: _has_ending_subscription,
}
# What these count from may have moved since they were written.
PLAN_AFRESH: dict[ReminderKind, Callable[..., None]] = {
    ReminderKind.DRAFT_UNFINISHED: plan_draft_reminders,
    ReminderKind.SUBSCRIPTION_ENDING: _plan_subscriptions_afresh,
}
SEND: dict[ReminderKind, Callable[..., None]] = {
    ReminderKind.ANSWER_DUE: emails.answer_reminder,
    ReminderKind.CUSTOMER_PERIOD_ENDING: _remind_customer,
    ReminderKind.DRAFT_UNFINISHED: _remind_of_draft,
    ReminderKind.SUBSCRIPTION_ENDING: _remind_of_subscriptions,
}


def _drop_plan(claim: Claim, kind: ReminderKind) -> None:
    Reminder.objects.filter(claim=claim, kind=kind, done_at=None).delete()


def _plan(claim: Claim, kind: ReminderKind, *, due: Sequence[datetime], now: datetime) -> None:
    planned = [Reminder(claim=claim, kind=kind, due_at=due_at) for due_at in due if due_at > now]
    Reminder.objects.bulk_create(planned, ignore_conflicts=True)
