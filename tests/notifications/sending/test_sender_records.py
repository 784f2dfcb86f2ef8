"""`manage.py check_mail` against a real name server: one line for each record, and an exit code."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from io import StringIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from pytest_django import Settings

from notifications.sending import dns_lookups
from tests.notifications.dns_server import BROKEN, SILENT, name_server

SPF, DKIM, DMARC = "bounces.contoso.example", "portal._domainkey.contoso.example", "_dmarc.contoso.example"


@cache
def key(bits: int = 2048) -> str:
    """Return a public key as DNS has it."""
    public = rsa.generate_private_key(65537, bits).public_key()
    return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def good_records(**changes: Any) -> dict[str, Any]:
    return {
        SPF: ["some-verification=1", "v=spf1 ip4:192.0.2.1 include:spf.provider.example -all"],
        "spf.provider.example": ["v=spf1 ip4:198.51.100.0/24 -all"],
        DKIM: [f"v=DKIM1; k=rsa; p={key()}"],
        DMARC: ["v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.example"],
    }


@pytest.fixture(autouse=True)
def addresses(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEFAULT_FROM_EMAIL = "CPOR portal <portal@contoso.example>"
    settings.BOUNCE_ADDRESS = "bounces@bounces.contoso.example"
    settings.DKIM_SELECTORS = ["portal"]
    monkeypatch.setattr(dns_lookups, "SECONDS", 0.5)


def checked(records: Mapping[str, Any], **options: Any) -> tuple[list[str], str]:
    """Return the lines of the command, and its error if it ends with one."""
    output = StringIO()
    with name_server(records) as server:
        try:
            call_command("check_mail", server=server, stdout=output, **options)
        except CommandError as error:
            return output.getvalue().splitlines(), str(error)
    return output.getvalue().splitlines(), ""


def line_about(kind: str, records: Mapping[str, Any], **options: Any) -> str:
    """Return the one line about records of this kind."""
    lines, _error = checked(records, **options)
    (line,) = [line for line in lines if line.startswith(kind)]
    return line


def test_records_as_they_should_be_are_good():
    assert checked(good_records()) == (
        [
            "SPF   bounces.contoso.example: good: v=spf1 ip4:192.0.2.1 include:spf.provider.example -all,"
            " aligns with From (aspf=r)",
            "DKIM  portal._domainkey.contoso.example: good: rsa key of 2048 bits, aligns with From (adkim=r)",
            "DMARC _dmarc.contoso.example: good: v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.example",
        ],
        "",
    )


def test_a_domain_without_records_has_three_problems():
    lines, error = checked({})

    assert error == "3 of 3 records need attention."
    assert ["PROBLEM" in line for line in lines] == [True] * 3


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (None, "has no SPF record: publish a TXT record that begins with v=spf1"),
        ([], "has no SPF record"),
        (["v=spf10 -all"], "has no SPF record"),
        (["v=spf1 -all", "v=spf1 ~all"], "has 2 SPF records: keep one"),
        (["v=spf1 +all"], "lets every server send in your name"),
        (["V=SPF1 a mx ALL"], "lets every server send in your name"),
        (["v=spf1 include:nowhere.example -all"], "nowhere.example has no SPF record"),
        (["v=spf1 redirect=bounces.contoso.example"], "it includes itself"),
        (["v=spf1 " + "a:a.example " * 11 + "-all"], "it needs more than 10 look-ups"),
        (["v=spf1 include:eight.example include:eight.example -all"], "it needs more than 10 look-ups"),
        (SILENT, "DNS gave no answer about bounces.contoso.example (LifetimeTimeout): try again"),
        (BROKEN, "DNS gave no answer about bounces.contoso.example (NoNameservers): try again"),
    ],
)
def test_spf_that_lets_nobody_or_everybody_send_is_a_problem(texts: Any, words: str):
    records = good_records() | {"eight.example": ["v=spf1 " + "mx " * 8 + "-all"]}
    if texts is None:
        del records[SPF]
    else:
        records[SPF] = texts

    line = line_about("SPF", records)

    assert "PROBLEM" in line
    assert words in line


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1 a/24 mx:mail.example exists:%{i}.x.example ?include:%{d}.x.example ~all",
        "v=spf1 " + "mx " * 10 + "-all",
    ],
)
def test_spf_with_macros_and_ten_look_ups_is_good(text: str):
    assert "good" in line_about("SPF", good_records() | {SPF: [text]})


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([], "there are 0 keys"),
        ([f"v=DKIM1; p={'A' * 20}"], "its p= is no key: copy it again"),
        (["v=DKIM1; p=é!"], "its p= is no key: copy it again"),
        (["v=DKIM1; p="], "the key is revoked: its p= is empty"),
        (["p=a", "p=b"], "there are 2 keys"),
        ([f"v=DKIM1; t=s:y; p={key()}"], "the key is being tested (t=y)"),
        ([f"k=rsa; p={key(1024)[:-4]}"], "its p= is no key"),
    ],
)
def test_a_dkim_key_that_signs_nothing_is_a_problem(texts: list[str], words: str):
    line = line_about("DKIM", good_records() | {DKIM: texts})

    assert "PROBLEM" in line
    assert words in line


def test_a_key_that_is_too_short_or_of_another_kind_is_a_problem():
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    encoded = b64encode(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    # 512 bits, which no library makes any more.
    short = (
        "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALSBCpvpGbJnFAwlX8SxWw7tq2YlXbLHUSjE5bPHCYGN"
        "rHM5KcO7NKIWuS3dSBr8sR1N7sHpJVMPrMZ6W6o3R7sCAwEAAQ=="
    )

    assert "another kind" in line_about("DKIM", good_records() | {DKIM: [f"p={encoded}"]})
    assert "the key has 512 bits" in line_about("DKIM", good_records() | {DKIM: [f"p={short}"]})


def test_keys_behind_an_alias_and_ed25519_keys_are_good():
    alias = good_records() | {DKIM: "portal.provider.example", "portal.provider.example": [f"p={key()}"]}
    modern = good_records() | {DKIM: ["k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]}

    assert "good: rsa key of 2048 bits" in line_about("DKIM", alias)
    assert "good: ed25519 key" in line_about("DKIM", modern)


def test_without_a_selector_dkim_is_unknown_and_an_option_names_one(settings: Settings):
    settings.DKIM_SELECTORS = []

    assert "no selector is named: put those that your mail server signs with into DKIM_SELECTORS" in line_about(
        "DKIM", good_records()
    )
    assert "good" in line_about("DKIM", good_records(), selector=["portal"])


def test_each_selector_has_a_line(settings: Settings):
    settings.DKIM_SELECTORS = ["portal", "next"]

    lines, error = checked(good_records())

    assert [line.split(":")[0].split()[1] for line in lines if line.startswith("DKIM")] == [
        "portal._domainkey.contoso.example",
        "next._domainkey.contoso.example",
    ]
    assert error == "1 of 4 records need attention."


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["v=DMARC1"], "has no policy"),
        (["v=DMARC1; p=maybe"], "has no policy"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "has 2 DMARC records: keep one"),
        (["p=none; v=DMARC1"], "there is no DMARC record"),
        (BROKEN, "DNS gave no answer"),
    ],
)
def test_dmarc_without_a_policy_is_a_problem(texts: Any, words: str):
    line = line_about("DMARC", good_records() | {DMARC: texts})

    assert "PROBLEM" in line
    assert words in line


def test_a_domain_below_another_has_the_dmarc_record_of_its_organization(settings: Settings):
    settings.DEFAULT_FROM_EMAIL, settings.BOUNCE_ADDRESS = "cpor@portal.contoso.example", ""
    records = good_records() | {"portal.contoso.example": ["v=spf1 -all"]}

    lines, error = checked(records, selector=["portal@contoso.example"])

    assert error == ""
    assert "DMARC _dmarc.portal.contoso.example: good: v=DMARC1; p=quarantine" in lines[2]


def test_strict_alignment_asks_for_the_domain_itself(settings: Settings):
    strict = good_records() | {DMARC: ["v=DMARC1; p=reject; aspf=s; adkim=s"]}

    spf = line_about("SPF", strict)
    assert "PROBLEM: bounces.contoso.example doesn't align with contoso.example in From (aspf=s)" in spf
    assert "good: rsa key of 2048 bits, aligns with From (adkim=s)" in line_about("DKIM", strict)


def test_a_provider_that_signs_with_its_own_domain_does_not_align():
    records = good_records() | {"s1._domainkey.provider.example": [f"p={key()}"]}

    line = line_about("DKIM", records, selector=["s1@provider.example"])

    assert "PROBLEM: provider.example doesn't align with contoso.example in From (adkim=r)" in line


def test_what_strangers_publish_can_not_draw_on_the_terminal():
    records = good_records() | {DMARC: ["v=DMARC1; p=none; \\027[31mred\\010" + "x" * 300]}

    line = line_about("DMARC", records)

    assert line.isprintable()
    assert len(line) < 300


@pytest.mark.parametrize("server", ["ns.contoso.example", "192.0.2.300", "127.0.0.1:x"])
def test_a_server_that_is_no_address_is_refused(server: str):
    with pytest.raises(CommandError, match="is no address of a name server"):
        call_command("check_mail", server=server)


def test_a_sender_that_is_no_address_is_refused(settings: Settings):
    settings.DEFAULT_FROM_EMAIL = "portal"

    with pytest.raises(CommandError, match="DEFAULT_FROM_EMAIL"):
        call_command("check_mail", server="127.0.0.1")
