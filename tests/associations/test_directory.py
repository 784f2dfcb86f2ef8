"""The directory: the local table first, then a real HTTP server that answers well, badly, slowly or not at all."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.asserts import assertContains

from associations import directory
from associations.directory import DirectoryUnavailable, DomainTenantMismatch, DomainUnknown
from associations.models import Claim, CustomerTenant
from tests.factories import CustomerTenantFactory, PartnerLocationFactory, PartnerMemberFactory

pytestmark = pytest.mark.django_db

TENANT = UUID("11111111-2222-4333-8444-555555555555")


def document(issuer: str) -> bytes:
    return json.dumps({"issuer": issuer}).encode()


ANSWERS = {
    "good.example": (200, document(f"https://sts.windows.net/{TENANT}/")),
    "newer.example": (200, document(f"https://login.microsoftonline.com/{TENANT}/v2.0")),
    "unknown.example": (400, b'{"error":"invalid_tenant"}'),
    "garbage.example": (200, b"<html>"),
    "list.example": (200, b"[1]"),
    "other.example": (200, document("https://sts.windows.net/common/")),
    "huge.example": (200, b" " * 70_000),
    "broken.example": (500, b""),
    "redirect.example": (302, b""),
}


class Microsoft(BaseHTTPRequestHandler):
    """Answers as the name in the path says."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.split("/")[1]
        if name == "slow.example":
            time.sleep(0.6)
        status, body = ANSWERS.get(name, (404, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/good.example/.well-known/openid-configuration")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def microsoft(settings: Settings) -> Iterator[list[str]]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Microsoft) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        settings.DIRECTORY_URL = f"http://127.0.0.1:{server.server_port}"
        settings.DIRECTORY_TIMEOUT = 0.3
        Microsoft.asked = []
        yield Microsoft.asked
        server.shutdown()
        thread.join()


def test_the_local_table_is_asked_first(microsoft: list[str]):
    tenant = CustomerTenantFactory(domain_name="good.example")

    assert directory.tenant_of_domain("good.example") == tenant
    assert microsoft == []


def test_without_an_address_only_the_local_table_is_asked(settings: Settings):
    settings.DIRECTORY_URL = ""

    with pytest.raises(DomainUnknown):
        directory.tenant_of_domain("good.example")


@pytest.mark.parametrize("name", ["good.example", "newer.example"])
def test_a_tenant_found_in_public_is_written_down_once(microsoft: list[str], name: str):
    found, again = directory.tenant_of_domain(name), directory.tenant_of_domain(name)

    assert found == again
    assert (found.tenant_id, found.name, found.domains.get().domain_name) == (TENANT, name, name)
    assert microsoft == [f"/{name}/.well-known/openid-configuration"]


def test_a_second_domain_of_a_known_tenant_joins_it(microsoft: list[str]):
    known = CustomerTenantFactory(tenant_id=TENANT)

    assert directory.tenant_of_domain("good.example") == known
    assert known.domains.count() == 2
    with pytest.raises(DomainTenantMismatch):
        directory.confirmed_tenant("good.example", UUID(int=1))


@pytest.mark.parametrize("name", ["unknown.example", "not-there.example"])
def test_an_unknown_domain_is_remembered_as_unknown(microsoft: list[str], name: str):
    for _ in range(2):
        with pytest.raises(DomainUnknown) as refused:
            directory.tenant_of_domain(name)
        assert not isinstance(refused.value, DirectoryUnavailable)

    assert len(microsoft) == 1
    assert not CustomerTenant.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "slow.example",
        "garbage.example",
        "list.example",
        "other.example",
        "huge.example",
        "broken.example",
        "redirect.example",
    ],
)
def test_what_is_no_answer_is_told_apart_from_unknown_and_not_remembered(microsoft: list[str], name: str):
    for _ in range(2):
        with pytest.raises(DirectoryUnavailable):
            directory.tenant_of_domain(name)

    assert len(microsoft) == 2
    assert all(path.startswith(f"/{name}/") for path in microsoft)


def test_a_server_that_is_down_is_left_alone_and_asked_again_later(microsoft: list[str], settings: Settings):
    address, settings.DIRECTORY_URL = settings.DIRECTORY_URL, "http://127.0.0.1:1"
    for _ in range(3):
        with pytest.raises(DirectoryUnavailable):
            directory.tenant_of_domain("good.example")

    settings.DIRECTORY_URL = address
    with pytest.raises(DirectoryUnavailable):
        directory.tenant_of_domain("good.example")
    assert microsoft == []
    cache.delete(directory.FAILURES_KEY)
    assert directory.tenant_of_domain("good.example").tenant_id == TENANT


def test_the_wizard_takes_what_was_found_and_says_when_it_could_not_ask(microsoft: list[str]):
    location = PartnerLocationFactory()
    client = Client()
    client.force_login(PartnerMemberFactory(partner=location.partner).user)
    typed = {"location": location.mpn_id, "tenant_id": ""}

    refused = client.post(reverse("start_claim"), typed | {"domain_name": "broken.example"})
    assertContains(refused, "could not be checked")
    assertContains(refused, 'value="broken.example"')
    client.post(reverse("start_claim"), typed | {"domain_name": "https://GOOD.example/"})

    claim = Claim.objects.get()
    assert (claim.domain_name, claim.tenant.tenant_id) == ("good.example", TENANT)


def test_no_name_that_somebody_types_leads_the_question_elsewhere(microsoft: list[str]):
    location = PartnerLocationFactory()
    client = Client()
    client.force_login(PartnerMemberFactory(partner=location.partner).user)
    with socket.create_server(("127.0.0.1", 0)) as inside:
        port = inside.getsockname()[1]
        names = ["169.254.169.254", "localhost", "[::1]", "0x7f.1", "../../admin", "..%2f..%2fadmin", "ev il.example"]
        names += [f"http://127.0.0.1:{port}/", f"//127.0.0.1:{port}/x", f"evil.example@127.0.0.1:{port}"]
        names += [f"127.0.0.1:{port}#.example", f"file:///etc/passwd?{port}", "evil.example/../../admin"]
        names += ["evil.example\r\nHost: inside"]
        for name in names:
            client.post(reverse("start_claim"), {"location": location.mpn_id, "tenant_id": "", "domain_name": name})
        inside.settimeout(0.1)
        with pytest.raises(TimeoutError):
            inside.accept()

    assert not Claim.objects.exists()
    assert microsoft
    assert set(microsoft) <= {f"/{name}/.well-known/openid-configuration" for name in ("evil.example", "0x7f.1")}
