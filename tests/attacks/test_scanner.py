"""A mail scanner with a whole browser's zeal: it opens every link, fills in nothing, and presses every button once."""

import re
from collections import deque
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html
from pytest_django import Settings

from accounts.models import User
from associations import link_tokens
from associations.choices import MemberRole
from associations.models import Claim, ClaimEvent, CustomerNotice
from notifications.sending.delivery import deliver_due_emails
from tests import stories
from tests.access.world import World, read_to_the_end, stored
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

MOST_STEPS = 400
LINK = re.compile(r"https?://[^\s<>\"]+")


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> World:
    settings.MAILBOX_DIR = tmp_path
    return World()


class Scanner:
    """Follows every link within the portal, and submits every form as it stands, once for each of its buttons."""

    def __init__(self) -> None:
        self.browser = Client()
        self.waiting: deque[tuple[str, str, dict[str, str]]] = deque()
        self.known: set[str] = set()
        self.pressed = 0

    def take(self, method: str, address: str, fields: dict[str, str] | None = None) -> None:
        """Remember to do this once."""
        place = urlsplit(address)
        step = f"{method} {place.path}?{place.query} {sorted((fields or {}).items())}"
        if place.netloc in ("", "testserver", "127.0.0.1:8000") and step not in self.known:
            self.known.add(step)
            self.waiting.append((method, place._replace(scheme="", netloc="").geturl(), fields or {}))

    def scan(self) -> None:
        """Go on until nothing new is found."""
        while self.waiting:
            assert len(self.known) < MOST_STEPS
            method, address, fields = self.waiting.popleft()
            response = getattr(self.browser, method)(address, fields, follow=True)
            read_to_the_end(response)
            self.pressed += method == "post"
            if response.content and response.headers.get("Content-Type", "").startswith("text/html"):
                self.read(response.content, response.redirect_chain[-1][0] if response.redirect_chain else address)

    def read(self, content: bytes, address: str) -> None:
        page = html.fromstring(content)
        for link in page.iter("a"):
            if link.get("href", "#").partition("#")[0]:
                self.take("get", urljoin(address, link.get("href")))
                self.take("head", urljoin(address, link.get("href")))
        for form in page.forms:
            fields = {name: value for name, value in form.form_values() if name != "csrfmiddlewaretoken"}
            buttons = form.xpath(".//button | .//input[@type='submit']")
            for button in buttons or [None]:
                name = button.get("name") if button is not None else None
                pressed = {name: button.get("value", "")} if name else {}
                self.take(form.method.lower(), urljoin(address, form.action or ""), fields | pressed)


def test_a_scanner_that_opens_and_presses_everything_decides_nothing():
    claims = [stories.submitted_claim(), stories.noticed_claim(), stories.approved_claim()]
    words = [email.secret for email in (CustomerNotice.objects.get(claim=claims[0]).email,)]
    tokens = [link_tokens.make_token() for _ in claims[1:]]
    for claim, token in zip(claims[1:], tokens, strict=True):
        CustomerNotice.objects.filter(claim=claim).update(token_digest=link_tokens.digest(token))
        words.append(f"/c/{token}/")
    before = list(Claim.objects.order_by("pk").values()), list(CustomerNotice.objects.order_by("pk").values())
    lines = ClaimEvent.objects.count()

    for link in words:
        scanner = Scanner()
        scanner.take("get", link)
        scanner.scan()
        assert scanner.pressed >= 3
        assert len(scanner.known) > 10
        assert any(step.startswith("post /verify/") for step in scanner.known)

    assert (
        list(Claim.objects.order_by("pk").values()),
        list(CustomerNotice.objects.order_by("pk").values()),
    ) == before
    assert ClaimEvent.objects.count() == lines


def test_a_scanner_hands_nothing_over_and_learns_nothing_more_from_an_old_link():
    fresh, old = stories.submitted_claim(), stories.submitted_claim()
    links = [claim.notices.get().email.secret for claim in (fresh, old)]
    stories.deliver_notice(old, at=MONDAY)
    stories.hand_over_to(stories.colleague_of(old), claim=old, at=MONDAY)
    before = stored()

    for link in links:
        scanner = Scanner()
        for path in (link, reverse("customer_hand_over"), reverse("customer_hand_over_confirm")):
            scanner.take("get", path)
            scanner.take("head", path)
        scanner.scan()
        scanner.take("post", reverse("customer_hand_over"), {"claim": fresh.number})
        scanner.take("post", reverse("customer_hand_over_confirm"), {"claim": fresh.number})
        scanner.scan()

    assert stored() == before


def test_no_link_of_any_mail_decides_anything_for_who_opens_and_presses_everything(world: World):
    member = world.claims["draft"].created_by
    Client().post(reverse("account_reset_password"), {"email": member.email})
    invitation = {"email": "new@partner.example", "role": MemberRole.INCENTIVES_USER, "all_locations": "on"}
    place = reverse("colleague_invite", args=[world.claims["draft"].partner_id])
    assert world.client("observer").post(place, invitation).status_code == 302
    deliver_due_emails(now=timezone.now())
    found = {link for message in mail.outbox for link in LINK.findall(str(message.body))} | {world.decision_link}
    assert len([link for link in found if "/password/reset/key/" in link]) == 2
    assert len(found) > 6
    before, accounts = stored(), list(User.objects.order_by("pk").values())

    opened = set()
    for link in sorted(found):
        scanner = Scanner()
        scanner.take("get", link)
        scanner.scan()
        opened |= {step.partition("?")[0] for step in scanner.known}

    assert stored() == before
    notice = world.claims["submitted"].notices.get()
    assert {f"get {reverse('request_open', args=[notice.pk])}", f"post {reverse('requests_ask')}"} <= opened
    assert list(User.objects.order_by("pk").values()) == accounts
