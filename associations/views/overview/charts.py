"""Twelve months of claims as two charts: how many were filed and approved, and how they ended."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from associations.choices import ClaimStatus, ReasonCode
from associations.forms.claim_list.filter import ClaimFilter
from associations.models.claim_queries import ClaimQuerySet
from associations.rules import lifecycle
from associations.rules.shown_status import ShownStatus
from associations.status_words.claim_status import LABELS
from associations.views.claim_list.address import list_url

MONTHS = 12
BECAME_OFFICIAL = pgettext_lazy("claims in a chart", "Became official")
Outcome = tuple[str, str]
APPROVED: Outcome = (ClaimStatus.APPROVED, "")
WITHDRAWN: Outcome = (ClaimStatus.CANCELLED, "")


def charts_of(claims: ClaimQuerySet, *, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the claims over time and their outcomes, of this month and the eleven before, in two queries."""
    months = months_until(now)
    filed = claims.filter(submitted_at__gte=months[0]).annotate(month=TruncMonth("submitted_at"))
    filed_in = dict(filed.order_by().values_list("month").annotate(Count("pk")))
    closed = claims.filter(closed_at__gte=months[0], submitted_at__isnull=False, status__in=lifecycle.CLOSED)
    by_month = closed.annotate(month=TruncMonth("closed_at")).order_by()
    decided = list(by_month.values_list("month", "status", "reason_codes").annotate(Count("pk")))
    approved_in: Counter[datetime] = Counter()
    for month, status, _codes, number in decided:
        approved_in[month] += number if status == ClaimStatus.APPROVED else 0
    return over_time(months, filed_in, approved_in), outcomes(decided)


def over_time(months: list[datetime], filed: dict[datetime, int], approved: dict[datetime, int]) -> dict[str, Any]:
    """Return the chart of claims filed and approved in *months*."""
    return {
        "type": "line",
        "labels": [
            date_format(month, pgettext("month in a chart, as Django's date filter shapes it", "M Y"))
            for month in months
        ],
        "series": [
            {"label": pgettext("claims in a chart", "Submitted"), "values": [filed.get(one, 0) for one in months]},
            {
                "label": pgettext("claims in a chart", "Became official"),
                "values": [approved.get(one, 0) for one in months],
            },
        ],
    }


def outcomes(decided: Iterable[tuple[datetime, str, list[str], int]]) -> dict[str, Any]:
    """Return the chart of how claims ended; a claim rejected for two reasons counts under each."""
    found: Counter[Outcome] = Counter({APPROVED: 0})
    for _month, status, codes, number in decided:
        for outcome in outcomes_of(status, codes):
            found[outcome] += number
    ranked = sorted(found, key=lambda one: (one != APPROVED, one == WITHDRAWN, -found[one], one))
    return {
        "type": "bar",
        "horizontal": True,
        "labels": [words_for(outcome) for outcome in ranked],
        "urls": [list_url(ClaimFilter(status=status)) for status, _code in ranked],
        "series": [{"label": _("Claims"), "values": [found[outcome] for outcome in ranked]}],
    }


def outcomes_of(status: str, codes: list[str]) -> Iterator[Outcome]:
    """Yield under what a closed claim counts."""
    if status in (ClaimStatus.APPROVED, ClaimStatus.CANCELLED):
        yield status, ""
    else:
        yield from ((ClaimStatus.REJECTED, code) for code in codes or [""])


def words_for(outcome: Outcome) -> str:
    """Return the outcome as the chart names it."""
    status, code = outcome
    if outcome == APPROVED:
        return str(BECAME_OFFICIAL)
    if outcome == WITHDRAWN:
        return str(LABELS[ShownStatus.WITHDRAWN])
    if status == ClaimStatus.REJECTED and code:
        return _("Rejected: %(reason)s") % {"reason": ReasonCode(code).label}
    return str(ClaimStatus(status).label)


def months_until(now: datetime) -> list[datetime]:
    """Return the first instant of each of the twelve months that end with the month of *now*, in the page's zone."""
    today = timezone.localtime(now)
    counted = [today.year * 12 + today.month - 1 - back for back in reversed(range(MONTHS))]
    zone = timezone.get_current_timezone()
    return [datetime(month // 12, month % 12 + 1, 1, tzinfo=zone) for month in counted]
