"""Columns of the list of customer associations, in their order on the page (domain.md 6.1)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from associations.forms.claim_list.sort import SORTS


@dataclass(frozen=True)
class ListColumn:
    """One column; *sort* is the order that its head offers, empty if there is none."""

    label: str | Promise
    sort: str = ""
    is_fixed: bool = False
    is_usual: bool = False


COLUMNS: dict[str, ListColumn] = {
    "number": ListColumn(pgettext_lazy("column", "Claim"), sort="number", is_fixed=True),
    "customer": ListColumn(SORTS["customer"].label, sort="customer", is_fixed=True),
    "status": ListColumn(SORTS["status"].label, sort="status", is_fixed=True),
    "items": ListColumn(_("Products"), sort="items", is_usual=True),
    "location": ListColumn(SORTS["location"].label, sort="location", is_usual=True),
    "changed": ListColumn(SORTS["changed"].label, sort="changed", is_usual=True),
    "submitted": ListColumn(SORTS["submitted"].label, sort="submitted"),
    "created": ListColumn(SORTS["created"].label, sort="created"),
    "window": ListColumn(_("End of the opt-out period"), sort="window"),
    "review": ListColumn(_("Review")),
    "area": ListColumn(SORTS["area"].label, sort="area"),
    "tenant": ListColumn(SORTS["tenant"].label, sort="tenant"),
    "owner": ListColumn(SORTS["owner"].label, sort="owner"),
}
# What every list shows, and what it shows to who has chosen nothing.
FIXED = tuple(key for key, column in COLUMNS.items() if column.is_fixed)
USUAL = tuple(key for key, column in COLUMNS.items() if column.is_fixed or column.is_usual)


def columns_of(user: User) -> tuple[str, ...]:
    """Return the columns that *user* has chosen, or the usual ones."""
    return in_order(user.list_columns) if user.list_columns else USUAL


def in_order(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the fixed columns and those of *keys* that exist, in their order on the page."""
    chosen = {*FIXED, *keys}
    return tuple(key for key in COLUMNS if key in chosen)
