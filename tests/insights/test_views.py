"""The pages of the usage data: latest figures, waiting, charts with tables, and the file."""

import csv
import io
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django.asserts import assertContains, assertNotContains

from associations.choices import MemberRole
from associations.models import CustomerTenant
from insights import views
from insights.models import MonthlyUsage
from tests import stories
from tests.factories import PartnerMemberFactory
from tests.insights.usage import DECEMBER, FILED, NOVEMBER, OCTOBER, figures, official, official_teams

pytestmark = pytest.mark.django_db

LIST = "/usage/"


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def customer_url(claim):
    return reverse("usage_customer", args=[claim.tenant.tenant_id])


def test_the_list_shows_the_latest_month_its_change_and_the_mark_before():
    claim = official_teams()
    figures(claim, OCTOBER, NOVEMBER, DECEMBER, active=98)

    page = browser(claim.created_by).get(LIST)

    assertContains(page, "Data as of Dec 2020")
    use = page.context["uses"][0]
    assert (use.latest.active, use.change, use.share, use.prior_mark) == (100, 1, 50, 99)
    assertContains(page, "100 of 200")
    assertContains(page, "From 98 in Oct 2020 to 100 in Dec 2020")


def test_an_item_without_figures_waits_for_its_first_data():
    claim = official_teams()

    client = browser(claim.created_by)

    for address in (LIST, customer_url(claim)):
        assertContains(client.get(address), "Waiting for the first data")


def test_without_associations_the_page_says_what_opens_it():
    claim = stories.submitted_claim()

    assertContains(browser(claim.created_by).get(LIST), "No usage data yet")


def test_words_narrow_the_list():
    claim = official_teams()
    claim.tenant.name = "Città"
    claim.tenant.save()
    client = browser(claim.created_by)

    assertContains(client.get(LIST, {"q": "CITTA"}), "Città")
    assertContains(client.get(LIST, {"q": claim.domain_name.upper()}), claim.tenant.name)
    assertContains(client.get(LIST, {"q": "teams"}), claim.tenant.name)
    assertContains(client.get(LIST, {"q": "nowhere"}), "No customer matches")


def test_one_customer_has_a_chart_with_its_table_per_item():
    claim = official_teams()
    figures(claim, OCTOBER, NOVEMBER)

    page = browser(claim.created_by).get(customer_url(claim))

    item = official(claim)
    assertContains(page, f'data-chart="use-{item.pk}-data"')
    assertContains(page, "Official since Oct 2020.")
    assertContains(page, "Monthly active users")


def test_a_subscription_counts_seats():
    claim = stories.approved_claim(at=FILED, claim=stories.complete_dynamics_claim(at=FILED))
    figures(claim, OCTOBER)

    page = browser(claim.created_by).get(customer_url(claim))

    assertContains(page, "Assigned seats")
    assertContains(page, "no figure")


def test_a_customer_of_another_partner_is_not_found():
    claim, others = official_teams(), official_teams()

    assert browser(claim.created_by).get(customer_url(others)).status_code == 404


def test_the_file_has_what_the_list_finds():
    first = official_teams()
    second = official_teams(location=first.location, created_by=first.created_by)
    for claim, name in ((first, "Forlì Viaggi"), (second, "Other")):
        claim.tenant.name = name
        claim.tenant.save()
        figures(claim, OCTOBER)
    client = browser(first.created_by)

    page = client.get(LIST, {"q": "forli"})
    response = client.get(page.context["csv_url"])

    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [row["Customer"] for row in rows] == ["Forlì Viaggi"]


def test_the_file_has_every_month_and_runs_no_formula():
    claim = official_teams()
    figures(claim, OCTOBER, NOVEMBER)
    claim.tenant.name = "=1+1 Contoso è"
    claim.tenant.save()

    response = browser(claim.created_by).get(reverse("usage_csv"))
    text = b"".join(response.streaming_content).decode()

    assert text.startswith('\ufeff"Customer","Directory ID (tenant ID)","Product","Subscription ID","Month","Active"')
    rows = text.splitlines()[1:]
    assert rows == [
        f'"\'=1+1 Contoso è","{claim.tenant.tenant_id}","Microsoft Teams","","2020-10-01","100","","200"',
        f'"\'=1+1 Contoso è","{claim.tenant.tenant_id}","Microsoft Teams","","2020-11-01","101","","200"',
    ]


def test_a_report_viewer_reads_and_takes_nothing_away():
    claim = official_teams()
    viewer = browser(PartnerMemberFactory(partner=claim.partner, role=MemberRole.REPORT_VIEWER).user)

    page = viewer.get(LIST)

    assertContains(page, claim.tenant.name)
    assertNotContains(page, "Export as CSV")
    assert viewer.get(reverse("usage_csv")).status_code == 404


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_costs_the_same_for_one_row_and_for_many(count, django_assert_num_queries):
    first = official_teams()
    claims = [
        first,
        *(official_teams(location=first.location, created_by=first.created_by) for _more in range(count - 1)),
    ]
    for claim in claims:
        figures(claim, OCTOBER, NOVEMBER)
    client = browser(first.created_by)

    with django_assert_num_queries(6):
        page = client.get(LIST)

    assert len(page.context["uses"]) == count


def test_the_pages_speak_italian():
    claim = official_teams()
    figures(claim, OCTOBER, NOVEMBER)
    claim.created_by.language = "it"
    claim.created_by.save()

    with translation.override("it"):
        page = browser(claim.created_by).get(LIST)

    assertContains(page, "Dati di utilizzo")
    assertContains(page, "Dati aggiornati a nov 2020")


def test_the_list_sorts_by_every_column_and_its_pages_stay_put():
    first = official_teams()
    same: dict[str, Any] = {"location": first.location, "created_by": first.created_by}
    waiting = stories.approved_claim(at=FILED, claim=stories.complete_dynamics_claim(at=FILED, **same))
    small, big, newcomer = (official_teams(**same) for _more in range(3))
    figures(first, OCTOBER, NOVEMBER, DECEMBER, active=40, available=50)
    figures(small, OCTOBER, NOVEMBER, active=5, available=500)
    figures(big, OCTOBER, NOVEMBER, DECEMBER, active=300, available=400)
    figures(newcomer, DECEMBER, active=41)
    MonthlyUsage.objects.filter(tenant=big.tenant, month=DECEMBER).update(active=250)
    for place, claim in enumerate((newcomer, big, first, waiting, small)):
        CustomerTenant.objects.filter(pk=claim.tenant_id).update(name=f"Customer {place}")
    client = browser(first.created_by)

    for way, expected in (
        ("", [newcomer, big, small, waiting, first]),
        ("customer", [newcomer, big, first, waiting, small]),
        ("-product", [newcomer, big, small, first, waiting]),
        ("-active", [big, first, newcomer, small, waiting]),
        ("-change", [small, first, big, newcomer, waiting]),
        ("share", [waiting, small, newcomer, big, first]),
        ("-mark", [big, first, small, newcomer, waiting]),
        ("-trend", [first, small, big, newcomer, waiting]),
        ("nonsense", [newcomer, big, small, waiting, first]),
    ):
        address, shown = f"{LIST}?sort={way}", []
        with patch.object(views, "ITEMS_A_PAGE", 2):
            while address:
                page = client.get(address)
                shown += [use.item.tenant for use in page.context["uses"]]
                address = page.context["older_url"]
        assert [tenant.pk for tenant in shown] == [claim.tenant_id for claim in expected], way

    page = client.get(f"{LIST}?q=customer&sort=-active")
    assertContains(page, 'aria-sort="descending"', count=1)
    assertContains(page, "?q=customer&amp;sort=active")
    assertContains(page, '<input type="hidden" name="sort" value="-active">', html=True)
