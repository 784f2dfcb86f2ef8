"""A domain name is one domain name, however it is written, and never somebody else's."""

import pytest

from accounts.text.domains import NoAsciiForm, ascii_domain


@pytest.mark.parametrize(
    ("typed", "on_the_wire"),
    [
        ("faß-giesserei.example", "xn--fa-giesserei-m9a.example"),
        ("FA\u1e9e-Giesserei.example", "xn--fa-giesserei-m9a.example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("βόλοσ.example", "xn--nxasmq6b.example"),
        ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),
        ("क्\u200dष.example", "xn--11b2ezcw70k.example"),
        ("Müller.example", "xn--mller-kva.example"),
        ("MU\u0308LLER.example", "xn--mller-kva.example"),
        ("ｍüller．example", "xn--mller-kva.example"),
        ("日本。example", "xn--wgv71a.example"),
        ("XN--MLLER-KVA.example", "xn--mller-kva.example"),
        ("ab--cd.example", "ab--cd.example"),
        ("straße.faß.example", "xn--strae-oqa.xn--fa-hia.example"),
    ],
)
def test_a_domain_name_keeps_its_own_letters_on_the_wire(typed, on_the_wire):
    assert ascii_domain(typed) == on_the_wire


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200f", "\u202c", "\u202e", "\ufeff", "\u00ad", "\u2066", "\u180e", "\ufe0f"]
)
@pytest.mark.parametrize("place", ["{}contoso.example", "con{}toso.example", "contoso.example{}"])
def test_a_character_that_nobody_sees_comes_off_a_domain_name(unseen, place):
    assert ascii_domain(place.format(unseen)) == "contoso.example"


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
@pytest.mark.parametrize("place", ["{}contoso.example", "con{}toso.example", "contoso{}.example", "mü{}ller.example"])
def test_a_joiner_that_joins_nothing_comes_off_a_domain_name(joiner, place):
    assert ascii_domain(place.format(joiner)) == ascii_domain(place.format(""))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "i❤.example",
        "a b.example",
        "con_toso.example",
        "xn--99999999.example",
        "xn--.example",
        "℀.example",
        "½.example",
        "-contoso.example",
        "contoso..example",
        ".example",
        "ü" * 64 + ".example",
        "ü" * 100_000,
        "[192.0.2.7]",
        "a\x00.b",
    ],
)
def test_what_dns_cannot_hold_is_refused(typed):
    with pytest.raises(NoAsciiForm):
        ascii_domain(typed)
