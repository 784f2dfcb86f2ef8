"""People choose the columns of their list; the choice is theirs alone, stays, and keeps the list as it was."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.anonymizing import erase_account
from accounts.models import User
from associations.forms.claim_list.columns import COLUMNS, FIXED, USUAL
from associations.services.privacy.personal_data import personal_data_of
from tests.factories import CustomerTenantFactory, PartnerMemberFactory
from tests.people import author, signed_in
from tests.stories import draft_claim, noticed_claim

pytestmark = pytest.mark.django_db

ALL = [key for key in COLUMNS if key not in FIXED]


def choose(client, *columns, **more):
    return client.post(reverse("list_columns"), {"column": columns, **more})


def shown(client):
    return client.get("/associations/").context["columns"]


def test_a_row_shows_the_chosen_columns_and_their_heads_sort():
    tenant = CustomerTenantFactory(tenant_id="8f3c0aa7-4242-4c4c-8888-000000000001")
    client = author(noticed_claim(tenant=tenant, created_by__full_name="Olga Owner"))

    choose(client, *ALL)
    response = client.get("/associations/")

    assertContains(response, '<abbr title="8f3c0aa7-4242-4c4c-8888-000000000001">8f3c0aa7…</abbr>')
    assertContains(response, "Olga Owner")
    assertContains(response, ">19 Oct 2020</time>", count=3)
    # In the sentence, for who points at it, and in the column.
    assertContains(response, "Mon 26 Oct 2020, end of day (CET)", count=3)
    assertContains(response, "Waiting for review</span>")
    assertContains(response, "Microsoft 365</span>")
    assert [(head.key, bool(head.url)) for head in response.context["heads"]] == [
        (key, key != "review") for key in COLUMNS
    ]


def test_a_draft_has_no_date_that_it_lacks():
    client = author(draft_claim(solution_area=""))

    choose(client, "submitted", "window", "review", "area")

    assertContains(client.get("/associations/"), "<span>–</span>", count=4)


def test_columns_stand_in_their_order_and_the_fixed_ones_always():
    client = author(draft_claim())

    response = choose(client, "owner", "items", "number", "nonsense")

    assertRedirects(response, "/associations/")
    assert shown(client) == (*FIXED, "items", "owner")
    choose(client)
    assert shown(client) == FIXED


def test_the_list_stays_as_it_was():
    client = author(draft_claim())

    response = choose(client, "owner", list="?state=draft&sort=customer")

    assertRedirects(response, "/associations/?state=draft&sort=customer")


def test_the_usual_columns_come_back():
    client = author(draft_claim())
    choose(client, "owner")

    choose(client, "tenant", usual="1")

    assert shown(client) == USUAL


def test_a_choice_is_of_one_person():
    claim = draft_claim()
    colleague = signed_in(PartnerMemberFactory(partner=claim.partner).user)

    choose(author(claim), "owner")

    assert shown(author(claim)) == (*FIXED, "owner")
    assert shown(colleague) == USUAL


def test_a_column_that_is_gone_is_left_out():
    claim = draft_claim()
    claim.created_by.list_columns = ["owner", "gone"]
    claim.created_by.save()

    assert shown(author(claim)) == (*FIXED, "owner")


def test_reading_the_address_changes_nothing():
    client = author(draft_claim())
    choose(client, "owner")

    assertRedirects(client.get(reverse("list_columns"), {"usual": "1"}), "/associations/")

    assert "owner" in shown(client)


def test_the_form_shows_what_is_chosen():
    client = author(draft_claim())
    choose(client, "owner")

    response = client.get("/associations/")

    assertContains(response, 'name="column" value="owner" checked>')
    assertNotContains(response, 'name="column" value="items" checked>')


def test_the_choice_is_exported_with_the_account_and_erased_with_it():
    claim = draft_claim()
    choose(author(claim), "owner")
    person = claim.created_by

    [account] = personal_data_of(person.email)["account"]
    assert account["list_columns"] == [*FIXED, "owner"]

    User.objects.filter(pk=person.pk).update(is_active=False)
    erase_account(person)
    person.refresh_from_db()
    assert person.list_columns == []
