"""Codes of notices: read however they are typed, printed in two halves."""

import pytest

from associations.rules.customer.notice_codes import ALPHABET, printed_code, read_code


@pytest.mark.parametrize(
    "typed",
    [
        "0A1B-2C3D",
        "0a1b2c3d",
        " 0a1b 2c3d\n",
        "OAIB-2C3D",
        "oalb–2c3d",
        "0 A 1 B 2 C 3 D",
        "０Ａ１Ｂ２Ｃ３Ｄ",
        "0A1B\u200b2C3D",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_code(typed) == "0A1B2C3D"


@pytest.mark.parametrize("typed", ["", "0A1B2C3", "0A1B2C3D4", "0A1B-2C3Ä", "-" * 8, "٠" * 8, "\x00" * 8])
def test_other_texts_are_no_code(typed):
    assert read_code(typed) == ""


def test_no_two_characters_of_a_code_look_alike():
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_a_code_is_printed_in_two_halves():
    assert printed_code("0A1B2C3D") == "0A1B-2C3D"
    assert printed_code("") == ""
