"""The help pages: behind the sign-in, and each says what it is for."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import EnrolmentStatus
from associations.models import IncentiveProgram
from guides.editions import edition_in_force
from tests.factories import PartnerLocationFactory, PartnerMemberFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGES = [
    ("/help/", "Before you start a claim"),
    ("/help/find-ids/", "portal.azure.com"),
    ("/help/activity/", "Business Influencer"),
    ("/help/mpn-id/", "never the global MPN ID"),
    ("/help/proof/", "The five elements"),
    ("/help/co-op/", "Managed Reseller"),
]


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(UserFactory())
    return client


@pytest.mark.parametrize(("path", "words"), PAGES)
def test_help_page_says_what_it_is_for(client, path, words):
    assertContains(client.get(path), words)


@pytest.mark.parametrize(("path", "_words"), PAGES)
def test_help_page_needs_a_sign_in(path, _words):
    assertRedirects(Client().get(path), f"/accounts/login/?next={path}", fetch_redirect_response=False)


@pytest.mark.parametrize(("path", "_words"), PAGES)
def test_help_page_reads_nothing_but_who_asks_and_the_bell(client, path, _words, django_assert_num_queries):
    # A process reads an edition once; then a page asks only which one is in force.
    edition_in_force(now=timezone.now())
    # The person's locations, or the edition in force.
    more = 1 if path in ("/help/mpn-id/", "/help/activity/", "/help/proof/") else 0

    with django_assert_num_queries(3 + more):
        client.get(path)


def test_help_index_leads_to_every_page(client):
    response = client.get("/help/")

    for path in ["find-ids", "activity", "mpn-id", "proof", "co-op"]:
        assertContains(response, f'href="/help/{path}/"')
    assertContains(response, 'href="/customers/"')


def test_find_ids_offers_a_mail_to_the_customer_in_every_language(client):
    letters = client.get("/help/find-ids/").context["letters"]

    assert [letter.code for letter in letters] == ["en", "it"]
    mail = parse_qs(urlsplit(letters[0].mailto).query)
    assert mail["subject"] == ["Your domain name and tenant ID"]
    assert mail["body"] == [letters[0].text]
    assert "2. Open Azure Active Directory, then Overview." in letters[0].text.split("\n")


def test_proof_page_states_the_limits_in_force(client, settings):
    settings.POE_MAX_BYTES, settings.POE_MAX_FILES = 3 * 1024 * 1024, 7

    response = client.get("/help/proof/")

    assertContains(response, "At most 3.0\xa0MB a file and 7 files a claim")
    assertContains(response, "CSV, DOCX, EML, JFIF, JPEG, JPG, MSG, PDF, PNG, PPTX, TIF, TIFF, XLSX")


def test_activity_page_says_when_to_choose_each_activity_and_what_goes_together(client):
    page = client.get("/help/activity/")

    for activity in edition_in_force(now=timezone.now()).activities:
        assertContains(page, escape(str(activity.choose_when)))
    assertContains(page, "Can be claimed together with: Pre-sales", count=1)
    assertContains(page, "Not in one claim with: Usage, Pre-sales", count=1)
    assertContains(page, "It is recognized but not paid.", count=1)


def test_mpn_page_shows_the_persons_own_locations_and_their_enrolment():
    member = PartnerMemberFactory()
    own = PartnerLocationFactory(partner=member.partner, name="Rome office", partner_type="Location")
    own.enrolments.all().delete()
    program = IncentiveProgram.objects.earliest("pk")
    own.enrolments.create(program=program, status=EnrolmentStatus.INVITED)
    PartnerLocationFactory(name="Somebody else's office")
    client = Client()
    client.force_login(member.user)

    response = client.get("/help/mpn-id/")

    assertContains(response, "Rome office")
    assertContains(response, program.name)
    assertContains(response, "Invited")
    assertNotContains(response, "Somebody else")


@pytest.mark.parametrize("count", [1, 30])
def test_mpn_page_takes_the_same_queries_for_any_number_of_locations(count, django_assert_num_queries):
    member = PartnerMemberFactory()
    PartnerLocationFactory.create_batch(count, partner=member.partner)
    client = Client()
    client.force_login(member.user)

    with django_assert_num_queries(5):
        client.get("/help/mpn-id/")


def test_proof_page_offers_a_clause_in_every_language(client):
    clauses = client.get("/help/proof/").context["clauses"]

    assert [clause.code for clause in clauses] == ["en", "it"]
    assert "Claiming Partner of Record (CPOR)" in clauses[1].text
    assert clauses[0].text != clauses[1].text


def test_co_op_claims_lead_to_where_they_are_made(client, settings):
    settings.CPOR_CO_OP_URL = "https://co-op.example/claims"

    assertContains(client.get("/help/co-op/"), 'href="https://co-op.example/claims"')
