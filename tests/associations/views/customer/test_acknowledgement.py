"""**Acknowledge the work**: from the offer to the sealed document, and the words in which it is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from associations.choices import ContactKind
from associations.models import Acknowledgement, AcknowledgementCode, Claim
from associations.services.customer import acknowledgement as acknowledging
from associations.services.files.proof_reading import read_proofs
from associations.services.files.sealing import seal_acknowledgements
from tests import stories
from tests.associations.views.customer.customer_pages import DECISION, link_to, text_of
from tests.attacks.test_scanner import Scanner
from tests.seals.acknowledging import code_in

pytestmark = pytest.mark.django_db

FIRST, CODE, DONE = "/c/acknowledge/", "/c/acknowledge/code/", "/c/acknowledge/done/"
DOCUMENT = "/c/acknowledge/document/"
CARLA = {"name": "Carla Bianchi", "title": "IT manager"}


def asked(*, days_ago: int = 0) -> tuple[Claim, str]:
    """A claim whose customer is asked, filed some days ago, and its link."""
    at = timezone.now() - timedelta(days=days_ago)
    draft = stories.complete_claim(at=at)
    acknowledging.ask(claim_id=draft.pk, by=stories.admin_of(draft), now=at)
    claim = stories.submitted_claim(at=at, claim=draft)
    link = link_to(claim)
    stories.deliver_notice(claim, at=at)
    return stories.fresh(claim), link


def enter(client: Client, code: str, *, page: Any = None) -> Any:
    """Type *code* into the page as it is now, or into one that was opened before."""
    opened = page or client.get(CODE)
    version = html.fromstring(opened.content).xpath("//input[@name='version']/@value")
    return client.post(CODE, {"code": code, "version": version[0]}, follow=True)


def test_a_text_that_changed_after_it_was_read_is_shown_again_and_not_acknowledged(client: Client):
    claim, link = asked()
    client.get(link)
    client.post(FIRST, CARLA)
    opened = client.get(CODE)
    assert "Microsoft Teams" in text_of(opened)
    claim.items.filter(product__code="TEAMS").delete()

    page = enter(client, code_in(claim), page=opened)

    assert "The text has changed since you opened the page" in text_of(page)
    assert "Microsoft Teams" not in text_of(page)
    assert Acknowledgement.objects.get(claim=claim).given_at is None
    assert enter(client, code_in(claim), page=page).redirect_chain == [(DONE, 302)]
    assert "Microsoft Teams" not in Acknowledgement.objects.get(claim=claim).statement["products"]


def test_the_customer_reads_gets_a_code_enters_it_and_downloads_the_document(client: Client):
    claim, link = asked()
    page = client.get(link, follow=True)
    assert "also asks you to acknowledge the work it did" in text_of(page)

    first = text_of(client.get(FIRST))
    for told in (claim.partner.name, claim.tenant.name, str(claim.tenant.tenant_id), "Microsoft Teams", "deployed"):
        assert told in first
    address = claim.contacts.get(kind=ContactKind.CUSTOMER).email
    assert f"We sent a code to {address}." in text_of(client.post(FIRST, CARLA, follow=True))
    wrong = enter(client, f"{(int(code_in(claim)) + 1) % 1_000_000:06}")
    assert "This code doesn't work. Check it, or ask for a new one." in text_of(wrong)
    done = enter(client, code_in(claim))

    assert done.redirect_chain == [(DONE, 302)]
    assert "The sealed PDF is being written" in text_of(done)
    seal_acknowledgements(now=timezone.now())
    assert DOCUMENT in client.get(DONE).content.decode()
    document = client.get(DOCUMENT)
    assert document.getvalue().startswith(b"%PDF-")
    assert client.get(FIRST).headers["Location"] == DONE
    assert "You acknowledged the work." in text_of(client.get(DECISION))


def test_the_sealed_document_is_authentic_and_the_partner_sees_what_it_shows(client: Client):
    claim, link = asked()
    partner = Client()
    partner.force_login(claim.created_by)
    findings = reverse("claim_findings", args=[claim.public_id])
    assert "Asked of the customer" in text_of(partner.get(findings))
    client.get(link)
    client.post(FIRST, CARLA)
    enter(client, code_in(claim))
    seal_acknowledgements(now=timezone.now())
    read_proofs(now=timezone.now())
    document = client.get(DOCUMENT).getvalue()

    sent = {"check": "document", "document": SimpleUploadedFile("acknowledgement.pdf", document)}
    assert "Authentic" in text_of(Client().post("/verify/", sent))
    found = text_of(partner.get(findings))
    assert f"{claim.number}-acknowledgement.pdf , page 1: digital signature" in found
    assert "Asked of the customer" not in found
    assert "Not found" not in found


def test_what_is_missing_is_asked_for_and_nothing_is_sent(client: Client):
    claim, link = asked()
    client.get(link)

    page = client.post(FIRST, {"name": "Carla Bianchi", "title": ""})

    assert "Enter your job title" in text_of(page)
    assert 'value="Carla Bianchi"' in page.content.decode()
    assert client.get(CODE).headers["Location"] == FIRST
    assert not AcknowledgementCode.objects.filter(notice__claim=claim).exists()


def test_another_code_within_a_minute_is_refused_in_words(client: Client):
    _claim, link = asked()
    client.get(link)
    client.post(FIRST, CARLA)

    page = client.post(FIRST, CARLA, follow=True)

    assert "the last one was sent less than a minute ago" in text_of(page)
    assert AcknowledgementCode.objects.count() == 1


def test_after_the_window_it_is_refused_in_words(client: Client):
    _claim, link = asked(days_ago=30)
    page = client.get(link, follow=True)
    assert "acknowledge the work" not in text_of(page)

    assert "The opt-out period has ended" in text_of(client.get(FIRST, follow=True))
    assert "The opt-out period has ended" in text_of(client.post(CODE, {"code": "204816"}, follow=True))
    assert not Acknowledgement.objects.exclude(given_at=None).exists()


def test_who_was_not_asked_is_told_so(client: Client):
    claim = stories.submitted_claim(at=timezone.now())
    client.get(link_to(claim))

    assert "doesn't ask you to acknowledge the work" in text_of(client.get(FIRST, follow=True))
    assert client.get(DOCUMENT).status_code == 404


@pytest.mark.parametrize("address", [FIRST, CODE, DONE, DOCUMENT])
def test_without_the_personal_link_there_is_nothing(client: Client, address: str):
    asked()

    assert client.get(address).status_code == 404
    assert client.post(address, CARLA | {"code": "204816"}).status_code in (404, 405)


def test_a_scanner_that_opens_and_presses_everything_acknowledges_nothing_and_causes_no_code():
    _claim, link = asked()
    scanner = Scanner()
    for address in (link, FIRST, CODE, DONE):
        scanner.take("get", address)
        scanner.take("head", address)

    scanner.scan()
    scanner.take("post", CODE, {"code": ""})
    scanner.take("post", FIRST, {})
    scanner.scan()

    assert any(step.startswith(f"post {FIRST}") for step in scanner.known)
    assert not AcknowledgementCode.objects.exists()
    assert not Acknowledgement.objects.exclude(given_at=None).exists()


def test_the_partner_asks_on_the_step_of_the_proofs_and_reads_how_it_stands(client: Client):
    draft = stories.complete_claim(at=timezone.now())
    client.force_login(draft.created_by)
    step = reverse("claim_step", args=[draft.public_id, "proof"])
    ask = reverse("ask_for_acknowledgement", args=[draft.public_id])
    assert "Ask the customer to acknowledge the work" in text_of(client.get(step))

    page = client.post(ask, {"wanted": "yes", "next": f"{step}?next=check"}, follow=True)

    assert page.redirect_chain == [(f"{step}?next=check#acknowledgement", 302)]
    assert text_of(page).count("Asked of the customer on") == 2
    assert "Asked of the customer on" in text_of(client.get(reverse("claim_check", args=[draft.public_id])))
    client.post(ask, {"wanted": "no"})
    assert not Acknowledgement.objects.exists()


def test_without_a_key_the_partner_is_not_offered_to_ask(client: Client, settings):
    settings.SEAL_FOLDER = ""
    draft = stories.complete_claim(at=timezone.now())
    client.force_login(draft.created_by)

    assert "acknowledge the work" not in text_of(client.get(reverse("claim_step", args=[draft.public_id, "proof"])))
    client.post(reverse("ask_for_acknowledgement", args=[draft.public_id]), {"wanted": "yes"})
    assert not Acknowledgement.objects.exists()
