"""A claim closes, 24 months pass, and its people are forgotten; what was done can still be read and verified."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from associations.choices import OptOutReason
from associations.models import Claim, Contact
from associations.services.claim.answers import record_facts, stored_facts, version_of
from associations.services.comments.adding import add_comment
from associations.services.customer import answer
from associations.services.review import decisions
from notifications.models import ClockRun, Notification, OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from operations.clocks import run_clock
from tests import stories
from tests.factories import MONDAY
from tests.traces import traces_of

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

OPTED_OUT = datetime(2020, 10, 21, 9, 0, tzinfo=UTC)
RETENTION_ENDS = datetime(2022, 10, 21, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def declined_claim_full_of_people() -> Claim:
    """A claim on which everybody left a trace, and which the customer opted out of."""
    draft = stories.complete_revenue_claim()
    admin = stories.admin_of(draft)
    Contact.objects.filter(claim=draft, kind="customer").update(
        name="Carla Bianchi", title="Head of IT", email="carla@contoso.example"
    )
    facts = {"name": "Routes of Carla Bianchi"}
    version = version_of(stored_facts(draft, facts))
    record_facts(claim_id=draft.pk, group="details", facts=facts, version=version, by=admin, now=MONDAY)
    claim = stories.submitted_claim(claim=draft)
    add_comment(claim_id=claim.pk, text="Spoke with her deputy.", by=admin, now=MONDAY)
    deliver_due_emails(now=MONDAY)
    call_command("run_clocks", at=MONDAY + MINUTE)
    reviewer = stories.reviewer()
    decisions.start_review(claim_id=claim.pk, by=reviewer, now=MONDAY + stories.HOUR)
    add_comment(claim_id=claim.pk, text="Who signed this?", by=reviewer, now=MONDAY + stories.HOUR)
    answer.opt_out(
        notice_id=claim.notices.get().pk,
        answerer=answer.Answerer(name="Carlo Verdi", ip="203.0.113.7", user_agent="Firefox on a tablet"),
        reason=OptOutReason.OTHER,
        text="Call my mobile.",
        now=OPTED_OUT,
    )
    deliver_due_emails(now=OPTED_OUT)
    return stories.fresh(claim)


PEOPLE = (
    "Carla Bianchi",
    "Head of IT",
    "carla@contoso.example",
    "Tullio Neri",
    "Paolo Rossi",
    "@partner.example",
    "Sara Seller",
    "Spoke with her deputy",
    "Who signed this",
    "Carlo Verdi",
    "203.0.113.7",
    "Firefox",
    "Call my mobile",
    "statement-of-work.pdf",
)


def test_a_closed_claim_forgets_its_people_and_can_still_be_read(settings, django_capture_on_commit_callbacks):
    claim = declined_claim_full_of_people()
    proof = claim.proofs.get()
    stored_file, storage = str(proof.file.name), proof.file.storage
    before = facts_of(claim)
    lines = list(claim.events.values_list("kind", "from_status", "to_status", "at"))
    assert traces_of(PEOPLE).keys() == set(PEOPLE)
    assert Notification.objects.exists()

    with time_machine.travel(RETENTION_ENDS - MINUTE, tick=False):
        run_clock("forget_closed_claims")
    assert traces_of(PEOPLE).keys() == set(PEOPLE)

    settings.CPOR_RETENTION_MONTHS = 0
    with time_machine.travel(RETENTION_ENDS, tick=False):
        run_clock("forget_closed_claims")
        assert traces_of(PEOPLE).keys() == set(PEOPLE)
        settings.CPOR_RETENTION_MONTHS = 24
        with django_capture_on_commit_callbacks(execute=True):
            run_clock("forget_closed_claims")

    assert traces_of(PEOPLE) == {}
    assert not storage.exists(stored_file)
    assert not Notification.objects.exists()
    assert set(OutboxEmail.objects.values_list("status", flat=True)) == {"sent"}
    assert ClockRun.objects.filter(clock="forget_closed_claims").exists()

    after = facts_of(claim)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"name", "search_text", "dynamics_solution_seller_name", "history_head", "forgotten_at"}
    assert after["forgotten_at"] == RETENTION_ENDS
    assert claim.items.get().product.code == "D365_SALES"
    assert Claim.objects.matching(claim.tenant.name).get() == claim
    told = list(claim.events.values_list("kind", "from_status", "to_status", "at"))
    assert told == [*lines, ("forgotten", "", "", RETENTION_ENDS)]
    call_command("verify_history")

    with time_machine.travel(RETENTION_ENDS + timedelta(days=1), tick=False):
        run_clock("forget_closed_claims")
        assert claim.events.count() == len(told)
        read_as_partner(claim)
        read_as_reviewer(claim)


def facts_of(claim: Claim) -> dict[str, Any]:
    return dict(**Claim.objects.filter(pk=claim.pk).values().get())


def read_as_partner(claim: Claim) -> None:
    browser = Client()
    browser.force_login(claim.created_by)

    page = browser.get(reverse("claim_detail", args=[claim.public_id]))
    assertContains(page, "Personal data was removed")
    assertContains(page, "Friday 21 October 2022, 11:00 (CEST)")
    assertContains(page, "The customer opted out: ")
    assertContains(page, "Reason: Another reason.")
    assertContains(page, "Dynamics 365 Sales")
    assertContains(page, "File removed")
    assertContains(page, "Text removed", count=2)
    assertContains(page, "<li>Removed</li>", count=3, html=True)
    assertNotContains(page, "Not given")
    assertNotContains(page, "Sent to")
    assertNotContains(page, "None")

    history = browser.get(reverse("claim_history", args=[claim.public_id]))
    assertContains(history, "Personal data removed")
    assertContains(history, "The claim had been closed for 24 months")
    assertContains(history, "Customer opted out")
    assertContains(history, "Items: Dynamics 365 Sales")
    assertNotContains(history, "None")
    for name in ("claim_history_print", "claim_history_csv"):
        assert browser.get(reverse(name, args=[claim.public_id])).status_code == 200
    assertContains(browser.get(reverse("claim_list")), claim.number)
    gone = reverse("proof_download", args=[claim.public_id, claim.proofs.get().public_id])
    assert browser.get(gone).status_code == 404


def read_as_reviewer(claim: Claim) -> None:
    browser = Client()
    browser.force_login(User.objects.get(groups__permissions__codename="review_claim"))

    page = browser.get(reverse("admin:associations_claim_change", args=[claim.pk]))
    assertContains(page, "Personal data was removed")
    assertContains(page, "File removed")
    assertContains(page, "Text removed", count=2)
    assertContains(page, "<li>Removed</li>", count=3, html=True)
    download = reverse("admin:associations_claim_proof_preview", args=[claim.pk, claim.proofs.get().public_id])
    assert browser.get(download).status_code == 404
