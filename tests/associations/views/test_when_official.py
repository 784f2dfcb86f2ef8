"""The calculator of opt-out periods: by country for everybody, by one's own customer for people who signed in."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from associations.calendars import recent_overrides
from associations.models import TenantDomain
from associations.wording.counted_days import explanation_of_open, turns_of
from tests import stories
from tests.factories import CustomerTenantFactory, HolidayOverrideFactory, UserFactory
from tests.people import author, signed_in, url

pytestmark = pytest.mark.django_db

PAGE = reverse("when_official")
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 12, 4, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def first_of_december():
    with time_machine.travel(TUESDAY, tick=False):
        yield


def words_of(response):
    text = re.sub(r"(?s).*<main|</main>.*|<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("&#x27;", "'").split())


def days_of(response):
    """The last day of the window that the page shows, and its public holidays by name."""
    return response.context["window"].last_day.isoformat(), [
        line.reason for line in response.context["lines"] if line.is_holiday
    ]


def test_the_page_starts_with_today_in_the_portals_country(client):
    response = client.get(PAGE)

    assertContains(response, "Wed 9 Dec 2026, end of day (CET)")
    assert days_of(response) == ("2026-12-09", ["Immaculate Conception"])
    assertContains(response, "Computed with the public holidays of Italy.")
    assertContains(response, "Business day 5")


def test_a_stranger_computes_for_any_country_and_day(client):
    response = client.get(PAGE, {"country": "US", "day": "2026-12-21", "business_days": "5"})

    assertContains(response, "Tue 29 Dec 2026, end of day (EST)")
    assert days_of(response) == ("2026-12-29", ["Christmas Day"])


def test_the_names_of_holidays_are_in_the_language_of_the_page(client):
    response = client.get(PAGE, {"country": "IT"}, headers={"Accept-Language": "it"})

    assert days_of(response) == ("2026-12-09", ["Immacolata Concezione"])


def test_an_override_counts_and_has_a_plain_name(client):
    HolidayOverrideFactory(country="IT", falls_on="2026-12-03", is_holiday=True, note="Between us")
    recent_overrides.forget()

    response = client.get(PAGE)

    assert days_of(response) == ("2026-12-10", ["Public holiday", "Immaculate Conception"])
    assertNotContains(response, "Between us")


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"day": "tomorrow"}, "Enter a day, such as 2026-12-01."),
        ({"day": "2031-01-01"}, "Enter a day of the last year or of the next two."),
        ({"day": "2024-01-01"}, "Enter a day of the last year or of the next two."),
        ({"day": "9999-12-31"}, "Enter a day of the last year or of the next two."),
        ({"country": "XX"}, "Select a valid choice"),
        ({"business_days": "0"}, "greater than or equal to 1"),
        ({"business_days": "61"}, "less than or equal to 60"),
    ],
)
def test_what_can_not_be_computed_says_why(client, wrong, text):
    response = client.get(PAGE, wrong)

    assert response.status_code == 200
    assertContains(response, text)
    assert "window" not in response.context


def test_a_stranger_is_not_asked_for_a_customer_and_gets_no_answer_about_one(client):
    claim = stories.noticed_claim(tenant=CustomerTenantFactory(country="US", domain_name="fabrikam.example"))

    response = client.get(PAGE, {"domain_name": claim.domain_name})

    assertNotContains(response, "Customer domain name")
    assert response.context["country"] == "Italy"


def own_customer():
    tenant = CustomerTenantFactory(
        name="Fabrikam", country="US", time_zone="America/Denver", domain_name="fab.example"
    )
    return stories.draft_claim(tenant=tenant, domain_name="fab.example")


@pytest.mark.parametrize("typed", ["fab.example", " FAB.example ", "second.example"])
def test_a_customer_of_ones_own_gives_its_country_and_its_zone(typed):
    claim = own_customer()
    TenantDomain.objects.create(tenant=claim.tenant, domain_name="second.example", listed_by="admin")

    response = author(claim).get(PAGE, {"domain_name": typed, "day": "2026-12-21"})

    assertContains(response, "Tue 29 Dec 2026, end of day (MST)")
    assertContains(response, "Computed with the public holidays of United States, the country of Fabrikam.")


def test_a_customer_without_a_country_says_whose_holidays_count():
    tenant = CustomerTenantFactory(country="", domain_name="fab.example")
    claim = stories.draft_claim(tenant=tenant, domain_name="fab.example")

    response = author(claim).get(PAGE, {"domain_name": "fab.example"})

    assertContains(response, "public holidays of Italy, because the customer's country isn't known.")


def test_another_companys_customer_and_one_that_nobody_knows_get_the_same_answer():
    claim, own = own_customer(), stories.draft_claim()
    person = author(own)

    answers = [
        words_of(person.get(PAGE, {"domain_name": name})).replace(name, "NAME")
        for name in (claim.domain_name, "nobody.example")
    ]

    assert answers[0] == answers[1]
    assert "You have no claim for a customer with this domain name." in answers[0]
    assert "Fabrikam" not in answers[0]


def test_a_person_without_a_company_finds_no_customer():
    claim = own_customer()

    assertContains(signed_in(UserFactory()).get(PAGE, {"domain_name": claim.domain_name}), "You have no claim")


def test_questions_about_customers_are_limited_and_those_about_countries_are_not(settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"lookup": (2, 600)}
    person = author(own_customer())

    asked = [person.get(PAGE, {"domain_name": f"{n}.example"}).status_code for n in range(3)]

    assert asked == [200, 200, 429]
    assert person.get(PAGE, {"country": "DE"}).status_code == 200
    assert [Client().get(PAGE, {"domain_name": "fab.example"}).status_code for _try in range(4)] == [200] * 4


# The same days elsewhere


def test_the_claims_page_says_how_its_date_was_computed():
    claim = stories.noticed_claim(at=TUESDAY)

    page = author(claim).get(url("claim_detail", claim))

    assertContains(page, "How this date was computed", count=1)
    assertContains(page, "Immaculate Conception")
    assertNotContains(page, "The calendar was corrected")


def test_a_date_that_was_fixed_before_the_calendar_was_corrected_says_so():
    claim = stories.noticed_claim(at=TUESDAY)
    HolidayOverrideFactory(country="IT", falls_on="2026-12-03", is_holiday=True)
    recent_overrides.forget()

    page = author(claim).get(url("claim_detail", claim))
    assertContains(page, "The calendar was corrected after this date was fixed.")


def test_no_date_no_explanation():
    claim = stories.submitted_claim(at=TUESDAY)

    assertNotContains(author(claim).get(url("claim_detail", claim)), "How this date was computed")
    assert explanation_of_open(claim) is None


def test_the_check_page_compares_today_with_the_next_business_day():
    draft = stories.complete_claim(at=FRIDAY)
    with time_machine.travel(FRIDAY, tick=False):
        today, monday = turns_of(draft, now=FRIDAY)
        page = words_of(author(draft).get(url("claim_check", draft)))

    assert (today.deadline.last_day.isoformat(), monday.deadline.last_day.isoformat()) == ("2026-12-14", "2026-12-15")
    assert (monday.day.isoformat(), monday.is_today) == ("2026-12-07", False)
    assert "Submit today Mon 14 Dec 2026, end of day (CET)" in page
    assert "Submit on Monday 7 December 2026 Tue 15 Dec 2026, end of day (CET)" in page
    # The email that is shown on the page says it, too.
    assert page.count("These public holidays don't count: Tuesday 8 December 2026 (Immaculate Conception)") == 3
