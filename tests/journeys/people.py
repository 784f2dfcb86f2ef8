"""People of a story: they open pages, fill in what they see, and read their email.

Nobody here calls a service. A page's hidden fields are sent back as a browser would; the clock is frozen by `at`.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from associations.models import Claim, Product
from associations.services.association import approval
from associations.services.customer import opt_out_period
from notifications.sending.delivery import deliver_due_emails
from tests import files
from tests.factories import (
    PASSWORD,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ReviewerFactory,
)

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
CARLA = {"customer_name": "Carla Bianchi", "customer_title": "Head of IT", "customer_email": "carla@contoso.example"}
TULLIO = {"technical_name": "Tullio Neri", "technical_title": "IT", "technical_email": "it@contoso.example"}
PAOLO = {"partner_name": "Paolo Rossi", "partner_email": "paolo@partner.example"}
OPT_OUT = {"answer": "opted_out", "name": "Carla Bianchi", "reason": "no_relation"}
APPROVE = {"answer": "approved", "name": "Carla Bianchi"}


def at(moment: str) -> time_machine.travel:
    """Stop the clock at an ISO moment."""
    return time_machine.travel(datetime.fromisoformat(moment), tick=False)


def moment(text: str) -> datetime:
    """The aware instant that an ISO text names."""
    return datetime.fromisoformat(text)


def beat(moment: str) -> None:
    """Let every clock run once as of *moment*."""
    now = datetime.fromisoformat(moment)
    opt_out_period.renew_promised_dates(now=now)
    while deliver_due_emails(now=now).tried:
        continue
    opt_out_period.open_windows(now=now)
    approval.approve_unopposed_claims(now=now)
    while deliver_due_emails(now=now).tried:
        continue


def words(page: Any) -> str:
    """The text that a person reads on a page or in an email."""
    text = str(page.body) if isinstance(page, EmailMessage) else re.sub(r"<[^>]+>", " ", page.content.decode())
    return " ".join(unescape(text).split())


def inbox(address: str) -> list[EmailMessage]:
    """The mails that reached *address*, oldest first."""
    return [message for message in mail.outbox if address in message.to]


def link_in(message: EmailMessage) -> str:
    """The path of the personal link in a notice."""
    found = re.search(r"https?://[^/\s]+(/c/[\w-]+/)", str(message.body))
    assert found, message.body
    return found[1]


@dataclass
class Person:
    """Somebody with a browser."""

    email: str = ""
    browser: Client = field(default_factory=Client)

    def sign_in(self) -> None:
        typed = {"login": self.email, "password": PASSWORD}
        response = self.browser.post(reverse("account_login"), typed)
        assert response.status_code == 302, words(response)

    def open(self, url: str) -> Any:
        return self.browser.get(url, follow=True)

    def fill_in(self, url: str, typed: dict[str, Any]) -> Any:
        """Open the page, fill it in, press its button, and follow where that leads."""
        page = self.open(url)
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(page.content.decode())}
        return self.browser.post(url, hidden | typed, follow=True)


@dataclass
class PartnerAdmin(Person):
    """An incentives admin, and the claim in front of them."""

    claim: Claim = field(default_factory=Claim)

    def step(self, key: str) -> str:
        return reverse("claim_step", args=[self.claim.public_id, key])

    def page(self, name: str) -> str:
        return reverse(name, args=[self.claim.public_id])

    def start(self, *, mpn_id: str = "1234567", domain_name: str = "contoso.example", tenant_id: str = "") -> Any:
        typed = {"location": mpn_id, "domain_name": domain_name, "tenant_id": tenant_id}
        response = self.fill_in(reverse("start_claim"), typed)
        newest = Claim.objects.order_by("pk").last()
        self.claim = newest or self.claim
        return response

    def answer(self, key: str, **typed: Any) -> Any:
        return self.fill_in(self.step(key), typed)

    def select(self, *codes: str, **picked: str) -> Any:
        """Select products by code; *picked* names a subscription ID per code."""
        numbers = dict(Product.objects.values_list("code", "pk"))
        selected = {f"product_{numbers[code]}": "on" for code in codes}
        picks = {f"subscription_{numbers[code]}": text for code, text in picked.items()}
        return self.answer("products", **selected, **picks)

    def upload(self, name: str = "statement-of-work.pdf") -> Any:
        return self.answer("proof", proofs=SimpleUploadedFile(name, files.pdf()))

    def submit(self) -> Any:
        return self.fill_in(self.page("claim_check"), {"data_is_right": "on", "customer_knows": "on"})

    def file_microsoft_365(self, *codes: str, language: str = "en") -> Any:
        """Go through the whole wizard for Microsoft 365 usage, and return the confirmation."""
        self.start()
        self.answer("work", solution_area="M365")
        self.answer("details", name="Contoso adoption")
        self.select(*codes)
        self.answer("contacts", **CARLA, **PAOLO, customer_language=language)
        self.upload()
        self.answer("comments", comment="")
        return self.submit()


@dataclass
class Reviewer(Person):
    """A Microsoft reviewer at the desk."""

    def decide(self, claim: Claim, action: str, **typed: Any) -> Any:
        return self.fill_in(reverse("admin:associations_claim_decide", args=[claim.pk, action]), typed)

    def look_at(self, claim: Claim) -> Any:
        return self.open(reverse("admin:associations_claim_change", args=[claim.pk]))


@dataclass
class Customer(Person):
    """The customer's contact, who has no account and one mail."""

    def open_link(self, message: EmailMessage) -> Any:
        return self.open(link_in(message))

    def answer_request(self, message: EmailMessage, typed: dict[str, str]) -> HttpResponse:
        """Open the link, answer, check, confirm; return the receipt."""
        self.open_link(message)
        self.fill_in(reverse("customer_decision"), typed)
        return self.fill_in(reverse("customer_confirm"), typed)


def anna() -> PartnerAdmin:
    """The incentives admin of Litware, which has one enrolled location; her customer is Contoso in Italy."""
    CustomerTenantFactory(name="Contoso", domain_name="contoso.example")
    location = PartnerLocationFactory(mpn_id="1234567", partner__name="Litware")
    PartnerMemberFactory(partner=location.partner, user__email="anna@litware.example")
    return PartnerAdmin(email="anna@litware.example")


def rita() -> Reviewer:
    """A reviewer of no company."""
    return Reviewer(email=ReviewerFactory(email="rita@microsoft.example").email)


def carla() -> Customer:
    """Contoso's contact."""
    return Customer(email="carla@contoso.example")
