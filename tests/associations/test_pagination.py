"""Pages that start at a row: cursors survive the trip, and anything else names no place."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

import pytest
from django.db.models import BooleanField, CharField, DateTimeField, F, IntegerField, UUIDField

from associations.models import Claim
from associations.pagination import LARGEST_KEY, Order, Sorted, cursor_of, page_of, place_of, value_in
from tests.factories import ClaimFactory, PartnerLocationFactory

BY_NAME = Order("name", F("name"), CharField())
BY_NAME_DOWN = Order("-name", F("name"), CharField(), is_descending=True)


def cursor(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize("key", [0, 1, 25, 10**12, LARGEST_KEY])
def test_cursor_names_its_row(key):
    assert place_of(cursor_of(Claim(pk=key))) == (None, key)


def test_cursor_names_its_row_in_an_order():
    claim = Claim(pk=7)
    cast(Sorted, claim).sort_value = "Élite"

    assert place_of(cursor_of(claim, BY_NAME), BY_NAME) == ("Élite", 7)
    assert place_of(cursor_of(claim, BY_NAME), BY_NAME_DOWN) is None
    assert place_of(cursor_of(claim, BY_NAME)) is None


def test_cursor_does_not_show_the_key():
    assert "4711" not in cursor_of(Claim(pk=4711))


@pytest.mark.parametrize("text", ["", "4711", "!", "ü", "cm93", "cm93IA", "cm93IC0x", "cm93IDHCsg", "A" * 9999])
def test_other_text_names_no_row(text):
    assert place_of(text) is None


@pytest.mark.parametrize("parts", [["name", "x"], ["name", "x", "7"], ["name", "x", True], ["name", None, 7], [7], {}])
def test_other_lists_name_no_row_in_an_order(parts):
    assert place_of(cursor(*parts), BY_NAME) is None


def test_key_beyond_the_databases_largest_is_cut():
    assert place_of(cursor(9_999_999_999_999_999_999)) == (None, LARGEST_KEY)


@pytest.mark.parametrize(
    ("field", "said", "value"),
    [
        (CharField(), "a\x00b", None),
        (CharField(), "\ud800", None),
        (CharField(), "Élite", "Élite"),
        (IntegerField(), 10**30, None),
        (IntegerField(), "x", None),
        (IntegerField(), 3, 3),
        (BooleanField(), True, True),
        (DateTimeField(), "2020-10-19T08:00:00+00:00", datetime(2020, 10, 19, 8, tzinfo=UTC)),
        (DateTimeField(), "2020-10-19T08:00:00", None),
        (DateTimeField(), "0001-01-01T00:00:00+14:00", None),
        (DateTimeField(), "soon", None),
        (DateTimeField(), 5, None),
        (UUIDField(), "no", None),
        (UUIDField(), str(UUID(int=5)), UUID(int=5)),
    ],
)
def test_only_a_value_of_the_column_is_a_place(field, said, value):
    assert value_in(field, said) == value


@pytest.fixture
def names():
    location = PartnerLocationFactory()
    for name in ("b", "a", "b", "", "c", "b", "a"):
        ClaimFactory(location=location, name=name)
    return location


def walk(order, **asked):
    """Every page from the one *asked* for, downwards."""
    pages = []
    while True:
        page = page_of(Claim.objects.all(), asked=asked, size=2, order=order)
        pages.append([row.name for row in page.rows])
        if not page.older:
            return pages, page
        asked = {"before": page.older}


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("has_index", [True, False])
def test_pages_walk_every_row_once_through_equal_values(names, has_index):
    up, down = replace(BY_NAME, has_index=has_index), replace(BY_NAME_DOWN, has_index=has_index)

    assert walk(up)[0] == [["", "a"], ["a", "b"], ["b", "b"], ["c"]]
    assert walk(down)[0] == [["c", "b"], ["b", "b"], ["a", "a"], [""]]


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("has_index", [True, False])
def test_the_last_page_is_reached_at_once_and_leads_back(names, has_index, django_assert_num_queries):
    order = replace(BY_NAME, has_index=has_index)
    with django_assert_num_queries(2):
        last = page_of(Claim.objects.all(), asked={"end": "1"}, size=2, order=order)
        above = page_of(Claim.objects.all(), asked={"after": last.newer}, size=2, order=order)

    assert ([row.name for row in last.rows], last.older) == (["b", "c"], "")
    assert [row.name for row in above.rows] == ["b", "b"]


@pytest.mark.both
@pytest.mark.django_db
def test_pages_stay_put_while_rows_are_added(names):
    first = page_of(Claim.objects.all(), asked={}, size=2, order=BY_NAME)
    ClaimFactory(location=names, name="")
    second = page_of(Claim.objects.all(), asked={"before": first.older}, size=2, order=BY_NAME)

    assert [row.name for row in second.rows] == ["a", "b"]


@pytest.mark.both
@pytest.mark.django_db
def test_a_page_beyond_the_rows_is_the_first(names):
    page = page_of(Claim.objects.all(), asked={"before": cursor("name", "zzz", 1)}, size=2, order=BY_NAME)

    assert [row.name for row in page.rows] == ["", "a"]
