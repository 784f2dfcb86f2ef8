"""Pages that start at a row: cursors survive the trip, and anything else names no place."""

import pytest

from associations.views.keyset import LARGEST_KEY, cursor_of, row_of


@pytest.mark.parametrize("key", [0, 1, 25, 10**12, LARGEST_KEY])
def test_cursor_names_its_row(key):
    assert row_of(cursor_of(key)) == key


def test_cursor_does_not_show_the_key():
    assert "4711" not in cursor_of(4711)


@pytest.mark.parametrize("cursor", ["", "4711", "!", "ü", "cm93", "cm93IA", "cm93IC0x", "cm93IDHCsg", "A" * 9999])
def test_other_text_names_no_row(cursor):
    assert row_of(cursor) is None


def test_key_beyond_the_databases_largest_is_cut():
    assert row_of(cursor_of(9_999_999_999_999_999_999)) == LARGEST_KEY
