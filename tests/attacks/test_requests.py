"""Requests that somebody else has made up: forged, led astray, with fields and headers that no page has."""

import logging
import re
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from associations.models import Claim, ClaimEvent, Contact, CustomerNotice
from notifications.sending.delivery import deliver_due_emails
from operations.logs import JsonFormatter, LineFormatter, WithoutTokens
from tests.access.matrix import MATRIX
from tests.access.world import World, addresses, desk_address, read_to_the_end, stored
from tests.factories import PASSWORD, UserFactory
from tests.journeys.people import APPROVE, Customer, anna, rita

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

# What a page may be reached by that no sign-in protects from forgery: its caller signs what it sends.
SIGNED_INSTEAD = {"delivery_reports"}
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "\thttps://evil.example/",
)


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> World:
    settings.MAILBOX_DIR = tmp_path
    return World()


def everywhere(world: World) -> set[str]:
    """Return an example of every address: the matrix's, the desk's, and those of allauth."""
    found = {world.address(*row) for row in MATRIX}
    for name, pattern in addresses():
        if name.startswith("admin:") and pattern.name:
            found.add(desk_address(name, pattern, world))
        if name.startswith("account_"):
            found.add(reverse(name, kwargs=dict.fromkeys(pattern.pattern.regex.groupindex, "1")))
    return found


def is_exempt(pattern: URLPattern) -> bool:
    return bool(getattr(pattern.callback, "csrf_exempt", False))


def test_every_address_refuses_a_forged_post(world: World):
    assert {name for name, pattern in addresses() if is_exempt(pattern)} == SIGNED_INSTEAD
    before = stored()
    signed = {reverse(name) for name in SIGNED_INSTEAD}

    for person in ("incentives admin", "reviewer", "platform admin"):
        browser = Client(enforce_csrf_checks=True)
        user: Any = world.people[person]
        browser.force_login(user)
        answers = {address: browser.post(address).status_code for address in everywhere(world) - signed}
        assert {address: status for address, status in answers.items() if status != 403} == {}

    assert stored() == before


def leads_away(response: Any) -> bool:
    """Return whether the answer sends the browser, or offers to send it, out of the portal."""
    if "evil" in response.headers.get("Location", "").partition("?")[0]:
        return True
    if response.streaming:
        read_to_the_end(response)
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    page = response.content.decode() if is_page else ""
    return bool(re.search(r"""(href|action|src)=["']?\s*(https?:|//|/\\|javascript:)[^"'?]*(evil|alert)""", page))


def test_no_address_leads_out_of_the_portal(world: World):
    person = world.claims["draft"].created_by
    browser = world.client("incentives admin")
    browser.get(world.decision_link)
    asked = dict.fromkeys(("next", "return_url", "back", "url", "redirect_to", "continue"), ELSEWHERE[0])
    assert {place for place in everywhere(world) if leads_away(browser.get(place, asked))} == set()

    credentials = {"login": person.email, "password": PASSWORD}
    for elsewhere in ELSEWHERE:
        there = {"next": elsewhere}
        forms = ((reverse("account_login"), credentials), (reverse("set_language"), {"language": "en"}))
        visitor = Client()
        for place, typed in (*forms, (reverse("account_logout"), {})):
            assert not leads_away(visitor.get(place, there)), (place, elsewhere)
            assert not leads_away(visitor.post(place, typed | there)), (place, elsewhere)


class Greedy(Client):
    """A browser that adds to every form the fields of the rows behind it."""

    fields: dict[str, str] = {}

    def post(self, path: Any, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        return super().post(path, self.fields | (data or {}), *args, **kwargs)


def greedy_fields() -> dict[str, str]:
    """Return a value for every column of a claim, its people and its notice that no form asks for."""
    asked = {
        "name",
        "title",
        "email",
        "language",
        "kind",
        "domain_name",
        "tenant_id",
        "solution_area",
        "answer",
        "file",
        "has_weekly_digest",
    }
    fields = {}
    for model in (User, Claim, Contact, CustomerNotice):
        for field in model._meta.concrete_fields:
            for name in {field.name, field.attname} - asked:
                kind = field.get_internal_type()
                fields[name] = {
                    "BooleanField": "on",
                    "DateTimeField": "2020-01-01 00:00",
                    "CharField": "approved",
                }.get(kind, "1")
    return fields


def seen(row: Model) -> dict[str, str]:
    """Return what a row states, without what is new in every journey: numbers, the very moment, random keys."""
    facts = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.name)
        if isinstance(value, datetime):
            value = "long ago" if value.year == 2020 else "lately"
        if field.name not in ("password", "public_id", "token_digest", "code", "history_head"):
            facts[field.name] = re.sub(r"[0-9a-f]*\d[0-9a-f-]*", "#", str(value))
    return facts


def journey(browser: type[Client]) -> list[dict[str, str]]:
    """Let a claim go from the wizard to the customer's approval, and return what is stored of it and its people."""
    partner, reviewer, customer = anna(), rita(), Customer(browser=browser())
    partner.browser = reviewer.browser = browser()
    partner.sign_in()
    facts = {"full_name": "Anna", "language": "en", "time_zone": "Europe/Rome"}
    assert partner.fill_in(reverse("preferences"), facts).status_code == 200
    partner.file_microsoft_365("EXO", "TEAMS")
    reviewer.browser = browser()
    reviewer.browser.force_login(User.objects.get(email=reviewer.email))
    reviewer.decide(partner.claim, "start_review")
    notice = CustomerNotice.objects.select_related("email").get(claim=partner.claim)
    customer.open(notice.email.secret)
    customer.fill_in(reverse("customer_decision"), APPROVE)
    customer.fill_in(reverse("customer_confirm"), APPROVE)
    rows: list[Model] = [Claim.objects.get(pk=partner.claim.pk), *CustomerNotice.objects.all()]
    rows += [*Contact.objects.order_by("kind"), *User.objects.order_by("email"), *ClaimEvent.objects.order_by("pk")]
    return [seen(row) for row in rows]


def test_fields_that_no_page_has_change_nothing(settings: Settings):
    settings.MAILBOX_DIR = None
    with transaction.atomic():
        honest = journey(Client)
        transaction.set_rollback(True)
    Greedy.fields = greedy_fields()

    greedy = journey(Greedy)

    assert {"status", "partner", "is_superuser", "requires_validation", "reviewer_id"} <= Greedy.fields.keys()
    assert honest[0]["status"] == "approved"
    assert [row for row in greedy if row not in honest] == []
    assert len(greedy) == len(honest) > 10


def test_whoever_knows_a_session_from_before_does_not_know_it_after(world: World):
    """A session that somebody planted in this browser is worth nothing after a sign-in, or after a link was opened."""
    browser = Client()
    browser.post(reverse("set_language"), {"language": "it"})
    for opens in (
        lambda: browser.get(world.decision_link),
        lambda: browser.post(
            reverse("account_login"), {"login": world.claims["draft"].created_by.email, "password": PASSWORD}
        ),
    ):
        planted = browser.session
        planted["planted"] = True
        planted.save()
        browser.cookies["sessionid"] = str(planted.session_key)
        assert opens().status_code == 302
        thief = Client()
        thief.cookies["sessionid"] = str(planted.session_key)
        assert thief.get(reverse("customer_decision")).status_code == 404
        assert thief.get(reverse("overview")).status_code == 302
    assert browser.get(reverse("overview")).status_code == 200


def test_links_in_mails_lead_to_the_portal_whatever_host_was_asked(settings: Settings):
    settings.ALLOWED_HOSTS, settings.PORTAL_URL = ["*"], "https://portal.example"
    user = UserFactory()

    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    response = Client().post(reverse("account_reset_password"), {"email": user.email}, headers=forged)

    assert response.status_code == 302
    deliver_due_emails(now=timezone.now())
    (message,) = mail.outbox
    assert "https://portal.example/accounts/password/reset/key/" in str(message.body)
    assert "evil" not in str(message.message())


@pytest.mark.parametrize("formatter", [LineFormatter, JsonFormatter])
def test_no_address_forges_a_line_of_the_log(formatter: type[logging.Formatter], settings: Settings):
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(WithoutTokens())
    handler.setFormatter(formatter())
    logging.getLogger().addHandler(handler)
    logger = logging.getLogger("operations.request_log")
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        Client().get("/nowhere%0a2026-11-25%2012:00:00%20INFO%20forged%0d%1b[31mred")
    finally:
        logging.getLogger().removeHandler(handler)
        logger.setLevel(level)

    lines = written.getvalue().splitlines()
    assert len(lines) == 2
    assert not [line for line in lines if line.startswith("2026-11-25 12:00:00 INFO forged") or "\x1b" in line]


def test_no_file_name_breaks_a_header(world: World):
    claim = world.claims["submitted"]
    proof = claim.proofs.get()
    type(proof).objects.filter(pk=proof.pk).update(
        name='a"; filename="b.html\r\nSet-Cookie: sessionid=1\r\n\r\n<b>.pdf'
    )

    response = world.client("incentives admin").get(reverse("proof_download", args=[claim.public_id, proof.public_id]))

    read_to_the_end(response)
    assert response.status_code == 200
    assert [value for value in response.headers.values() if "\n" in value or "\r" in value] == []
    assert "sessionid" not in response.cookies
