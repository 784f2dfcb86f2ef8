"""Existing associations are a tab of the list, with its columns, filters, order, pages and export."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.background import runner
from associations.choices import EndReason
from associations.forms.claim_list.columns import COLUMNS
from associations.forms.claim_list.existing import EXISTING_SORTS
from associations.models import Association, Job, PartnerLocation, Product
from tests.factories import (
    MONDAY,
    AssociationFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    SubscriptionFactory,
)
from tests.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LIST = reverse("claim_list") + "?tab=existing"
SOON, LATER = date(2020, 11, 30), date(2021, 6, 30)
TAB_QUERIES = 8


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def location() -> PartnerLocation:
    place: PartnerLocation = PartnerLocationFactory()
    return place


@pytest.fixture
def client(location: PartnerLocation) -> Client:
    return signed_in(PartnerMemberFactory(partner=location.partner).user)


def taken_over(
    location: PartnerLocation,
    customer: str = "Litware",
    *,
    ends_on: date | None = SOON,
    product: str = "D365_SALES",
    starts_at: datetime = MONDAY - timedelta(days=400),
    **facts: Any,
) -> Association:
    tenant = CustomerTenantFactory(name=customer)
    kind = Product.objects.get(code=product)
    subscription = SubscriptionFactory(tenant=tenant, product=kind, ends_on=ends_on) if ends_on else None
    held: Association = AssociationFactory(
        partner=location.partner,
        tenant=tenant,
        product=kind,
        subscription=subscription,
        is_migrated=True,
        starts_at=starts_at,
        **facts,
    )
    return held


def ended(location: PartnerLocation, customer: str = "Gone", **facts: Any) -> Association:
    return taken_over(location, customer, ended_at=MONDAY, end_reason=EndReason.SUBSCRIPTION_EXPIRED, **facts)


def listed(client: Client, query: str = "") -> list[str]:
    return [row.customer for row in client.get(LIST + query).context["rows"]]


def test_a_row_says_official_or_ended_with_the_dates(client: Client, location: PartnerLocation):
    held = taken_over(location, ends_on=LATER)
    taken_over(location, "Next", ends_on=SOON)
    ended(location)
    ProofFactory(claim=None, association=held)

    rows = {row.customer: row for row in client.get(LIST).context["rows"]}

    said = {name: (row.status.label, row.status.holds, row.status.sentence) for name, row in rows.items()}
    assert said == {
        "Litware": (
            "Official",
            (),
            "Ends with its subscription on Wed 30 Jun 2021. Official since Sun 15 Sep 2019.",
        ),
        "Next": (
            "Official",
            ("Ends soon",),
            "Ends with its subscription on Mon 30 Nov 2020. Official since Sun 15 Sep 2019.",
        ),
        "Gone": ("Ended", (), "Ended on Mon 19 Oct 2020. The subscription expired."),
    }
    assert rows["Litware"].activities.endswith("· 1 proof")
    assert rows["Next"].activities.endswith("· 0 proofs")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Next", "Litware", "Fabrikam", "Gone"]),
        ("&state=official", ["Next", "Litware", "Fabrikam"]),
        ("&state=ended", ["Gone"]),
        ("&product=D365_FIN", ["Litware"]),
        ("&area=M365", ["Fabrikam"]),
        ("&activity=presales", ["Gone"]),
        ("&activity=usage", ["Next", "Litware", "Fabrikam"]),
        ("&ending=1", ["Next"]),
        ("&q=lit", ["Litware"]),
        ("&q=lit&state=ended", []),
    ],
)
def test_filters_narrow_the_tab(client: Client, location: PartnerLocation, query: str, found: list[str]):
    taken_over(location, ends_on=LATER, product="D365_FIN")
    taken_over(location, "Fabrikam", ends_on=None, product="EXO")
    ended(location, activity_codes=("BA_PRESALES",))
    taken_over(location, "Next")

    assert listed(client, query) == found


def test_filters_are_pills_that_stay_on_the_tab(client: Client, location: PartnerLocation):
    taken_over(location)

    pills = client.get(f"{LIST}&q=x&state=ended&area=BA&activity=usage&product=D365_SALES&ending=1").context["pills"]

    assert [(pill.label, pill.value) for pill in pills] == [
        ("Search", "x"),
        ("Status", "Ended"),
        ("Solution area", "Business Applications"),
        ("Activity", "Usage"),
        ("Product", "Dynamics 365 Sales"),
        ("Ending within 60 days", ""),
    ]
    assert pills[0].query == "?tab=existing&state=ended&area=BA&activity=usage&product=D365_SALES&ending=1"


def test_what_nobody_can_mean_is_left_out_and_said(client: Client, location: PartnerLocation):
    taken_over(location)

    page = client.get(f"{LIST}&state=draft&product=NOPE&sort=location&area=X")

    assertContains(page, "were left out: state, area, product, sort.")
    assert [row.customer for row in page.context["rows"]] == ["Litware"]


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("key", EXISTING_SORTS)
def test_every_order_walks_all_once_down_and_up(client: Client, location: PartnerLocation, monkeypatch, key, sign):
    monkeypatch.setattr("associations.views.claim_list.existing.ITEMS_A_PAGE", 2)
    for number, product in enumerate(("D365_SALES", "D365_FIN", "EXO")):
        taken_over(
            location,
            f"Customer {number % 2}",
            product=product,
            ends_on=None if product == "EXO" else SOON + timedelta(days=number),
            starts_at=MONDAY - timedelta(days=10 - number),
        )
    ended(location)
    value = EXISTING_SORTS[key].by
    order = [f"{sign}value", f"{sign}pk"]
    expected = list(Association.objects.annotate(value=value).order_by(*order).values_list("pk", flat=True))

    first = client.get(f"{LIST}&sort={sign}{key}")
    second = client.get(first.context["older_url"])
    above = client.get(second.context["newer_url"])

    walked = [[row.held.pk for row in page.context["rows"]] for page in (first, second, above)]
    assert walked == [expected[:2], expected[2:], expected[:2]]
    assert second.context["older_url"] == ""


def test_heads_sort_what_the_tab_can_sort(client: Client, location: PartnerLocation):
    taken_over(location)

    heads = {head.key: head for head in client.get(LIST).context["heads"]}

    assert heads["customer"].url == "?tab=existing&sort=customer"
    assert (heads["status"].url, heads["status"].aria_sort) == ("?tab=existing&sort=-end", "ascending")
    assert (heads["number"].label, heads["number"].url) == ("Association", "")
    assert heads["location"].url == ""
    assert heads["changed"].url == "?tab=existing&sort=-changed"


def test_the_tab_shows_the_chosen_columns_and_choosing_comes_back_to_it(client: Client, location: PartnerLocation):
    held = taken_over(location)

    response = client.post(reverse("list_columns"), {"column": list(COLUMNS), "list": "?tab=existing&state=official"})

    assertRedirects(response, f"{LIST}&state=official")
    page = client.get(LIST)
    assertContains(page, str(held.tenant.tenant_id))
    assertContains(page, "Business Applications</span>")
    assertContains(page, "<span>–</span>", count=5)


def test_nothing_is_selected_on_the_tab(client: Client, location: PartnerLocation):
    taken_over(location)

    assertNotContains(client.get(LIST), 'name="claim"')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "?tab=existing"),
        ("?q=lit&show=ended", "?tab=existing&q=lit&state=ended"),
        ("?q=a%26tab%3Dx&show=x", "?tab=existing&q=a%26tab%3Dx"),
    ],
)
def test_an_old_address_leads_to_the_tab(client: Client, old: str, new: str):
    assertRedirects(client.get(f"/associations/existing/{old}"), f"/associations/{new}")


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    response: Any = client.get(f"{reverse('export_csv')}?tab=existing&separator=comma{query}")
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def test_the_export_has_the_columns_of_the_list_and_what_the_tab_shows(client: Client, location: PartnerLocation):
    later = taken_over(location, ends_on=LATER)
    taken_over(location, "Next")
    ended(location)
    AssociationFactory(is_migrated=True)
    claims: Any = client.get(f"{reverse('export_csv')}?separator=comma")
    head = b"".join(claims.streaming_content).decode("utf-8-sig").splitlines()[0]

    rows = exported(client)

    assert list(rows[0]) == next(csv.reader([head]))
    assert [row["Customer"] for row in rows] == ["Next", "Litware", "Gone"]
    assert [row["Status"] for row in rows] == ["Official", "Official", "Ended"]
    assert later.subscription
    assert (rows[1]["Items"], rows[1]["Subscription IDs"]) == (
        "Dynamics 365 Sales",
        str(later.subscription.subscription_id),
    )
    assert (rows[1]["Claim ID"], rows[1]["Official since"][:10]) == ("", "2019-09-15")
    assert (rows[2]["Ended"][:10], rows[2]["Why it ended"]) == ("2020-10-19", "The subscription expired")
    assert [row["Customer"] for row in exported(client, "&state=ended")] == ["Gone"]


def test_the_export_is_a_workbook_too(client: Client, location: PartnerLocation):
    taken_over(location)

    response: Any = client.get(f"{reverse('export_xlsx')}?tab=existing")

    assert b"".join(response.streaming_content)[:2] == b"PK"


def test_a_long_tab_is_written_in_the_background_as_a_short_one_is_handed_out(
    client: Client, location: PartnerLocation, settings: Any
):
    for name in ("Litware", "Next"):
        taken_over(location, name)
    ended(location)
    at_once = exported(client, "&state=official&sort=customer")
    settings.EXPORT_DIRECT_ROWS = 1

    page = client.get(f"{reverse('export_csv')}?tab=existing&separator=comma&state=official&sort=customer")
    assertContains(page, "The list has 2 associations.")
    asked = {"format": "csv", "query": page.context["query"]}
    client.post(reverse("start_export"), asked)
    assert runner.run_due_jobs(clock=lambda: MONDAY) == 1

    with Job.objects.get().file.open() as file:
        written = file.read().decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(written))) == at_once
    assert [row["Customer"] for row in at_once] == ["Litware", "Next"]


def test_the_tab_is_saved_as_a_view_and_is_the_current_one_when_opened(client: Client, location: PartnerLocation):
    taken_over(location)
    address = "?tab=existing&state=official&activity=usage"

    saved = client.post(reverse("view_new"), {"list": address, "name": "In force", "is_shared": ""})

    assertRedirects(saved, reverse("claim_list") + address, fetch_redirect_response=False)
    views = client.get(reverse("claim_list") + address).context["views"]
    assert [(view.label, view.url, view.is_current) for view in views] == [("In force", saved["Location"], True)]


@pytest.mark.parametrize("count", [1, 5])
def test_the_tab_takes_the_same_queries_for_any_number(
    client: Client, location: PartnerLocation, count: int, django_assert_num_queries: Any
):
    for number in range(count):
        taken_over(location, f"Customer {number}")
    # A process reads each edition of the program guide once.
    client.get(LIST)

    with django_assert_num_queries(TAB_QUERIES):
        assert len(client.get(LIST).context["rows"]) == count
