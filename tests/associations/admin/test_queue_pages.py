"""The queue over a million claims: every order in pages that start at a row, and nothing counted to the end."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin import ModelAdmin, site
from django.contrib.admin.templatetags.admin_list import items_for_result
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from associations.admin import desk, queue
from associations.admin.queue_pages import ORDERS
from associations.choices import ClaimStatus
from associations.models import Claim
from associations.templatetags.queue import rows_of
from tests.factories import MONDAY, ClaimFactory, PartnerLocationFactory, ReviewerFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

QUEUE = reverse("admin:associations_claim_changelist")
DAY = timedelta(days=1)
COLUMNS = {name: number for number, name in enumerate(queue.QueueAdmin.list_display, start=1)}


@pytest.fixture
def client(client):
    client.force_login(ReviewerFactory())
    return client


@pytest.fixture
def seven(monkeypatch):
    monkeypatch.setattr(queue.QueueAdmin, "list_per_page", 3)
    location = PartnerLocationFactory()
    for number in range(7):
        claim = ClaimFactory(location=location if number % 2 else PartnerLocationFactory())
        status = (ClaimStatus.SUBMITTED, ClaimStatus.UNDER_REVIEW, ClaimStatus.CANCELLED)[number % 3]
        Claim.objects.filter(pk=claim.pk).update(
            status=status,
            submitted_at=MONDAY - (number % 4) * DAY,
            submitted_by=claim.created_by,
            review_due_at=MONDAY + (number % 2) * DAY if number % 3 else None,
            has_competing_claim=number % 2 == 0,
        )


def walk(client, query):
    pages, url = [], f"{QUEUE}{query}"
    while url:
        response = client.get(url)
        changelist = response.context["cl"]
        pages.append([claim.pk for claim in changelist.result_list])
        url = f"{QUEUE}{changelist.older_url}" if changelist.older_url else ""
    return pages, changelist


@pytest.mark.usefixtures("seven")
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("column", ORDERS)
def test_every_order_walks_the_whole_queue_once_and_back(client, column, sign):
    by, _field, is_turned = ORDERS[column]
    way = "-" if bool(sign) is not is_turned else ""
    sought = Claim.objects.annotate(value=by).order_by(f"{way}value", f"{way}pk")
    expected = list(sought.values_list("pk", flat=True))

    pages, last = walk(client, f"?o={sign}{COLUMNS[column]}")
    end = client.get(f"{QUEUE}?o={sign}{COLUMNS[column]}&end=1").context["cl"]
    above = client.get(QUEUE + last.newer_url).context["cl"]

    assert pages == [expected[:3], expected[3:6], expected[6:]]
    assert [claim.pk for claim in end.result_list] == expected[4:]
    assert [claim.pk for claim in above.result_list] == expected[3:6]


@pytest.mark.usefixtures("seven")
def test_filters_stay_on_every_page_and_start_again_at_the_first(client):
    first = client.get(f"{QUEUE}?has_competing_claim__exact=1&o=1").context["cl"]
    second = client.get(QUEUE + first.older_url).context["cl"]

    assert [len(page.result_list) for page in (first, second)] == [3, 1]
    assert "before=" not in second.get_query_string({"o": "2"})


@pytest.mark.usefixtures("seven")
@pytest.mark.parametrize("query", ["?before=x", "?after=é&end=", "?o=99", "?o=x.1", "?o=-", "?before=WyJhIl0"])
def test_an_address_nobody_made_shows_the_first_page(client, query):
    response = client.get(QUEUE + query)

    assert response.status_code == 200
    assert len(response.context["cl"].result_list) == 3


@pytest.mark.usefixtures("seven")
def test_nothing_is_counted_to_the_end_and_nothing_is_skipped_over(client, monkeypatch):
    monkeypatch.setattr(desk, "MOST_COUNTED", 2)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(f"{QUEUE}?end=1")

    # The new comments are counted for the claims of one page.
    counting = [query["sql"] for query in queries if "COUNT(" in query["sql"] and "GROUP BY" not in query["sql"]]
    assert [tab.count for tab in response.context["tabs"]] == [0, "2+", "2+", 0, 0, 0]
    assert all("LIMIT 3" in sql for sql in counting)
    assert not [query for query in queries if "OFFSET" in query["sql"]]


@pytest.mark.usefixtures("seven")
@pytest.mark.parametrize("query", ["", "?has_competing_claim__exact=1", "?q=%3Cb%3E&o=-1", "?status__exact=approved"])
@pytest.mark.parametrize("is_platform_admin", [False, True])
def test_the_rows_are_those_that_django_draws(client, query, is_platform_admin):
    if is_platform_admin:  # who has no boxes to select claims by
        client.force_login(UserFactory(is_staff=True, is_superuser=True))
    Claim.objects.filter(status=ClaimStatus.CANCELLED).update(name="<b>R&D</b>", review_due_at=None)
    Claim.objects.filter(has_competing_claim=True).update(reviewer=ReviewerFactory(full_name="Rita O'Hara"))

    changelist = client.get(QUEUE + query).context["cl"]

    # What makes a card of a row on a phone comes on top.
    drawn = [re.sub(r' data-label="[^"]*"| is-empty', "", "".join(row)) for row in rows_of(changelist)]
    assert drawn == ["".join(items_for_result(changelist, claim, None)) for claim in changelist.result_list]
    assert bool(drawn) is (query in ("", "?has_competing_claim__exact=1"))


def test_the_box_of_a_row_is_the_one_that_django_draws():
    claim = ClaimFactory()
    desk, stock = site.get_model_admin(Claim), ModelAdmin(Claim, site)

    assert desk.action_checkbox(claim) == stock.action_checkbox(claim)
