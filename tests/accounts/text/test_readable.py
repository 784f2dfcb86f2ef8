"""People read a domain name in its own letters, with its ASCII form beside it, unless the letters are a trap."""

import pytest

from accounts.text.readable import address_in_full, domain_in_full, masked_address, readable_address, readable_domain


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("contoso.example", "contoso.example"),
        ("xn--fa-giesserei-m9a.example", "faß-giesserei.example (xn--fa-giesserei-m9a.example)"),
        ("faß-giesserei.example", "faß-giesserei.example (xn--fa-giesserei-m9a.example)"),
        ("xn--80aswg.xn--p1ai", "сайт.рф (xn--80aswg.xn--p1ai)"),
        ("xn--wgv71a.example", "日本.example (xn--wgv71a.example)"),
        ("xn--mgba3gch31f060k.example", "نامه\u200cای.example (xn--mgba3gch31f060k.example)"),
        ("", ""),
        ("no domain name", "no domain name"),
        ("aא.example", "aא.example"),
    ],
)
def test_a_domain_name_is_read_in_its_letters_beside_its_ascii_form(stored, read):
    assert domain_in_full(stored) == read


@pytest.mark.parametrize(
    "trap",
    [
        "аррӏе.example",
        "pаypal.example",
        "сontoso.example",
        "contοso.example",
        "ехаmple.example",
        "асе.example",
        "ορο.example",
        "хn.example",
        "мicrosoft.example",
        "日本ж.example",
    ],
)
def test_a_name_that_is_drawn_like_another_one_is_shown_in_ascii_only(trap):
    shown = domain_in_full(trap)

    assert shown.isascii()
    assert shown.startswith("xn--")


def test_only_the_label_that_misleads_stays_in_ascii():
    assert readable_domain("аррӏе.müller.example") == "xn--80ak6aa92e.müller.example"


def test_an_address_is_read_like_its_domain():
    assert readable_address("ada@xn--mller-kva.example") == "ada@müller.example"
    assert address_in_full("ada@xn--mller-kva.example") == "ada@müller.example (xn--mller-kva.example)"
    assert address_in_full("ada@contoso.example") == "ada@contoso.example"
    assert address_in_full("nobody") == "nobody"


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("ada@contoso.example", "a***@contoso.example"),
        ("a@contoso.example", "a***@contoso.example"),
        ("ada@xn--mller-kva.example", "a***@müller.example (xn--mller-kva.example)"),
        ("", ""),
    ],
)
def test_a_masked_address_shows_one_letter_of_its_mailbox(address, masked):
    assert masked_address(address) == masked
