"""Cells guarded against formulas are read back as they were written."""

from hypothesis import given
from hypothesis import strategies as st

from associations.files.tables.formulas import guarded, unguarded


@given(st.text(alphabet="=+-@＝'\";,\t\n \u00a0a1", max_size=12))
def test_the_guards_come_off_again_and_nothing_else_does(text: str):
    assert unguarded(guarded(text)) == text


def test_a_guard_costs_no_more_for_a_text_made_to_be_slow():
    text = ";" * 40_000 + "=" + "'" * 40_000 + ";" * 40_000

    assert len(guarded(text)) == len(text) + 1
