"""Pages of a list that stay put while rows are added: each page starts at a row, not at a number."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, Protocol, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db.models import Expression, F, Field, Model, QuerySet, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

Row = TypeVar("Row", bound=Model)


class Sorted(Protocol):
    """A row of a page in an order, with the value by which it is sorted."""

    sort_value: object


LARGEST_KEY = 2**63 - 1
LONGEST_CURSOR = 2000


@dataclass(frozen=True)
class Order:
    """The order of a list; equal rows follow their primary key. *by* is never null.

    Without an index, the database sorts the keys of all rows and reads only the rows of the page.
    """

    key: str
    by: F | Expression
    field: "Field[Any, Any]"
    is_descending: bool = False
    has_index: bool = True

    @property
    def is_of_another_table(self) -> bool:
        return "__" in getattr(self.by, "name", "")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, with the cursors of the page above and the page below; an empty one means there is none."""

    rows: list[Row]
    newer: str = ""
    older: str = ""


def page_of(rows: QuerySet[Row], *, asked: Mapping[str, Any], size: int, order: Order | None = None) -> Page[Row]:
    """Return the page of *rows* that *asked* names, in one query: newest first, or by *order*.

    `after` names the row under a page, `before` the row above it, `end` the last page. A cursor that can't be read,
    that belongs to another order, or that names a place where nothing is, answers with the first page.
    """
    if order:
        rows = cast("QuerySet[Row]", rows.annotate(sort_value=order.by))
    below, above = place_of(str(asked.get("after", "")), order), place_of(str(asked.get("before", "")), order)
    if asked.get("end") or below is not None:
        found = sorted_by(rows, order, backwards=True)
        if below is not None:
            found = beyond(found, order, place=below, backwards=True)
        upper = first_of(found, order, count=size + 1, backwards=True)
        if len(upper) > size or below is None:
            has_older = below is not None
            return _page(upper[:size][::-1], order, has_newer=len(upper) > size, has_older=has_older)
        above = None
    found = sorted_by(rows, order, backwards=False)
    if above is not None:
        found = beyond(found, order, place=above, backwards=False)
    lower = first_of(found, order, count=size + 1, backwards=False)
    if not lower and above is not None:
        return page_of(rows, asked={}, size=size, order=order)
    return _page(lower[:size], order, has_newer=above is not None, has_older=len(lower) > size)


def sorted_by(rows: QuerySet[Row], order: Order | None, *, backwards: bool) -> QuerySet[Row]:
    """Return *rows* in *order*, or from its end."""
    if order is None:
        return rows.order_by("pk" if backwards else "-pk")
    if order.is_descending is backwards:
        return rows.order_by("sort_value", "pk")
    return rows.order_by("-sort_value", "-pk")


def first_of(found: QuerySet[Row], order: Order | None, *, count: int, backwards: bool) -> list[Row]:
    """Return the first *count* rows of *found*, which `sorted_by` has sorted."""
    if order is None or (order.has_index and not order.is_of_another_table):
        return list(found[:count])
    # Sorting keys alone is quicker than sorting wide rows; then only the rows of the page are read.
    chosen = found.order_by().filter(pk__in=found.values("pk")[:count])
    return list(sorted_by(chosen, order, backwards=backwards))


def beyond(rows: QuerySet[Row], order: Order | None, *, place: tuple[Any, int], backwards: bool) -> QuerySet[Row]:
    """Return the *rows* that follow *place* in *order*, or precede it."""
    value, key = place
    if order is None:
        return rows.filter(pk__gt=key) if backwards else rows.filter(pk__lt=key)
    is_upward = order.is_descending is backwards
    if order.is_of_another_table:
        # No index spans two tables: this says in the words of one of them where to begin.
        rows = rows.filter(**{"sort_value__gte" if is_upward else "sort_value__lte": value})
    # A comparison of the pair is one range of an index; `a > x or (a = x and b > y)` is not.
    pair, bound = Tuple(order.by, F("pk")), (Value(value, output_field=order.field), key)
    return rows.filter(TupleGreaterThan(pair, bound) if is_upward else TupleLessThan(pair, bound))


def cursor_of(row: Model, order: Order | None = None) -> str:
    """Return the cursor that names the place of *row* in *order*."""
    place = [row.pk] if order is None else [order.key, plain(cast(Sorted, row).sort_value), row.pk]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def plain(value: object) -> object:
    """Return *value* as JSON writes it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int) else str(value)


def place_of(cursor: str, order: Order | None = None) -> tuple[Any, int] | None:
    """Return the value and the key of the row that *cursor* names in *order*, or None when it is none of ours."""
    try:
        padded = cursor[:LONGEST_CURSOR] + "=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (binascii.Error, ValueError, RecursionError):
        return None
    wanted = 1 if order is None else 3
    if not isinstance(place, list) or len(place) != wanted or type(place[-1]) is not int:
        return None
    key = max(0, min(place[-1], LARGEST_KEY))
    if order is None:
        return None, key
    value = value_in(order.field, place[1])
    return None if place[0] != order.key or value is None else (value, key)


def value_in(field: "Field[Any, Any]", said: object) -> Any:
    """Return *said* as a value that a column like *field* can be compared with, or None."""
    if not isinstance(said, str | int):
        return None
    try:
        value = field.to_python(said)
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else None
        if isinstance(value, str):
            value.encode()
            return None if "\x00" in value else value
    except (ValidationError, ValueError, TypeError, OverflowError):
        return None
    if isinstance(value, int) and abs(value) > LARGEST_KEY // 2**32:
        return None
    return value


def _page(rows: list[Row], order: Order | None, *, has_newer: bool, has_older: bool) -> Page[Row]:
    newer = cursor_of(rows[0], order) if rows and has_newer else ""
    older = cursor_of(rows[-1], order) if rows and has_older else ""
    return Page(rows, newer=newer, older=older)
