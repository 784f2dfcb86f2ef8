"""What the figures of an item say: the latest, its change, the mark it has to pass, and how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from associations.choices import SolutionArea
from associations.models import Association
from insights.visibility import MonthOfUse

WIDTH, HEIGHT = 96, 24


@dataclass(frozen=True)
class ItemUse:
    """One official item with its months; without months it waits for its first data."""

    item: Association
    months: Sequence[MonthOfUse]

    @property
    def key(self) -> str:
        """What tells this item apart on a page."""
        return str(self.item.pk)

    @property
    def is_workload(self) -> bool:
        return self.item.product.solution_area == SolutionArea.M365

    @property
    def latest(self) -> MonthOfUse | None:
        return self.months[-1] if self.months else None

    @property
    def share(self) -> int | None:
        """How much of what is available is in use, in whole percent."""
        share = self.latest.share if self.latest else None
        return None if share is None else round(100 * share)

    @property
    def change(self) -> int | None:
        """How many more are active than in the month before, if its figures are there."""
        if len(self.months) < 2:
            return None
        return self.months[-1].active - self.months[-2].active

    @property
    def prior_mark(self) -> int | None:
        """The prior high-water mark: the most active in any shown month before the latest (domain.md R14)."""
        return max((month.active for month in self.months[:-1]), default=None)

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


def month_in_words(month: date) -> str:
    """Return a month as people read it: "Oct 2026"."""
    return date_format(month, pgettext("month format", "M Y"))


def data_as_of(items: Sequence[ItemUse]) -> date | None:
    """Return the latest month of which any of *items* has figures."""
    return max((use.latest.month for use in items if use.latest), default=None)
