"""Figures of an item: the latest, its change, the required mark, and the trend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from associations.models import Association, Claim, ClaimedProduct
from associations.rules import lifecycle
from guides.editions import Activity
from insights.visibility import MonthOfUse, items_open_to, usage_of

WIDTH, HEIGHT = 96, 24


@dataclass(frozen=True)
class ItemUse:
    """One official item with its months; without months it waits for its first data."""

    item: Association
    months: Sequence[MonthOfUse]

    @property
    def key(self) -> str:
        """The key of this item on a page."""
        return str(self.item.pk)

    @property
    def is_workload(self) -> bool:
        return self.item.subscription_id is None

    @property
    def latest(self) -> MonthOfUse | None:
        return self.months[-1] if self.months else None

    @property
    def share(self) -> int | None:
        """The share of the available amount that is in use, in whole percent."""
        share = self.latest.share if self.latest else None
        return None if share is None else round(100 * share)

    @property
    def change(self) -> int | None:
        """The change of active users since the month before, if its figures are there."""
        if len(self.months) < 2:
            return None
        return self.months[-1].active - self.months[-2].active

    @property
    def prior_mark(self) -> int | None:
        """The prior high-water mark: the most active in any shown month before the latest (domain.md R14)."""
        return max((month.active for month in self.months[:-1]), default=None)

    @property
    def seat_adds(self) -> int | None:
        """The paid seats added since the first month shown."""
        return self.months[-1].available - self.months[0].available if self.months else None

    @property
    def prior_seat_mark(self) -> int | None:
        """The most paid seats in any shown month before the latest."""
        return max((month.available for month in self.months[:-1]), default=None)

    def key_figures(self, activities: Iterable[Activity]) -> list[tuple[str, int | None]]:
        """Return what incentives for *activities* look at, each figure with its name (domain.md 6.2)."""
        latest = self.latest
        if latest is None:
            return []
        if self.is_workload:
            return [
                (_("Monthly active users"), latest.active),
                (_("Paid available units"), latest.available),
                (_("Prior high-water mark"), self.prior_mark),
            ]
        # What is filed after a sale is paid by the seats that it adds.
        if any(activity.late_filing_days for activity in activities):
            return [
                (_("Net paid seat adds"), self.seat_adds),
                (_("Prior high-water mark"), self.prior_seat_mark),
            ]
        return [
            (_("Active seats"), latest.active),
            (_("Available seats"), latest.available),
            (_("Prior high-water mark"), self.prior_mark),
        ]

    @property
    def sparkline(self) -> str:
        """The active counts as points of a polyline, 96 by 24; empty for fewer than two months."""
        counts = [month.active for month in self.months]
        if len(counts) < 2:
            return ""
        top, step = max(counts) or 1, WIDTH / (len(counts) - 1)
        return " ".join(
            f"{round(place * step, 1)},{round(HEIGHT - 2 - (HEIGHT - 4) * count / top, 1)}"
            for place, count in enumerate(counts)
        )

    @property
    def trend(self) -> str:
        """The sparkline in words."""
        first, last = self.months[0], self.months[-1]
        facts = {
            "first": first.active,
            "last": last.active,
            "since": month_in_words(first.month),
            "until": month_in_words(last.month),
        }
        return _("From %(first)s in %(since)s to %(last)s in %(until)s") % facts

    def chart(self) -> dict[str, Any]:
        """The months as components/chart.html takes them."""
        names: tuple[tuple[str, str], ...]
        if self.is_workload:
            names = ((_("Monthly active users"), "active"), (_("Paid available units"), "available"))
        else:
            names = (
                (_("Active seats"), "active"),
                (_("Assigned seats"), "assigned"),
                (_("Available seats"), "available"),
            )
        return {
            "type": "line",
            "labels": [month_in_words(month.month) for month in self.months],
            "series": [
                {"label": label, "values": [getattr(month, name) for month in self.months]} for label, name in names
            ],
        }


def uses_of(items: Sequence[Association]) -> list[ItemUse]:
    """Return *items*, which `items_open_to` let through, with their months, in one query."""
    months = usage_of(items)
    return [ItemUse(item, months[item.pk]) for item in items]


@dataclass(frozen=True)
class ClaimedUse:
    """One item of a claim: its figures where the reader sees them, else why there are none."""

    name: str
    use: ItemUse | None
    why_not: str = ""
    key_figures: Sequence[tuple[str, int | None]] = ()


def uses_of_claim(claim: Claim, *, reader: User) -> list[ClaimedUse]:
    """Return every item of a claim whose items are loaded, in two queries, or none when nothing of it is in force.

    A claim that is closed without an association has nothing to wait for, and none of its items is returned.
    """
    items = [item for item in claim.items.all() if item.association or claim.status not in lifecycle.CLOSED]
    held = [item.association for item in items if item.association]
    in_force = [association.pk for association in held if association.ended_at is None]
    seen = set(items_open_to(reader).filter(pk__in=in_force).values_list("pk", flat=True)) if in_force else set()
    shown = [association for association in held if association.pk in seen]
    uses = {use.item.pk: use for use in uses_of(shown)} if shown else {}
    return [claimed_use(item, uses) for item in items]


def claimed_use(item: ClaimedProduct, uses: dict[int, ItemUse]) -> ClaimedUse:
    """Return the item with its figures from *uses*, or with the reason why it has none (domain.md R10)."""
    name, held = item.name, item.association
    use = uses.get(held.pk) if held else None
    if use and use.months:
        activities = use.item.activities_by(item.claim.edition)
        return ClaimedUse(name, use, key_figures=use.key_figures(activities))
    if use:
        why_not = _("Waiting for the first data, which comes about one month after the association became official.")
    elif held is None:
        why_not = _("Data not yet available: it opens when the association becomes official.")
    elif held.ended_at:
        why_not = _("The data closed when the association ended.")
    else:
        why_not = _("Your role or your locations do not open usage data.")
    return ClaimedUse(name, None, why_not)


def month_in_words(month: date) -> str:
    """Return a month as people read it: "Oct 2026"."""
    return date_format(month, pgettext("month format", "M Y"))


def data_as_of(items: Sequence[ItemUse]) -> date | None:
    """Return the latest month of which any of *items* has figures."""
    return max((use.latest.month for use in items if use.latest), default=None)
