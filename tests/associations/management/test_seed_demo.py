"""The demo world: complete after the first run, and unchanged by the second."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from associations.choices import ClaimStatus
from associations.models import (
    Association,
    Claim,
    ClaimEvent,
    CustomerTenant,
    Partner,
    PartnerLocation,
    ProofOfExecution,
    Subscription,
)
from associations.rules.shown_status import ShownStatus
from insights.models import MonthlyUsage
from notifications.models import OutboxEmail

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

MODELS = (
    User,
    Partner,
    PartnerLocation,
    CustomerTenant,
    Subscription,
    Claim,
    ClaimEvent,
    ProofOfExecution,
    Association,
    OutboxEmail,
)


def count_rows():
    return {model.__name__: model.objects.count() for model in MODELS}


def test_claims_are_in_every_status(demo_world):
    assert set(Claim.objects.values_list("status", flat=True)) == {status.value for status in ClaimStatus}
    assert demo_world == "The demo world is loaded: 32 new claims.\n"
    assert {claim.shown_status for claim in Claim.objects.all()} == set(ShownStatus) - {ShownStatus.SUBMITTED}
    assert [claim.open_holds for claim in Claim.objects.with_email_to_read()] == [("customer_wrote",)]


@pytest.mark.usefixtures("demo_world")
def test_claims_became_official_when_their_window_ended():
    official = Claim.objects.filter(status=ClaimStatus.APPROVED)
    assert official.count() == 8
    assert all(claim.closed_at == claim.opt_out_closes_at for claim in official)
    assert {claim.official_by for claim in official} == {"no_reply"}


@pytest.mark.usefixtures("demo_world")
def test_one_claim_waits_for_its_contact_and_every_honest_contact_needs_no_reviewer():
    waiting = Claim.objects.contact_unconfirmed().get()
    assert waiting.name == "Tailspin security"
    others = Claim.objects.exclude(submitted_at=None).exclude(pk=waiting.pk)
    assert set(others.values_list("contact_policy", "contact_confirmed_by")) == {("hold", "domain")}


@pytest.mark.usefixtures("demo_world")
def test_a_claim_under_the_tenants_first_domain_name_needs_no_reviewer():
    claim = Claim.objects.get(name="Adventure Works devices")
    assert claim.domain_name == "adventureworks.onmicrosoft.com"
    assert claim.notices.get().contact_email == "matteo.riva@adventure-works.example"
    assert claim.contact_confirmed_by == "domain"


@pytest.mark.usefixtures("demo_world")
def test_one_request_was_handed_over_and_everybody_was_told():
    claim = Claim.objects.get(name="Proseware Teams")
    assert [notice.answer for notice in claim.notices.order_by("number")] == ["handed_over", ""]
    assert claim.shown_status is ShownStatus.OPT_OUT_PERIOD
    sent = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:", status="sent")
    assert {"hand_over_receipt", "request_handed_over"} <= set(sent.values_list("template", flat=True))


@pytest.mark.both
@pytest.mark.usefixtures("demo_world")
def test_the_second_run_adds_nothing(capsys):
    first = count_rows()

    call_command("seed_demo")

    assert count_rows() == first
    assert capsys.readouterr().out.endswith("The demo world is loaded: 0 new claims.\n")


@pytest.mark.usefixtures("demo_world")
def test_one_association_ends_soon_and_another_was_there_before():
    anna = Client()
    anna.login(email="admin@contoso.example", password="cpor-demo")
    endings = anna.get("/incentives/").context["endings"]
    assert [(line.claim and line.claim.name, line.held and str(line.held.product)) for line in endings.lines] == [
        (None, "Dynamics 365 Business Central"),
        ("Wide World sales", None),
    ]
    rows = anna.get("/associations/?tab=existing").context["rows"]
    assert [(str(row.held.product), bool(row.status.holds)) for row in rows] == [
        ("Dynamics 365 Business Central", True),
        ("Dynamics 365 Finance", False),
    ]


@pytest.mark.usefixtures("demo_world")
def test_its_usage_comes_a_month_late_and_reaches_back_a_year():
    call_command("seed_usage")

    months = MonthlyUsage.objects.order_by("month").values_list("month", flat=True).distinct()
    this_month = timezone.now().date().replace(day=1)
    assert len(months) == 13
    assert months[12] == (this_month - timedelta(days=1)).replace(day=1)


ACCOUNTS = {
    "admin@contoso.example": (False, False, ["incentives_admin"]),
    "user@contoso.example": (False, False, ["incentives_user"]),
    "admin@fabrikam.example": (False, False, ["incentives_admin"]),
    "reviewer@microsoft.example": (True, False, []),
    "root@microsoft.example": (True, True, []),
}


@pytest.mark.usefixtures("demo_world")
def test_everybody_signs_in_with_the_same_password():
    people = {email: User.objects.get(email=email) for email in ACCOUNTS}
    assert {
        email: (person.is_staff, person.is_superuser, list(person.memberships.values_list("role", flat=True)))
        for email, person in people.items()
    } == ACCOUNTS
    assert [Client().login(email=email, password="cpor-demo") for email in ACCOUNTS] == [True] * len(ACCOUNTS)


@pytest.mark.usefixtures("demo_world")
def test_locations_subscriptions_and_channels_are_of_every_kind():
    locations = PartnerLocation.objects.filter(partner__name="Contoso Consulting")
    enrolled = locations.filter(enrolments__status="enrolled").distinct()
    assert sorted(enrolled.values_list("mpn_id", flat=True)) == ["1234567", "4847383", "6363276"]
    assert locations.count() == 4
    subscriptions = Subscription.objects.all()
    assert set(subscriptions.values_list("state", flat=True)) == {
        "Active",
        "InGracePeriod",
        "Disabled",
        "Suspended",
        "Deprovisioned",
        "Expired",
    }
    assert set(subscriptions.values_list("channel", flat=True)) == {"VL", "WEB_DIRECT", "CSP"}
    assert subscriptions.filter(tenant__name="Adventure Works", product__code="D365_SALES").count() == 2
