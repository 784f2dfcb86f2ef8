"""Parts that the tabs of the list share: heads that sort, options of a select, links to the pages around."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import User
from associations.forms.claim_list.columns import COLUMNS
from associations.models import SavedView
from associations.models.partners import ClaimScope
from associations.pagination import Page

UP, DOWN = "\N{UPWARDS ARROW}", "\N{DOWNWARDS ARROW}"


class Sought(Protocol):
    """The filters and order of a tab, as its address states them."""

    @property
    def sort(self) -> str: ...

    def query(self, **more: str) -> str: ...


@dataclass(frozen=True, slots=True)
class ListLink:
    """A link to another list: a tab, or a saved view."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """A column's head: the link that sorts the list by it, if there is one, and how it is sorted now."""

    key: str
    label: str
    url: str = ""
    arrow: str = ""
    aria_sort: str = ""


class Option(NamedTuple):
    """One value of a select."""

    value: str
    label: str | Promise
    is_chosen: bool


def options_of(choices: Iterable[tuple[str, str | Promise]], chosen: str) -> list[Option]:
    return [Option(value, label, is_chosen=value == chosen) for value, label in choices]


def optional_columns(shown: Iterable[str]) -> list[Option]:
    """Return the columns that can be hidden, those of *shown* chosen."""
    return [Option(key, column.label, key in shown) for key, column in COLUMNS.items() if not column.is_fixed]


def head_of(key: str, sought: Sought, *, sort: str, first_way: str) -> ColumnHead:
    """Return the head of a column; its link sorts by *sort*, *first_way* first, or reverses the order.

    Without a *sort* it has no link.
    """
    label, is_descending = str(COLUMNS[key].label), sought.sort.startswith("-")
    if not sort:
        return ColumnHead(key, label)
    if sought.sort.removeprefix("-") != sort:
        return ColumnHead(key, label, sought.query(sort=first_way) or "?")
    other_way, arrow = (sort, DOWN) if is_descending else (f"-{sort}", UP)
    return ColumnHead(
        key, label, sought.query(sort=other_way) or "?", arrow, "descending" if is_descending else "ascending"
    )


def links_of(page: Page[Any], sought: Sought, *, path: str) -> dict[str, str]:
    """Return the addresses of the pages around *page*, empty where there is none."""
    above, below = bool(page.newer), bool(page.older)
    queries = {
        "first_url": (above, sought.query()),
        "newer_url": (above, sought.query(after=page.newer)),
        "older_url": (below, sought.query(before=page.older)),
        "last_url": (below, sought.query(end="1")),
    }
    return {name: path + query if is_there else "" for name, (is_there, query) in queries.items()}


def views_of(user: User, scope: ClaimScope, query: str) -> list[ListLink]:
    """Return the saved views the person may open; that of *query* is the current one."""
    found = SavedView.objects.open_in(scope.roles, user=user).values_list("name", "query")
    return [ListLink(name, f"{reverse('claim_list')}{saved}", saved == query) for name, saved in found]
