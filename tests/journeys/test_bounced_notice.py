"""Scenario 17: the customer's mail bounces, the partner corrects the address, and a full new window begins."""

import mailbox
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from associations.choices import ClaimStatus, ContactKind
from associations.models import Association
from associations.services.customer import undelivered_notice
from notifications.models import OutboxEmail
from operations.clocks import run_clock
from tests import stories
from tests.notifications.delivery_reports import returned

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

FILED = datetime(2020, 10, 19, 8, 0, tzinfo=UTC)
BOUNCED = datetime(2020, 10, 21, 6, 30, tzinfo=UTC)
CORRECTED = datetime(2020, 10, 22, 9, 0, tzinfo=UTC)
# Thursday's notice: the fifth business day is Thursday 29 October, whose end in Rome is 23:00 UTC.
NEW_DEADLINE = datetime(2020, 10, 29, 23, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def beat():
    """Let every clock of the portal run once."""
    run_clock("deliver_due_emails")
    run_clock("open_windows")
    run_clock("read_bounces")
    run_clock("note_undelivered_notices")
    run_clock("approve_unopposed_claims")
    run_clock("deliver_due_emails")


def link_to(reader):
    """The personal link in the newest mail to this reader that holds one."""
    bodies = [str(message.body) for message in mail.outbox if message.to == [reader]]
    links = [found.group(1) for body in bodies if (found := re.search(r"https://portal\.example(/c/[^/\s]+/)", body))]
    return links[-1]


def test_a_bounced_notice_is_corrected_and_its_window_starts_afresh(settings, tmp_path):
    settings.PORTAL_URL = "https://portal.example"
    settings.BOUNCE_MAILDIR = str(tmp_path / "bounces")
    bounces = mailbox.Maildir(settings.BOUNCE_MAILDIR, create=True)
    partner, customer = Client(), Client()

    with time_machine.travel(FILED, tick=False):
        claim = stories.submitted_claim(at=FILED)
        wrong = claim.contacts.get(kind=ContactKind.CUSTOMER).email
        beat()
    partner.force_login(claim.created_by)
    old_link = link_to(wrong)
    assert stories.fresh(claim).opt_out_closes_at == datetime(2020, 10, 26, 23, 0, tzinfo=UTC)

    with time_machine.travel(BOUNCED, tick=False):
        bounces.add(returned(claim.notices.get().email.message_id, to=wrong))
        beat()
        told = OutboxEmail.objects.get(template="notice_bounced")
        page = partner.get(reverse("claim_detail", args=[claim.public_id]))
    assert told.status == "sent"
    assert told.subject == f"{claim.number}: the notice to {claim.tenant.name} did not arrive"
    assertContains(page, "The notice did not reach the customer")
    assertContains(page, "Correct contact")

    # The first deadline passes in silence that nobody could have broken.
    with time_machine.travel(datetime(2020, 10, 22, 8, 0, tzinfo=UTC), tick=False):
        call_command("run_clocks", at=datetime(2020, 10, 27, 9, 0, tzinfo=UTC))
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED

    with time_machine.travel(CORRECTED, tick=False):
        answers = {
            "customer_name": "Dario Conti",
            "customer_title": "CIO",
            "customer_email": f"dario@{claim.domain_name}",
            "customer_language": "en",
        }
        response = partner.post(reverse("claim_correct_contact", args=[claim.public_id]), answers)
        assertRedirects(response, reverse("claim_detail", args=[claim.public_id]))
        beat()
        new_link = link_to(f"dario@{claim.domain_name}")
        assert customer.get(old_link).status_code == 404
        assertContains(customer.get(new_link, follow=True), claim.number)
    claim = stories.fresh(claim)
    assert (claim.opt_out_opens_at, claim.opt_out_closes_at) == (CORRECTED, NEW_DEADLINE)

    with time_machine.travel(NEW_DEADLINE - MINUTE, tick=False):
        beat()
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED
    with time_machine.travel(NEW_DEADLINE + MINUTE, tick=False):
        beat()
    assert stories.fresh(claim).status == ClaimStatus.APPROVED
    assert Association.objects.active().filter(claimed_products__claim=claim).count() == 2
    assert OutboxEmail.objects.filter(template="notice_bounced").count() == 1
    assert undelivered_notice.note_undelivered_notices(now=NEW_DEADLINE) == 0
