"""Pages of a list, newest first, that stay put while rows are added: each page starts at a row, not at a number."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, newest first, with the cursors of the newer and the older page; an empty one means there is none."""

    rows: list[Row]
    newer: str = ""
    older: str = ""


def page_of(rows: QuerySet[Row], *, asked: Mapping[str, Any], size: int) -> Page[Row]:
    """Return the page of *rows* that `before` or `after` in *asked* names, by primary key, in one query.

    A cursor that can't be read, or that names a place where nothing is, answers with the first page.
    """
    after, before = row_of(str(asked.get("after", ""))), row_of(str(asked.get("before", "")))
    if after is not None:
        newer = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        if len(newer) > size:
            return _page(newer[size - 1 :: -1], has_newer=True, has_older=True)
        before = None
    found = rows if before is None else rows.filter(pk__lt=before)
    older = list(found.order_by("-pk")[: size + 1])
    if not older and before is not None:
        return page_of(rows, asked={}, size=size)
    return _page(older[:size], has_newer=before is not None, has_older=len(older) > size)


def cursor_of(key: int) -> str:
    """Return the cursor that names the place of the row *key*."""
    return base64.urlsafe_b64encode(f"row {key}".encode()).decode().rstrip("=")


def row_of(cursor: str) -> int | None:
    """Return the key of the row that *cursor* names, or None when it is none of ours."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    word, _space, digits = text.partition(" ")
    if word != "row" or not digits.isascii() or not digits.isdigit() or len(digits) > len(str(LARGEST_KEY)):
        return None
    return min(int(digits), LARGEST_KEY)


def _page(rows: list[Row], *, has_newer: bool, has_older: bool) -> Page[Row]:
    newer = cursor_of(rows[0].pk) if rows and has_newer else ""
    older = cursor_of(rows[-1].pk) if rows and has_older else ""
    return Page(rows, newer=newer, older=older)
