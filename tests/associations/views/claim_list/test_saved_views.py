"""Saved views: an address under a name, kept for oneself or shared within the company."""

import pytest
from django.db import IntegrityError
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import MemberRole
from associations.models import SavedView
from tests.factories import PartnerLocationFactory, PartnerMemberFactory, SavedViewFactory
from tests.people import signed_in
from tests.stories import draft_claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def location():
    return PartnerLocationFactory()


@pytest.fixture
def person(location):
    return PartnerMemberFactory(partner=location.partner).user


@pytest.fixture
def client(person):
    return signed_in(person)


def labels(client, address="/associations/"):
    return [(view.label, view.is_current) for view in client.get(address).context["views"]]


def test_a_list_is_saved_by_name_and_opens_as_it_was(client, location, person):
    draft_claim(location=location)
    form = client.get("/associations/views/new/?status=draft&sort=name&before=x&junk=1")

    response = client.post("/associations/views/new/", {"list": form.context["query"], "name": "My drafts"})

    assertRedirects(response, "/associations/?status=draft&sort=name")
    view = SavedView.objects.get()
    assert (view.name, view.query, view.is_shared) == ("My drafts", "?status=draft&sort=name", False)
    assert (view.owner, view.partner) == (person, location.partner)
    assert labels(client, "/associations/?status=draft&sort=name") == [("My drafts", True)]
    assert labels(client) == [("My drafts", False)]


@pytest.mark.parametrize(("name", "words"), [("", "Enter a name."), ("Mine", "You have a view of that name already.")])
def test_a_name_is_needed_and_is_the_persons_only_one(client, person, location, name, words):
    SavedViewFactory(owner=person, partner=location.partner, name="Mine")

    response = client.post("/associations/views/new/", {"list": "?status=draft", "name": name})

    assertContains(response, words)
    assert SavedView.objects.count() == 1


def test_the_database_keeps_names_apart(person, location):
    SavedViewFactory(owner=person, partner=location.partner, name="Mine")

    with pytest.raises(IntegrityError):
        SavedViewFactory(owner=person, partner=location.partner, name="Mine")


def test_a_shared_view_is_seen_by_colleagues_who_see_claims_and_by_nobody_else(client, person, location):
    draft_claim(location=location)
    SavedViewFactory(owner=person, partner=location.partner, name="Shared", is_shared=True)
    SavedViewFactory(owner=person, partner=location.partner, name="Private")
    colleague = PartnerMemberFactory(partner=location.partner, role=MemberRole.BILLING_ADMIN).user
    viewer = PartnerMemberFactory(partner=location.partner, role=MemberRole.REPORT_VIEWER).user
    stranger = PartnerMemberFactory().user

    assert labels(signed_in(colleague)) == [("Shared", False)]
    assert labels(signed_in(viewer)) == labels(signed_in(stranger)) == []
    assertContains(signed_in(colleague).get("/associations/views/"), "Shared by colleagues")


def test_a_shared_view_shows_each_person_only_their_own_claims(person, location):
    elsewhere = PartnerLocationFactory(partner=location.partner)
    draft_claim(location=location, name="In Rome")
    draft_claim(location=elsewhere, name="In Milan")
    view = SavedViewFactory(owner=person, partner=location.partner, is_shared=True)
    limited = signed_in(PartnerMemberFactory(partner=location.partner, locations=[location]).user)

    response = limited.get(f"/associations/{view.query}")

    assertContains(response, "In Rome")
    assertNotContains(response, "In Milan")


def test_the_owner_renames_shares_and_deletes(client, person, location):
    view = SavedViewFactory(owner=person, partner=location.partner, name="Old")

    client.post(f"/associations/views/{view.pk}/", {"name": "New", "is_shared": "on"})
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("New", True)

    assertContains(client.get(f"/associations/views/{view.pk}/delete/"), "Your colleagues lose it too.")
    client.post(f"/associations/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_a_rename_to_a_taken_name_is_refused(client, person, location):
    view = SavedViewFactory(owner=person, partner=location.partner, name="Old")
    SavedViewFactory(owner=person, partner=location.partner, name="Taken")

    response = client.post(f"/associations/views/{view.pk}/", {"name": "Taken"})

    assertContains(response, "You have a view of that name already.")
    view.refresh_from_db()
    assert view.name == "Old"


def test_a_colleague_opens_a_shared_view_and_does_not_change_it(person, location):
    view = SavedViewFactory(owner=person, partner=location.partner, name="Shared", is_shared=True)
    colleague = signed_in(PartnerMemberFactory(partner=location.partner).user)

    for address in (f"/associations/views/{view.pk}/", f"/associations/views/{view.pk}/delete/"):
        assert colleague.post(address, {"name": "Taken over"}).status_code == 404
    assert SavedView.objects.get().name == "Shared"


def test_who_left_the_company_loses_the_view(client, person, location):
    SavedViewFactory(owner=person, partner=location.partner, name="Mine")
    person.memberships.all().delete()

    assertNotContains(client.get("/associations/views/"), "Mine")


def test_who_acts_for_two_companies_chooses_one(client, person):
    other = PartnerMemberFactory(user=person).partner
    stranger = PartnerMemberFactory().partner

    refused = client.post("/associations/views/new/", {"name": "Mine", "partner": stranger.pk})
    client.post("/associations/views/new/", {"name": "Mine", "partner": other.pk})

    assertContains(refused, "Choose a company of yours.")
    assert SavedView.objects.get().partner == other
