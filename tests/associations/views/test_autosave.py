"""A draft's answers are saved while they are typed, and never at the cost of somebody else's."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from associations.models import Claim, Product
from tests import stories

pytestmark = pytest.mark.django_db

AT_10_42 = datetime(2020, 10, 19, 8, 42, tzinfo=UTC)


@pytest.fixture
def draft(client: Client) -> Claim:
    """A Microsoft 365 draft of the signed-in incentives admin, whose clock says 10:42."""
    claim = stories.draft_claim(solution_area="M365", activity_codes=("M365_USAGE",), name="Adoption")
    client.force_login(claim.created_by)
    return claim


def url(claim: Claim, step: str) -> str:
    return reverse("claim_step", args=[claim.public_id, step])


def version_on(client: Client, claim: Claim, step: str) -> str:
    return str(client.get(url(claim, step)).context["version"])


def save(client: Client, claim: Claim, step: str, version: str, **typed: str) -> tuple[bool, dict[str, Any]]:
    """Send what is typed so far, as the page's script does."""
    with time_machine.travel(AT_10_42, tick=False):
        response = client.post(url(claim, step), typed | {"version": version, "then": "quiet"})
    assert response.status_code == 200
    answer = response.json()
    return answer["version"] != "", answer


def test_leaving_a_field_saves_and_says_when(client, draft):
    is_saved, answer = save(client, draft, "details", version_on(client, draft, "details"), name="Contoso adoption")

    assert (is_saved, answer["text"]) == (True, "Saved 10:42")
    assert stories.fresh(draft).name == "Contoso adoption"
    assert answer["version"] == version_on(client, draft, "details")


def test_the_next_field_goes_on_from_what_was_saved(client, draft):
    first = version_on(client, draft, "contacts")

    _was, answer = save(client, draft, "contacts", first, customer_name="Carla Bianchi")
    is_saved, _answer = save(
        client, draft, "contacts", answer["version"], customer_name="Carla Bianchi", customer_title="Head of IT"
    )

    assert is_saved
    stored = draft.contacts.get(kind="customer")
    assert (stored.name, stored.title) == ("Carla Bianchi", "Head of IT")


def test_selected_products_are_saved(client, draft):
    teams = Product.objects.get(code="TEAMS")
    typed = {f"product_{teams.pk}": "on"}

    is_saved, _answer = save(client, draft, "products", version_on(client, draft, "products"), **typed)

    assert (is_saved, [item.product for item in draft.items.all()]) == (True, [teams])


def test_a_wrong_answer_is_not_saved_and_the_page_says_so(client, draft):
    version = version_on(client, draft, "contacts")

    is_saved, answer = save(
        client, draft, "contacts", version, customer_name="Carla", customer_email="carla at contoso"
    )

    assert (is_saved, answer["text"]) == (False, "Not saved yet: an answer needs a correction.")
    assert not draft.contacts.exists()


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(client, draft):
    version = version_on(client, draft, "details")
    save(client, draft, "details", version, name="From the first tab")

    is_saved, _answer = save(client, draft, "details", version, name="From the second tab")

    assert not is_saved
    assert stories.fresh(draft).name == "From the first tab"
    conflict = client.post(url(draft, "details"), {"version": version, "name": "From the second tab"})
    assertContains(conflict, "From the first tab", status_code=409)
    assertContains(conflict, "Take the saved answers", status_code=409)


def test_continue_shows_both_versions_although_answers_are_missing(client, draft):
    """A stale tab asks nothing before the person has seen both versions."""
    version = version_on(client, draft, "contacts")
    save(client, draft, "contacts", version, customer_title="Head of IT")
    is_saved, answer = save(client, draft, "contacts", version, customer_title="CIO")
    assert (is_saved, answer["text"]) == (
        False,
        "Not saved: these answers were changed elsewhere. Continue shows both versions.",
    )

    conflict = client.post(url(draft, "contacts"), {"version": version, "customer_title": "CIO"})

    assertContains(conflict, "These answers were changed elsewhere", status_code=409)
    assertContains(conflict, "<td>Head of IT</td>", status_code=409, html=True)
    assertContains(conflict, "<td>CIO</td>", status_code=409, html=True)
    assertNotContains(conflict, "There is a problem", status_code=409)
    assertContains(conflict, 'value="CIO"', status_code=409)


def test_both_versions_are_shown_beside_an_answer_that_needs_a_correction(client, draft):
    version = version_on(client, draft, "contacts")
    save(client, draft, "contacts", version, customer_title="Head of IT")

    typed = {"version": version, "customer_title": "CIO", "customer_email": "carlo at contoso"}
    conflict = client.post(url(draft, "contacts"), typed)

    assertContains(conflict, "<td>CIO</td>", status_code=409, html=True)
    assertContains(conflict, "Enter an email address such as name@contoso.com.", status_code=409)
    assert draft.contacts.get(kind="customer").title == "Head of IT"


def test_a_refused_answer_that_nobody_else_touched_is_no_conflict(client, draft):
    version = version_on(client, draft, "contacts")

    refused = client.post(url(draft, "contacts"), {"version": version, "customer_title": "CIO"})

    assertContains(refused, "There is a problem")
    assertNotContains(refused, "changed elsewhere")


def test_the_same_answers_sent_twice_are_saved(client, draft):
    version = version_on(client, draft, "details")

    answers = [save(client, draft, "details", version, name="Contoso adoption") for _time in range(2)]

    assert answers[0] == answers[1]
    assert answers[0][0] is True


@pytest.mark.parametrize("step", ["customer", "work", "proof", "comments"])
def test_what_takes_items_along_or_only_adds_is_never_saved_quietly(client, draft, step):
    assertNotContains(client.get(url(draft, step)), "data-autosave")

    response = client.post(url(draft, step), {"then": "quiet", "comment": "Hello", "solution_area": "BA"})

    assert response.status_code == 404
    assert not draft.comments.exists()
    assert stories.fresh(draft).solution_area == "M365"


def test_a_filed_claim_is_never_saved_quietly(client):
    claim = stories.claim_needing_action()
    client.force_login(claim.created_by)

    assertNotContains(client.get(url(claim, "contacts")), "data-autosave")
    assert client.post(url(claim, "contacts"), {"then": "quiet", "customer_name": "Eve"}).status_code == 404
    assert not claim.contacts.filter(name="Eve").exists()
