"""An address is written to as its owner knows it, or refused before anybody relies on it."""

import pytest
from django.core.mail.message import sanitize_address
from hypothesis import given
from hypothesis import strategies as st

from accounts.text.email_addresses import (
    DomainNotSendable,
    LocalPartNotSendable,
    NoAddress,
    NotSendable,
    account_name,
    sendable_address,
)


@pytest.mark.parametrize(
    ("typed", "on_the_wire"),
    [
        ("juergen@faß-giesserei.example", "juergen@xn--fa-giesserei-m9a.example"),
        ("Carla.Neri@Contoso.example", "Carla.Neri@contoso.example"),
        ("carla+cpor@contoso.example", "carla+cpor@contoso.example"),
        ("o'hara@contoso.example", "o'hara@contoso.example"),
        ("  carla@contoso.example \n", "carla@contoso.example"),
        ("ｃａｒｌａ＠contoso.example", "carla@contoso.example"),
        ("root@localhost", "root@localhost"),
        ("c" * 64 + "@contoso.example", "c" * 64 + "@contoso.example"),
        ("a@b.example", "a@b.example"),
    ],
)
def test_an_address_goes_over_the_wire_in_ascii(typed, on_the_wire):
    assert sendable_address(typed) == on_the_wire


@pytest.mark.parametrize(
    "unseen",
    [
        "\u200f",
        "\u202c",
        "\u200b",
        "\ufeff",
        "\u200c",
        "\u200d",
        "\u00ad",
        "\u2800",
        "\u3164",
        "\u2060",
        "\U000e0041",
    ],
)
@pytest.mark.parametrize(
    "place",
    ["{}carla@contoso.example", "car{}la@contoso.example", "carla{}@{}contoso.example", "carla@contoso.example{}"],
)
def test_a_character_that_nobody_sees_comes_off_an_address(unseen, place):
    assert sendable_address(place.replace("{}", unseen)) == "carla@contoso.example"


@pytest.mark.parametrize(
    "typed", ["", "carla", "@contoso.example", "carla@", "\u200b@contoso.example", "carla@ contoso.example"]
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(NoAddress):
        sendable_address(typed)


@pytest.mark.parametrize(
    "local_part",
    [
        "jürgen",
        "карла",
        '"carla neri"',
        "carla neri",
        ".carla",
        "carla.",
        "car..la",
        "c" * 65,
        "carla@home",
        "carla,neri",
        "carla\u212a",
        "carla\x00",
        "Carla <carla",
        "car(la)",
        "carla\\",
        "carla;x",
        "carla:x",
    ],
)
def test_a_local_part_that_not_every_server_takes_is_refused(local_part):
    with pytest.raises(LocalPartNotSendable):
        sendable_address(f"{local_part}@contoso.example")


@pytest.mark.parametrize(
    "domain",
    [
        "[192.0.2.7]",
        "[IPv6:2001:db8::1]",
        "192.0.2.7",
        "contoso",
        "contoso.123",
        "i❤.example",
        "con_toso.examplecontoso.example>",
        "contoso..example",
        "contoso.example.",
        "-contoso.example",
        "xn--99999999.example",
    ],
)
def test_a_domain_that_no_email_reaches_is_refused(domain):
    with pytest.raises(DomainNotSendable):
        sendable_address(f"carla@{domain}")


def test_an_address_that_is_too_long_for_a_server_is_refused():
    with pytest.raises(NoAddress):
        sendable_address("c" * 60 + "@" + ".".join(["a" * 60] * 4))


ANY_DOMAIN = st.from_regex(r"[\w\-\u200c\u200d\u00df\u03c2]{1,20}(\.[\w\-]{1,20}){1,3}", fullmatch=True)


@given(text=st.one_of(st.text(max_size=60), st.builds("{}@{}".format, st.text(min_size=1, max_size=20), ANY_DOMAIN)))
def test_what_is_taken_leaves_as_it_was_checked(text):
    try:
        address = sendable_address(text)
    except NotSendable:
        return

    assert address.isascii()
    assert sendable_address(address) == address
    assert sanitize_address(address, "utf-8") == address


def test_two_spellings_of_a_domain_are_one_account():
    spellings = ["Carla@MÜLLER.example", "carla@xn--mller-kva.example", "carla@mu\u0308ller.example"]

    assert {account_name(spelling) for spelling in spellings} == {"carla@xn--mller-kva.example"}
