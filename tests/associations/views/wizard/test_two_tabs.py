"""A draft that is open in two tabs."""

import pytest
from pytest_django.asserts import assertContains

from associations.models import Claim
from tests import stories
from tests.associations.views.wizard.filling_in import STEPS, post, select, signed_in, url, version
from tests.factories import (
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db


def test_a_stale_tab_loses_nothing_and_overwrites_nothing(client, draft):
    stale = version(client, draft, "details")
    post(client, draft, "details", {"name": "From the first tab"})

    response = client.post(url(draft, "details"), {"version": stale, "name": "From the second tab"})

    assertContains(response, "These answers were changed elsewhere", status_code=409)
    assertContains(response, "<td>From the first tab</td>", status_code=409, html=True)
    assertContains(response, 'value="From the second tab"', status_code=409)
    assert Claim.objects.get().name == "From the first tab"


def test_stale_contacts_are_compared_person_by_person(client, complete):
    page = client.get(url(complete, "contacts"))
    answers = {"version": page.context["version"]} | {field.name: field.value() for field in page.context["form"]}
    client.post(url(complete, "contacts"), answers | {"customer_name": "Elena One", "partner_name": "Paolo One"})

    response = client.post(
        url(complete, "contacts"), answers | {"customer_name": "Elena Two", "partner_name": "Paolo"}
    )

    assert response.context["differences"] == [
        {"label": "Customer contact: Name", "saved": "Elena One", "typed": "Elena Two"},
        {"label": "Your company's contact: Name", "saved": "Paolo One", "typed": "Paolo"},
    ]


def test_what_a_page_only_suggests_is_not_called_saved(client, m365_draft):
    page = client.get(url(m365_draft, "contacts"))
    suggested = page.context["form"]["partner_email"].value()
    answers = {"version": page.context["version"], "customer_name": "Elena One"}
    client.post(url(m365_draft, "contacts"), answers | {"then": "later"})

    response = client.post(
        url(m365_draft, "contacts"), answers | {"customer_name": "Elena Two", "partner_email": suggested}
    )

    assert response.context["differences"] == [
        {"label": "Customer contact: Name", "saved": "Elena One", "typed": "Elena Two"},
        {"label": "Your company's contact: Email", "saved": "", "typed": suggested},
    ]


def test_no_two_questions_of_a_step_read_the_same(client):
    claim = stories.complete_dynamics_claim()
    SubscriptionFactory(tenant=claim.tenant)
    signed_in(client, claim.created_by)
    for step in STEPS:
        form = client.get(url(claim, step)).context["form"]
        questions = [form.question(field.name) for field in form.visible_fields()]
        assert len(set(questions)) == len(questions), step


def test_a_second_continue_is_a_knowing_overwrite(client, draft):
    stale = version(client, draft, "details")
    post(client, draft, "details", {"name": "From the first tab"})
    conflict = client.post(url(draft, "details"), {"version": stale, "name": "From the second tab"})

    client.post(url(draft, "details"), {"version": conflict.context["version"], "name": "From the second tab"})

    assert Claim.objects.get().name == "From the second tab"


def test_two_tabs_on_different_steps_do_not_meet(client, m365_draft):
    details, products = version(client, m365_draft, "details"), version(client, m365_draft, "products")

    client.post(url(m365_draft, "products"), {"version": products} | select("EXO"))
    response = client.post(url(m365_draft, "details"), {"version": details, "name": "New name"})

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("step", "answers"),
    [("details", {"name": "Twice"}), ("work", {"solution_area": "BA", "activity": "revenue"}), ("products", None)],
)
def test_a_doubled_continue_is_no_conflict(client, m365_draft, step, answers):
    page = {"version": version(client, m365_draft, step)} | (select("EXO", "TEAMS") if answers is None else answers)

    responses = [client.post(url(m365_draft, step), page) for _click in range(2)]

    assert [response.status_code for response in responses] == [302, 302]


def test_a_stale_list_of_products_shows_both_choices(client, m365_draft):
    stale = version(client, m365_draft, "products")
    post(client, m365_draft, "products", select("EXO"))

    response = client.post(url(m365_draft, "products"), {"version": stale} | select("TEAMS"))

    assert response.context["differences"] == [
        {"label": "Exchange Online", "saved": "Yes", "typed": "No"},
        {"label": "Microsoft Teams", "saved": "No", "typed": "Yes"},
    ]
