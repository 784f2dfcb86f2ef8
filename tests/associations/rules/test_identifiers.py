from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from associations.rules.identifiers import (
    IdentifierError,
    NotAClaimNumber,
    NotADomainName,
    NotAnMpnId,
    NotASubscriptionId,
    NotATenantId,
    claim_id_of,
    claim_number,
    is_free_mail,
    normalise_domain_name,
    normalise_mpn_id,
    normalise_subscription_id,
    normalise_tenant_id,
)

GUID = "4b1f6c1e-1a2b-4c3d-8e4f-9d2c6f0a7b55"


@pytest.mark.parametrize(
    ("text", "mpn_id"),
    [
        ("1234567", "1234567"),
        (" 4847383\n", "4847383"),
        ("0123", "0123"),
        ("\u200b1234567\u200e", "1234567"),
        ("1234567890",) * 2,
    ],
)
def test_an_mpn_id_is_its_digits(text: str, mpn_id: str) -> None:
    assert normalise_mpn_id(text) == mpn_id


@pytest.mark.parametrize("text", ["", "123", "12345678901", "12345a", "-1234", "12 345", "\u0661\u0662\u0663\u0664"])
def test_what_is_no_mpn_id_is_refused(text: str) -> None:
    with pytest.raises(NotAnMpnId) as refused:
        normalise_mpn_id(text)

    assert refused.value.code == "MPN_FORMAT"


@pytest.mark.parametrize(
    "text",
    [
        GUID,
        GUID.upper(),
        f"  {GUID}\n",
        f"{{{GUID.upper()}}}",
        f"{{ {GUID} }}",
        f"urn:uuid:{GUID}",
        f"URN:UUID:{GUID}",
        GUID.replace("-", ""),
        f"\u200b{GUID}\ufeff",
        GUID.replace("-", " - "),
        GUID.replace("-", "\u2013"),
        f"({GUID})",
        f"'{GUID}",
        f'"{GUID}"',
    ],
)
def test_a_tenant_id_is_understood_however_it_was_copied(text: str) -> None:
    assert normalise_tenant_id(text) == UUID(GUID)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contoso.com",
        GUID[:-1],
        GUID + "0",
        "g" + GUID[1:],
        f"{{{GUID}",
        f"{GUID}}}",
        "00000000-0000-0000-0000-000000000000",
        "{" * 9 + GUID + "}" * 9,
    ],
)
def test_what_is_no_tenant_id_is_refused(text: str) -> None:
    with pytest.raises(NotATenantId) as refused:
        normalise_tenant_id(text)

    assert refused.value.code == "TENANT_FORMAT"


def test_a_subscription_id_is_understood_like_a_tenant_id() -> None:
    assert normalise_subscription_id(f"{{{GUID.upper()}}}") == UUID(GUID)


@pytest.mark.parametrize("text", ["", "CPOR-0000017", "00000000000000000000000000000000"])
def test_what_is_no_subscription_id_is_refused(text: str) -> None:
    with pytest.raises(NotASubscriptionId) as refused:
        normalise_subscription_id(text)

    assert refused.value.code == "SUB_BAD_ID"


@given(guid=st.uuids(), dressed=st.sampled_from(("{}", "{{{}}}", " {} ", "urn:uuid:{}")), shout=st.booleans())
def test_every_guid_survives_its_dress(guid: UUID, dressed: str, shout: bool) -> None:
    text = dressed.format(guid)

    assert normalise_tenant_id(text.upper() if shout else text) == guid


@pytest.mark.parametrize(
    ("text", "domain_name"),
    [
        ("contoso.com", "contoso.com"),
        ("  Contoso.COM ", "contoso.com"),
        ("contoso.onmicrosoft.com", "contoso.onmicrosoft.com"),
        ("https://contoso.com/about?x=1@2#top", "contoso.com"),
        ("HTTP://Contoso.com:8080", "contoso.com"),
        ("//contoso.com/", "contoso.com"),
        ("@contoso.com", "contoso.com"),
        ("anna.rossi@contoso.com", "contoso.com"),
        ("mailto:anna@contoso.com", "contoso.com"),
        ("https://user:secret@contoso.com/", "contoso.com"),
        ("contoso.com.", "contoso.com"),
        ("www.contoso.com", "www.contoso.com"),
        ("caff\u00e8.it", "xn--caff-8oa.it"),
        ("CAFF\u00c8.it", "xn--caff-8oa.it"),
        ("cafe\u0301.it", "xn--caf-dma.it"),
        ("xn--caff-8oa.it", "xn--caff-8oa.it"),
        ("stra\u00dfe.de", "xn--strae-oqa.de"),
        ("xn--strae-oqa.de", "xn--strae-oqa.de"),
        ("https://fa\u00df-giesserei.de/", "xn--fa-giesserei-m9a.de"),
        ("\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.com", "xn--mgba3gch31f060k.com"),
        ("con\u200dtoso\u202c.com\u200f", "contoso.com"),
        ("contoso\u3002com", "contoso.com"),
        ("\uff43ontoso.com", "contoso.com"),
        ("a1-b.co.uk", "a1-b.co.uk"),
        ("3com.com", "3com.com"),
        ("\u200bcontoso.com", "contoso.com"),
        ("a" * 63 + ".com", "a" * 63 + ".com"),
    ],
)
def test_a_domain_name_is_found_in_what_was_pasted(text: str, domain_name: str) -> None:
    assert normalise_domain_name(text) == domain_name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "@",
        "https://",
        "contoso",
        "localhost:8000",
        ".contoso.com",
        "contoso..com",
        "contoso.com..",
        "contoso .com",
        "con_toso.com",
        "-contoso.com",
        "contoso-.com",
        "contoso.com,fabrikam.com",
        "10.0.0.1",
        "[::1]",
        "xn--\u00e8.it",
        "xn--99999999.it",
        "\u2100.com",
        "a" * 64 + ".com",
        "\u00e8" * 64 + ".it",
        ".".join(["a" * 63] * 4),
        "a." * 127 + "com",
        "a" * 100_000 + ".com",
    ],
)
def test_what_is_no_domain_name_is_refused(text: str) -> None:
    with pytest.raises(NotADomainName) as refused:
        normalise_domain_name(text)

    assert refused.value.code == "DOMAIN_FORMAT"


@given(text=st.text(max_size=300))
def test_a_domain_name_is_normalised_once_and_for_all_or_refused(text: str) -> None:
    try:
        name = normalise_domain_name(text)
    except IdentifierError:
        return

    assert normalise_domain_name(name) == name
    assert name.isascii()
    assert name == name.lower()
    assert len(name) <= 253


@pytest.mark.parametrize(
    "email",
    [
        "anna@gmail.com",
        "Anna@Libero.IT",
        "a@virgilio.it",
        "a@hotmail.it",
        "a@gmx.de",
        "x@hotmail.es",
        "x@outlook.de",
        "x@live.fr",
        "x@yahoo.com.br",
        "x@mail.de",
        "x@bk.ru",
        "x@list.ru",
        "x@posteo.de",
        "x@YAHOO.co.jp",
        "x@outlook.com.tr",
        "x@gmx.eu",
        "x@hotmail.com.\u200b",
    ],
)
def test_a_mailbox_that_anybody_can_open_is_free_mail(email: str) -> None:
    assert is_free_mail(email)


@pytest.mark.parametrize("email", ["anna@contoso.com", "anna@gmail.com.contoso.com", "gmail.com", "", "anna@"])
def test_a_mailbox_of_an_organisation_is_not_free_mail(email: str) -> None:
    assert not is_free_mail(email)


@pytest.mark.parametrize(
    "typed",
    [
        "CPOR-0000142",
        "cpor 142",
        " CPOR-OOOO142 ",
        "142",
        "cpor–l42",
        "CPOR-0000I42",
        "ＣＰＯＲ-１４２",
        "CP0R142",
    ],
)
def test_a_claim_number_is_read_however_it_is_typed(typed: str) -> None:
    assert claim_id_of(typed) == 142


@pytest.mark.parametrize("typed", ["", "CPOR-", "CPOR-0000000", "1234567890123", "MPN 142", "142 €x", "٣", "\x00"])
def test_other_texts_are_no_claim_number(typed: str) -> None:
    with pytest.raises(NotAClaimNumber):
        claim_id_of(typed)


@given(st.integers(1, 10**12 - 1))
def test_a_printed_claim_number_is_read_as_it_was(claim_id: int) -> None:
    assert claim_id_of(claim_number(claim_id)) == claim_id
