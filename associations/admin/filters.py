"""Filters of the review queue."""

from datetime import datetime, time
from typing import cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from associations.admin.desk import filed_claims_seen_by, person
from associations.choices import ClaimStatus, HoldKind, OfficialBy
from associations.models import Claim
from associations.models.claim_parts import listed_under
from associations.models.claim_queries import ClaimQuerySet, is_contact_unconfirmed
from associations.models.notices import is_link_never_opened
from associations.rules import lifecycle
from associations.rules.review.facts import ReviewFact
from associations.rules.review.queue import waits_too_long_before
from associations.rules.shown_status import ReviewStage, ShownStatus
from associations.services.deadlines import portal_calendar, portal_zone
from associations.services.review.facts import with_fact
from associations.services.review.queue import due_soon
from associations.status_words.claim_status import LABELS, REVIEWS
from associations.wording.review_facts import LABELS as FACTS
from guides.editions import edition_in_force

MINE, NOBODYS = "me", "nobody"
SOON = "soon"
NEVER = "never"
# Beside the kinds of holds that an email opens: a contact to confirm, and any of those kinds.
CONTACT = "contact"
EMAIL = "email"


class AssignmentFilter(admin.SimpleListFilter):
    """The open claims of mine, or those nobody took yet; drawn as the tabs of the queue."""

    title = gettext_lazy("reviewer")
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(MINE, _("My queue")), (NOBODYS, _("Not assigned"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() == MINE:
            return queryset.filter(reviewer=request.user.pk, status__in=lifecycle.REVIEWABLE)
        if self.value() == NOBODYS:
            return queryset.filter(reviewer=None, status__in=lifecycle.REVIEWABLE)
        return queryset


class ShownStatusFilter(admin.SimpleListFilter):
    """Filters claims by the status that people read (domain.md D23); drafts are not in the queue."""

    title = gettext_lazy("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(shown.value, str(label)) for shown, label in LABELS.items() if shown is not ShownStatus.DRAFT]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() not in set(ShownStatus):
            return queryset
        return cast(ClaimQuerySet, queryset).shown_as(ShownStatus(str(self.value())))


class AreaFilter(admin.SimpleListFilter):
    """Filters claims by the solution areas of the edition in force, each with the areas that it succeeds."""

    title = gettext_lazy("solution area")
    # The address that the filter of the column itself had.
    parameter_name = "solution_area__exact"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        self.edition = edition_in_force(now=timezone.now())
        return [(area.code, str(area.name)) for area in self.edition.areas]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        area = self.value()
        return queryset.filter(listed_under(area, self.edition)) if area in self.edition.known_areas else queryset


class ReviewFilter(admin.SimpleListFilter):
    """Filters claims by the stage of their review."""

    title = gettext_lazy("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(stage.value, str(label)) for stage, label in REVIEWS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() not in set(ReviewStage):
            return queryset
        return cast(ClaimQuerySet, queryset).at_review_stage(ReviewStage(str(self.value())))


class AgeFilter(admin.SimpleListFilter):
    """Undecided for longer than a review should take (domain.md T6)."""

    title = gettext_lazy("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("over", _("Over 5 business days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() != "over":
            return queryset
        today = timezone.now().astimezone(portal_zone()).date()
        calendar = portal_calendar(today.year - 1, today.year)
        limit = waits_too_long_before(today, holidays=calendar.holidays, weekend=calendar.weekend)
        midnight = datetime.combine(limit, time.min, tzinfo=portal_zone())
        return queryset.filter(status__in=lifecycle.UNDECIDED, submitted_at__lt=midnight)


class DueFilter(admin.SimpleListFilter):
    """Claims whose review is overdue, or due by the end of the next business day."""

    title = gettext_lazy("review due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(SOON, _("By the end of the next business day"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() != SOON:
            return queryset
        return due_soon(cast(ClaimQuerySet, queryset), now=timezone.now())


class LinkFilter(admin.SimpleListFilter):
    """Claims that became official without a reply and whose links nobody ever opened."""

    title = gettext_lazy("customer's link")
    parameter_name = "link"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(NEVER, _("Never opened"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() != NEVER:
            return queryset
        official = queryset.filter(status=ClaimStatus.APPROVED, official_by=OfficialBy.NO_REPLY)
        return official.filter(is_link_never_opened())


class HoldFilter(admin.SimpleListFilter):
    """Filters claims whose hold a reviewer has to settle; shown as tabs of the queue (domain.md D18 to D20)."""

    title = gettext_lazy("on hold")
    parameter_name = "hold"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            *((kind.value, str(kind.label)) for kind in HoldKind),
            (CONTACT, _("Confirm contact")),
            (EMAIL, _("Emails to read")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        return held_by(queryset, str(self.value())) if self.value() in (*HoldKind.values, CONTACT, EMAIL) else queryset


class FactFilter(admin.SimpleListFilter):
    """Filters claims that wait for a reviewer by a fact about them, which decides nothing."""

    title = gettext_lazy("facts")
    parameter_name = "fact"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(fact.value, str(label)) for fact, label in FACTS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() not in set(ReviewFact):
            return queryset
        # An index has the few claims that wait; each of them is asked.
        waiting = cast(ClaimQuerySet, queryset).filter(status__in=lifecycle.REVIEWABLE)
        return with_fact(waiting, ReviewFact(str(self.value())), seen=filed_claims_seen_by(person(request)))


def held_by(claims: QuerySet[Claim], kind: str) -> QuerySet[Claim]:
    """Return those of *claims* with an open hold of this *kind*; an index knows all that have one."""
    if kind == CONTACT:
        return claims.filter(is_contact_unconfirmed())
    if kind == EMAIL:
        return claims.filter(hold_due_at__isnull=False)
    return claims.filter(hold_due_at__isnull=False, hold_kinds__contains=kind)
