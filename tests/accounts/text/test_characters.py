"""Removes invisible characters from texts, keeps those that scripts and emoji need, and requires visible names."""

import pytest

from accounts.text.characters import has_letter, readable_text

UNSEEN = (
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202c",
    "\u202e",
    "\u2060",
    "\u2066",
    "\u2069",
    "\ufeff",
    "\u00ad",
    "\u034f",
    "\u061c",
    "\u115f",
    "\u1160",
    "\u17b4",
    "\u180e",
    "\u3164",
    "\uffa0",
    "\ufe0f",
    "\U000e0001",
    "\U000e0041",
    "\U000e0100",
    "\U0001d173",
    "\ufff9",
)


@pytest.mark.parametrize(
    "unseen", [*UNSEEN, "\u2800", "\u00a0", "\u3000", "\u0301", "\u0085", "\x00", "\t", "".join(UNSEEN)]
)
def test_a_text_of_nothing_to_see_is_empty(unseen):
    assert readable_text(unseen) == ""
    assert readable_text(f" {unseen} {unseen}") == ""


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("place", ["{}Ada Neri", "Ad{}a Neri", "Ada Neri{}", "Ada {}Neri"])
def test_a_character_that_nobody_sees_comes_off_a_name(unseen, place):
    assert readable_text(place.format(unseen)) == "Ada Neri"


def test_a_control_character_comes_off_and_a_break_of_word_is_a_space():
    assert readable_text("Ada\x07 Ne\x1bri\x9d") == "Ada Neri"
    assert readable_text("Ada\x0bNeri") == "Ada Neri"
    assert readable_text("\x07\x1b") == ""


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "শ্রী র\u200d\u09cdযাব",
        "ශ්\u200dරී ලංකා",
        "ക്\u200d",
        "葛\U000e0100城",
        "👩\u200d💻 Ada",
        "👩🏽\u200d❤\ufe0f\u200d👨",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "سورة \u06dd",
        "O’Hara-Łąka",
        "Line one\nLine two",
    ],
)
def test_what_a_script_or_an_emoji_needs_stays(text):
    assert readable_text(text) == text


@pytest.mark.parametrize("name", ["Ada", "Đặng", "明", "محمد", "אבי", "Ζωή", "Ѐ1", "O'", "ʻAolani", "कमल", "한", "ᏣᎳ"])
def test_a_name_in_any_script_has_a_letter(name):
    assert has_letter(name)


@pytest.mark.parametrize("name", ["", "...", "123", "—", "👩", "١٢", "\u3164", "\u115f\u1160", "\uffa0", "'", "$"])
def test_signs_and_digits_alone_are_no_letter(name):
    assert not has_letter(name)
