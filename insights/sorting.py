"""The orders of the list of usage, as written in its address: `sort=-active`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, ExpressionWrapper, F, Field, FloatField, IntegerField, Max, Subquery, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from associations.pagination import Order
from insights.models import MonthlyUsage
from insights.visibility import MONTHS_SHOWN, outer_months

# Below every figure: what waits for its first data, or for its second month.
NOTHING = -(2**30)


def nth(name: str, place: int) -> Subquery:
    """Return a figure of the item's n-th month, the latest is 0; null where there is none."""
    return Subquery(outer_months().order_by("-month").values(name)[place : place + 1])


def or_nothing(figure: Any, field: "Field[Any, Any]") -> Coalesce:
    return Coalesce(ExpressionWrapper(figure, output_field=field), Value(NOTHING), output_field=field)


LATEST, BEFORE = nth("active", 0), nth("active", 1)
SHARE = Cast(LATEST, FloatField()) / NullIf(Cast(nth("available", 0), FloatField()), Value(0.0))
BEFORE_LATEST = outer_months(levels=2).order_by("-month").values("pk")[1:MONTHS_SHOWN]
EARLIER = MonthlyUsage.objects.filter(pk__in=BEFORE_LATEST)
MARK = Subquery(EARLIER.order_by().values("tenant").annotate(mark=Max("active")).values("mark"))
FIRST = Subquery(EARLIER.order_by("month").values("active")[:1])


@dataclass(frozen=True)
class UsageOrder:
    """One order of the list; *descends_first* is how most people want it when they choose it."""

    label: Promise
    by: Any
    field: "Field[Any, Any]"
    descends_first: bool = True


SORTS: dict[str, UsageOrder] = {
    "customer": UsageOrder(_("Customer"), F("tenant__name"), CharField(), descends_first=False),
    "product": UsageOrder(_("Product"), F("product__name"), CharField(), descends_first=False),
    "active": UsageOrder(_("Active"), or_nothing(LATEST, IntegerField()), IntegerField()),
    "change": UsageOrder(
        pgettext_lazy("difference", "Change"), or_nothing(LATEST - BEFORE, IntegerField()), IntegerField()
    ),
    "share": UsageOrder(_("In use"), or_nothing(SHARE, FloatField()), FloatField()),
    "mark": UsageOrder(_("Prior high-water mark"), or_nothing(MARK, IntegerField()), IntegerField()),
    "trend": UsageOrder(_("Trend"), or_nothing(LATEST - FIRST, IntegerField()), IntegerField()),
}
WAYS = frozenset(f"{sign}{key}" for key in SORTS for sign in ("", "-"))


def order_asked(address: Mapping[str, Any]) -> Order | None:
    """Return the order that the query string *address* states; None for the usual one, the newest first."""
    way = str(address.get("sort", ""))
    if way not in WAYS:
        return None
    sort = SORTS[way.removeprefix("-")]
    return Order(way, sort.by, sort.field, is_descending=way.startswith("-"))
