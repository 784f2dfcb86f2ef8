"""The decision whether an address is of the customer (domain.md D18)."""

from uuid import UUID

import pytest

from associations.rules.customer.contact_domain import domains_of, is_of_the_customer

CONTOSO, FABRIKAM = UUID(int=1), UUID(int=2)
OWNERS = {
    "contoso.com": CONTOSO,
    "contoso.onmicrosoft.com": CONTOSO,
    "subsidiary.contoso.com": FABRIKAM,
    "team.subsidiary.contoso.com": CONTOSO,
    "xn--caff-8oa.it": CONTOSO,
    "fabrikam.com": FABRIKAM,
    # What must not count even if it is listed.
    "onmicrosoft.com": CONTOSO,
    "gmail.com": CONTOSO,
    "co.uk": CONTOSO,
    "com": CONTOSO,
}


@pytest.mark.parametrize(
    "email",
    [
        "carla@contoso.com",
        "Carla@CONTOSO.com",
        "carla+claims@contoso.com",
        "info@contoso.com",
        "purchasing@contoso.com",
        "carla@it.contoso.com",
        "carla@a.b.c.contoso.com",
        "carla@contoso.onmicrosoft.com",
        "carla@mail.contoso.onmicrosoft.com",
        "carla@team.subsidiary.contoso.com",
        "carla@caffè.it",
        "carla@xn--caff-8oa.it",
        '"carla@evil.example"@contoso.com',
    ],
)
def test_an_address_at_or_below_a_listed_domain_is_the_customers(email: str) -> None:
    assert is_of_the_customer(email, tenant_id=CONTOSO, owners=OWNERS)


@pytest.mark.parametrize(
    "email",
    [
        # Free mail, also with the customer's name in it.
        "contoso@gmail.com",
        "contoso@contoso.gmail.com",
        # Look-alikes and a punycode twin (a Cyrillic o).
        "carla@contoso.co",
        "carla@c0ntoso.com",
        "carla@mycontoso.com",
        "carla@contoso-it.com",
        "carla@c\u043entoso.com",
        "carla@xn--cntoso-8zf.com",
        # The customer's name below a domain of somebody else.
        "carla@contoso.com.evil.example",
        "carla@contoso.evil.example",
        # A plus-address, a role mailbox or the customer's address as the local part, elsewhere.
        "carla+contoso.com@evil.example",
        "info@evil.example",
        '"carla@contoso.com"@evil.example',
        # Shared parents.
        "carla@onmicrosoft.com",
        "carla@evil.onmicrosoft.com",
        "carla@contoso.mail.onmicrosoft.com",
        "carla@evil.co.uk",
        "carla@co.uk",
        "carla@evil.com",
        "carla@com",
        # Another tenant, also one whose domain lies below.
        "carla@fabrikam.com",
        "carla@subsidiary.contoso.com",
        "carla@it.subsidiary.contoso.com",
        # No address.
        "contoso.com",
        "carla@",
        "@contoso.com",
        "carla@[192.0.2.1]",
        "",
    ],
)
def test_any_other_address_is_not(email: str) -> None:
    assert not is_of_the_customer(email, tenant_id=CONTOSO, owners=OWNERS)


@pytest.mark.parametrize(
    ("email", "names"),
    [
        ("a@it.contoso.co.uk", ("it.contoso.co.uk", "contoso.co.uk")),
        ("a@comune.roma.it", ("comune.roma.it",)),
        ("a@contoso.onmicrosoft.com", ("contoso.onmicrosoft.com",)),
        ("a@contoso.partner.onmschina.cn", ("contoso.partner.onmschina.cn",)),
        ("a@contoso.github.io", ("contoso.github.io",)),
        ("a@customer1.example", ("customer1.example",)),
        ("a@mail.libero.it", ()),
        ("a@roma.it", ()),
        ("a@github.io", ()),
        ("a@localhost", ()),
    ],
)
def test_the_domains_of_an_address_end_below_what_organizations_share(email: str, names: tuple[str, ...]) -> None:
    assert domains_of(email) == names
