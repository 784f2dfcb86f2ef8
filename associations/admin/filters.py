"""What reviewers narrow their queue by."""

from datetime import datetime, time

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from associations.admin.waiting import desk_calendar, desk_zone
from associations.models import Claim
from associations.rules import lifecycle
from associations.rules.review_queue import waits_too_long_before

MINE, NOBODYS = "me", "nobody"


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


class AgeFilter(admin.SimpleListFilter):
    """Undecided for longer than a review should take (domain.md T6)."""

    title = gettext_lazy("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("over", _("Over 5 business days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() != "over":
            return queryset
        today = timezone.now().astimezone(desk_zone()).date()
        calendar = desk_calendar(today.year - 1, today.year)
        limit = waits_too_long_before(today, holidays=calendar.holidays, weekend=calendar.weekend)
        midnight = datetime.combine(limit, time.min, tzinfo=desk_zone())
        return queryset.filter(status__in=lifecycle.UNDECIDED, submitted_at__lt=midnight)
