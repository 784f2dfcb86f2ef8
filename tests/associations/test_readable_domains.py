"""People read a customer's domain name in its own letters everywhere, with its ASCII form beside it."""

import csv
import re
from html import unescape
from importlib import import_module
from typing import Any, cast

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_str

from accounts.models import User
from associations.choices import ContactKind
from associations.models import Claim, Contact, CustomerTenant
from associations.services.customer.undelivered_notice import note_undelivered_notices
from notifications.incoming.delivery_reports import Action
from notifications.incoming.processing import BounceReport, note_report
from notifications.models import OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from tests import stories
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import MONDAY, CustomerTenantFactory, ReviewerFactory

pytestmark = pytest.mark.django_db

migration = import_module("associations.migrations.0035_customers_are_named_in_their_letters")
STORED = "xn--fa-giesserei-m9a.example"
READ = f"faß-giesserei.example ({STORED})"


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


def draft_of_a_foundry() -> Claim:
    claim = stories.complete_claim(domain_name=STORED)
    Contact.objects.filter(claim=claim, kind=ContactKind.CUSTOMER).update(email=f"juergen@{STORED}")
    User.objects.filter(pk=claim.created_by_id).update(email=f"ada@{STORED}")
    Contact.objects.filter(claim=claim, kind=ContactKind.PARTNER).update(email=f"eva@{STORED}")
    return stories.fresh(claim)


def told(response: Any) -> str:
    """Return what a page says, without tags and without the values of its fields."""
    page = "".join(map(force_str, response)) if response.streaming else response.content.decode()
    return unescape(re.sub(r"<[^>]+>", "", page))


def assert_reads_well(text: str) -> None:
    assert READ in text
    assert "xn--" not in text.replace(READ, "")


def person(claim: Claim) -> Client:
    return signed_in_just_now(stories.fresh(claim).created_by)


def test_a_draft_is_read_in_the_letters_of_the_domain_on_every_page():
    claim = draft_of_a_foundry()
    browser = person(claim)

    for page in ("claim_check", "claim_detail", "claim_history_print"):
        assert_reads_well(told(browser.get(reverse(page, args=[claim.public_id]))))
    assert_reads_well(told(browser.get(reverse("overview"))))
    assert_reads_well(told(browser.get(reverse("claim_list"))))
    step = browser.get(reverse("claim_step", args=[claim.public_id, "customer"])).content.decode()
    assert 'value="faß-giesserei.example"' in step
    contacts = browser.get(reverse("claim_step", args=[claim.public_id, "contacts"])).content.decode()
    assert 'value="juergen@faß-giesserei.example"' in contacts


def test_a_filed_claim_is_read_in_the_letters_of_the_domain_by_all_sides(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    claim = stories.submitted_claim(claim=draft_of_a_foundry())
    link = OutboxEmail.objects.get(pk=claim.notices.get().email_id).secret

    deliver_due_emails(now=MONDAY)

    receipt, notice = sorted(mail.outbox, key=lambda sent: STORED in sent.to[0] and "juergen" in sent.to[0])
    assert notice.to == [f"juergen@{STORED}"]
    for message in (receipt, notice):
        assert_reads_well(str(message.body))
        assert_reads_well(unescape(str(cast(mail.EmailMultiAlternatives, message).alternatives[0][0])))
    assert_reads_well(told(Client().get(link, follow=True)))
    browser = person(claim)
    for page in ("claim_submitted", "claim_detail", "claim_history", "claim_history_print"):
        assert_reads_well(told(browser.get(reverse(page, args=[claim.public_id]))))
    desk = signed_in_just_now(ReviewerFactory())
    assert_reads_well(told(desk.get(reverse("admin:associations_claim_change", args=[claim.pk]))))
    assert_reads_well(told(desk.get(reverse("admin:associations_claim_changelist"))))


def test_a_notice_that_did_not_arrive_names_the_address_in_its_letters():
    claim = stories.noticed_claim(claim=draft_of_a_foundry())
    message_id = claim.notices.get().email.message_id
    note_report(BounceReport(message_id=message_id, action=Action.FAILED, status="5.1.1", diagnostic=""), now=MONDAY)
    note_undelivered_notices(now=MONDAY)

    for page in ("claim_detail", "claim_correct_contact", "claim_resend"):
        assert_reads_well(told(person(claim).get(reverse(page, args=[claim.public_id]))))
    assert OutboxEmail.objects.get(template="notice_bounced").context["contact_email"] == f"juergen@{READ}"


def test_an_export_keeps_the_column_of_scripts_and_adds_one_for_people():
    claim = draft_of_a_foundry()

    response = person(claim).get(reverse("export_csv"), {"separator": "comma"})

    lines = "".join(map(force_str, response)).lstrip("\ufeff").splitlines()
    (cells,) = csv.DictReader(lines)
    assert cells["Customer domain name"] == STORED
    assert cells["Domain name in its own letters"] == "faß-giesserei.example"


def test_colleagues_and_the_own_account_are_read_in_the_letters_of_their_domain():
    claim = draft_of_a_foundry()
    User.objects.filter(pk=claim.created_by_id).update(full_name="")

    assert f"ada@{READ}" in told(person(claim).get(reverse("preferences")))
    desk = signed_in_just_now(User.objects.create_superuser("root@microsoft.example"))
    assert f"ada@{READ}" in told(desk.get(reverse("admin:accounts_user_changelist")))


def test_a_customer_whom_only_the_directory_knew_is_named_in_the_letters_of_the_domain():
    known = CustomerTenantFactory(name=STORED)
    known.domains.create(domain_name=STORED)
    other = CustomerTenantFactory(name="xn--not-its-domain.example")

    migration.name_in_letters(apps, connection.schema_editor())

    assert set(CustomerTenant.objects.values_list("pk", "name", "folded_name")) == {
        (known.pk, "faß-giesserei.example", "fass-giesserei.example"),
        (other.pk, other.name, other.name),
    }


def test_the_reference_data_shows_and_takes_a_domain_in_its_letters():
    tenant = CustomerTenantFactory()
    tenant.domains.create(domain_name=STORED)
    desk = signed_in_just_now(User.objects.create_superuser("root@microsoft.example"))

    page = desk.get(reverse("admin:associations_customertenant_change", args=[tenant.pk])).content.decode()

    assert 'value="faß-giesserei.example"' in page
    assert READ in page
