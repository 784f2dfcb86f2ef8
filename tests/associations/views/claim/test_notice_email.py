"""The partner looks at the email to the customer, before and after it leaves, without the customer's link and code."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from associations.models import Claim
from associations.rules.customer.notice_codes import printed_code
from notifications import outbox
from notifications.models import OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from tests.factories import MONDAY
from tests.people import author, url
from tests.stories import complete_claim, draft_claim, noticed_claim, submitted_claim

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


def email_of(claim: Claim, client: Client | None = None):
    return (client or author(claim)).get(url("notice_email", claim))


def test_a_complete_draft_shows_the_email_as_it_would_leave_today():
    claim = complete_claim()

    response = email_of(claim)

    assertContains(response, f"{claim.partner.name} asks Microsoft to record it as your partner")
    assertContains(response, "until the end of Monday 26 October 2020 (CET)")
    assertContains(response, 'title="[personal link of the customer]"')
    assertContains(response, "XXXX-XXXX")
    assert not OutboxEmail.objects.exists()


def test_it_is_in_the_language_of_the_email_and_not_of_the_reader():
    claim = complete_claim(language="it")
    client = author(claim)

    response = email_of(claim, client)
    page = client.get(url("claim_check", claim))

    assertContains(response, '<html lang="it"')
    assertContains(response, 'title="[link personale del cliente]"')
    assertNotContains(response, "personal link")
    assertContains(page, "[link personale del cliente]")
    assertContains(page, f'src="{url("notice_email", claim)}"')
    assertContains(page, "The email your customer receives")


def test_a_draft_that_is_not_complete_has_no_email():
    assert email_of(draft_claim()).status_code == 404


def test_it_runs_nothing_and_leads_nowhere():
    response = email_of(submitted_claim())

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "/c/" not in response.text
    assert re.findall(r'<a class="button"[^>]*href', response.text) == []


def test_the_pages_around_it_may_frame_it():
    draft, filed = complete_claim(), submitted_claim()

    for page in (author(draft).get(url("claim_check", draft)), author(filed).get(url("claim_detail", filed))):
        assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-src" not in author(filed).get(url("claim_history", filed)).headers["Content-Security-Policy"]


def test_the_partner_never_reads_the_code_of_the_notice():
    queued = submitted_claim()
    sent = submitted_claim()
    deliver_due_emails(now=MONDAY)

    for claim in (queued, sent):
        response = email_of(claim)
        assertNotContains(response, printed_code(claim.notices.get().code))
        assertContains(response, "XXXX-XXXX")


def test_what_was_sent_is_shown_as_it_was_sent():
    claim = submitted_claim()
    deliver_due_emails(now=MONDAY)
    Claim.objects.filter(pk=claim.pk).update(name="Changed since")
    email = OutboxEmail.objects.get(pk=claim.notices.get().email_id)
    OutboxEmail.objects.filter(pk=email.pk).update(html=email.html.replace("Dear Carla", "Hello Carla"))

    response = email_of(claim)

    assertContains(response, "Hello Carla")
    assertContains(response, 'title="[personal link removed]"')


def test_the_claim_page_offers_the_newest_email_with_its_subject():
    claim = submitted_claim()
    deliver_due_emails(now=MONDAY)

    page = author(claim).get(url("claim_detail", claim))

    assertContains(page, "Show the email to the customer")
    assertContains(page, f'src="{url("notice_email", claim)}"')
    assertContains(page, OutboxEmail.objects.get(pk=claim.notices.get().email_id).subject)


def test_an_email_that_was_erased_is_gone():
    claim = noticed_claim()
    outbox.forget(keys=[claim.notices.get().email.key], now=datetime(2023, 1, 1, tzinfo=UTC))

    assert email_of(claim).status_code == 404
    assertNotContains(author(claim).get(url("claim_detail", claim)), "Show the email to the customer")


def test_another_company_sees_no_email():
    claim = submitted_claim()

    assert email_of(claim, author(submitted_claim())).status_code == 404
