"""A search finds what people can't type, and takes a GUID however it was copied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.text.search_keys import domain_key, search_key, search_words

GUID = "4b1f6c1e-1a2b-4c3d-8e4f-9d2c6f0a7b55"


@pytest.mark.parametrize("apostrophe", list("'’‘ʼʻ´`′＇ʹ‛"))
def test_all_apostrophes_are_one(apostrophe):
    assert search_key(f"D{apostrophe}Amico") == "d'amico"


@pytest.mark.parametrize("hyphen", list("-‐‑‒–—―−﹣－⁃"))
def test_all_hyphens_are_one(hyphen):
    assert search_key(f"Baden{hyphen}Baden") == "baden-baden"


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Bjørnstad", "bjornstad"),
        ("Łąka Wiśniowa", "laka wisniowa"),
        ("Işıl Bilişim", "isil bilisim"),
        ("İSTANBUL", "istanbul"),
        ("Đặng Ħal Ŧelma", "dang hal telma"),
        ("Œuvre Ægir", "oeuvre aegir"),
        ("Straße STRAẞE", "strasse strasse"),
        ("Þór Ðe Eiður", "thor de eidur"),
        ("Ǿre Ǽl", "ore ael"),
        ("Café", "cafe"),
        ("Cafe\u0301", "cafe"),
        ("ＡＢＣ １２", "abc 12"),
        ("ﬁrma Ĳssel", "firma ijssel"),
        ("Con\u200btoso\u202e\u00ad", "contoso"),
        ("Col·legi", "collegi"),
        ("Əliyev Ŋ", "eliyev n"),
        ("Ζωής", "ζωησ"),
        ("Ёлка", "елка"),
        ("شركة يونس", "شرکة یونس"),
        ("Contoso\u00a0Ltd", "contoso ltd"),
    ],
)
def test_letters_fold_to_what_people_type(stored, typed):
    assert search_key(stored) == search_key(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        GUID,
        GUID.upper(),
        f"{{{GUID}}}",
        f"{{{GUID.upper()}}}",
        f"({GUID})",
        GUID.replace("-", ""),
        GUID.replace("-", "").upper(),
        GUID.replace("-", "\u2011"),
        f"urn:uuid:{GUID}",
        f"\u200b{GUID}\ufeff",
        f'"{GUID}"',
        GUID.replace("-", " - "),
    ],
)
def test_a_guid_is_looked_for_as_it_is_stored(typed):
    assert search_words(typed) == [GUID]


def test_a_guid_is_one_word_among_others():
    assert search_words(f"Contoso {{{GUID.upper()}}} Srl") == ["contoso", GUID, "srl"]
    assert search_words("{4B1F6C1E") == ["4b1f6c1e"]
    assert search_words("{}") == ["{}"]
    assert search_words(" \u200b ") == []


def test_a_domain_is_found_in_ascii_and_in_its_own_letters():
    key = domain_key("xn--fa-giesserei-m9a.example")

    for typed in ("faß-giesserei", "FASS-GIESSEREI.example", "xn--fa-giesserei-m9a.example", "faß‐giesserei.example"):
        assert all(word in key for word in search_words(typed))
    assert domain_key("contoso.example") == "contoso.example"
    assert search_key("müller") in domain_key("ada@xn--mller-kva.example")
    assert search_key("аррӏе") in domain_key("xn--80ak6aa92e.example")


@given(text=st.text(max_size=80))
def test_a_key_is_its_own_key(text):
    assert search_key(search_key(text)) == search_key(text)


@pytest.mark.parametrize(
    "typed", ["https://litware.example", "http://www.Litware.example/it?x=1", "https://litware.example:443/#top"]
)
def test_the_address_of_a_site_is_searched_by_its_domain_name(typed):
    assert search_words(f"{typed} Sales") == ["litware.example", "sales"]
