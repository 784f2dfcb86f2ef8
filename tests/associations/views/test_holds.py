"""Texts about a hold for partner and customer: who decides and by when, never the email itself (D19, D20)."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from associations import link_tokens
from associations.choices import HoldOutcome
from associations.models import CustomerNotice
from associations.services.customer import holds
from associations.services.review import holds as holding
from notifications.models import IncomingKind, OutboxEmail
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory

pytestmark = pytest.mark.django_db

UNCLEAR = IncomingKind.UNCLEAR_REPORT
WEDNESDAY = datetime(2020, 10, 21, 9, 0, tzinfo=UTC)
DUE = "Thu 22 Oct 2020, end of day (CEST)"
SECRET = "hired"


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


def partner(claim):
    client = Client()
    client.force_login(claim.created_by)
    return client


def detail(claim):
    return reverse("claim_detail", args=[claim.public_id])


@pytest.mark.parametrize(
    ("kind", "words", "what_next"),
    [
        (
            IncomingKind.REPLY,
            "The customer wrote to Microsoft about this request. A Microsoft reviewer reads it and decides.",
            "Until a Microsoft reviewer has read what the customer wrote",
        ),
        (
            UNCLEAR,
            "It is unclear whether the notice reached the customer. A Microsoft reviewer finds out.",
            "Until a Microsoft reviewer knows whether the notice arrived",
        ),
    ],
)
def test_the_claim_page_says_what_holds_the_claim_who_decides_and_by_when(kind, words, what_next):
    claim = stories.held_claim(kind=kind)

    page = partner(claim).get(detail(claim))

    assertContains(page, f"{words} Due: {DUE}.")
    assertContains(page, what_next)
    assertContains(page, "Mon 26 Oct 2020, end of day (CET)")
    assertNotContains(page, SECRET)


def test_the_list_and_the_sheet_say_that_a_reviewer_decides_and_by_when():
    claim = stories.held_claim()
    free = stories.noticed_claim(claim=stories.complete_claim(location=claim.location, created_by=claim.created_by))
    decided = stories.approved_claim(
        claim=stories.complete_claim(location=claim.location, created_by=claim.created_by, at=MONDAY - timedelta(30)),
        at=MONDAY - timedelta(days=30),
    )
    stories.receive(decided, at=WEDNESDAY)
    holds.hear_incoming_emails(now=WEDNESDAY)

    listed = partner(claim).get(reverse("claim_list"))
    exported = partner(claim).get(reverse("export_csv"), {"separator": "comma"})

    # In the row, and again for who points at what the row cuts off.
    assertContains(listed, f"A Microsoft reviewer decides on the hold by {DUE}.", count=2)
    rows = csv.DictReader(io.StringIO(b"".join(exported.streaming_content).decode("utf-8-sig")))
    due = {row["Claim ID"]: row["On hold: decision by a reviewer due"] for row in rows}
    assert due == {claim.number: "2020-10-22", free.number: "", decided.number: ""}


def test_the_history_tells_of_the_hold_and_of_its_end_without_a_word_of_the_text_or_the_reason():
    claim = stories.held_claim()
    holding.settle_hold(
        claim_id=claim.pk,
        hold_id=claim.holds.get().pk,
        outcome=HoldOutcome.LIFTED,
        reason="Never hired, but she withdrew that.",
        by=stories.reviewer(),
        now=WEDNESDAY,
    )

    history = partner(claim).get(reverse("claim_history", args=[claim.public_id]))

    for words in (
        "Customer wrote to Microsoft",
        f"A Microsoft reviewer decides by {DUE}",
        "Hold ended",
        "Customer wrote: Hold lifted",
        "Microsoft reviewer",
    ):
        assertContains(history, words)
    assertNotContains(history, SECRET)


def test_emails_to_reviewers_are_in_no_partners_history():
    claim = stories.claim_under_review()
    stories.receive(claim, at=WEDNESDAY)
    holds.hear_incoming_emails(now=WEDNESDAY)
    emails = OutboxEmail.objects.filter(template="hold_opened")
    emails.update(status="sent", sent_at=WEDNESDAY, subject="Please read it")

    assert emails.count() == 1
    assertNotContains(partner(claim).get(reverse("claim_history", args=[claim.public_id])), "Please read it")


def test_another_company_reads_nothing_of_it():
    claim = stories.held_claim()
    other = Client()
    other.force_login(PartnerMemberFactory().user)

    assert other.get(detail(claim)).status_code == 404


def test_a_claim_page_in_italian_says_it_too():
    claim = stories.held_claim()
    claim.created_by.language = "it"
    claim.created_by.save()
    client = partner(claim)
    client.cookies["django_language"] = "it"

    assertContains(client.get(detail(claim)), "Il cliente ha scritto a Microsoft su questa richiesta.")


# The customer


def opened(claim):
    """The customer's page, opened through the link of the notice's reminder."""
    token = link_tokens.make_token()
    CustomerNotice.objects.filter(claim=claim, revoked_at=None).update(reminder_token_digest=link_tokens.digest(token))
    client = Client()
    return client, client.get(reverse("customer_link", args=[token]), follow=True)


def test_the_customers_page_says_that_the_email_is_read_and_still_takes_an_answer():
    claim = stories.held_claim()

    _client, page = opened(claim)

    assertContains(page, "An email about this request has reached us. A Microsoft reviewer reads it.")
    assertContains(page, 'id="answer"')
    assertNotContains(page, "never hired")


def test_the_receipt_of_an_opt_out_that_was_written_says_who_recorded_it():
    claim = stories.held_claim()
    holding.settle_hold(
        claim_id=claim.pk,
        hold_id=claim.holds.get().pk,
        outcome=HoldOutcome.OPTED_OUT,
        reason="She never hired them.",
        by=stories.reviewer(),
        now=WEDNESDAY,
    )

    _client, page = opened(claim)

    assertContains(page, "Recorded by a Microsoft reviewer from an email")
    assertNotContains(page, "never hired")
    assertContains(partner(claim).get(detail(claim)), "The customer wrote to Microsoft, and a reviewer recorded")
