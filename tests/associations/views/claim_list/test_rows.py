"""Covers the list of claims: what a row says, who sees which claims, filters, pages, and the empty list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import EndReason, MemberRole, WithdrawalReason
from associations.models import Claim
from associations.rules.actors import PORTAL
from associations.services.association.association import end_associations
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer.undelivered_notice import note_undelivered_notices
from notifications.models import EmailStatus, OutboxEmail
from tests.factories import (
    MONDAY,
    PartnerLocationFactory,
    PartnerMemberFactory,
    UserFactory,
)
from tests.people import author, colleague, signed_in
from tests.stories import (
    admin_of,
    approved_claim,
    claim_under_review,
    complete_claim,
    complete_revenue_claim,
    declined_claim,
    draft_claim,
    held_claim,
    noticed_claim,
    submitted_claim,
)

pytestmark = pytest.mark.django_db

LIST_QUERIES = 11
TUESDAY = MONDAY + timedelta(days=1)


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


# The list


def test_list_shows_a_claim_with_customer_items_location_status_and_days_left():
    claim = noticed_claim(name="Adoption of Teams")

    with at(TUESDAY):
        response = author(claim).get("/associations/")

    row = response.context["rows"][0]
    assert (row.claim.number, row.claim.name) == (claim.number, "Adoption of Teams")
    assert (row.area, row.activities, row.items) == ("Microsoft 365", "Usage", "Exchange Online, Microsoft Teams")
    assert (row.status.label, row.status.due.countdown) == ("Opt-out period", "4 business days left")
    assertContains(response, f'href="/associations/{claim.public_id}/"')
    assertContains(response, claim.domain_name)
    assertContains(response, claim.location.mpn_id)
    assertContains(response, "Mon 26 Oct 2020, end of day (CET)")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2020, 10, 19, 9, tzinfo=UTC), "5 business days left"),
        (datetime(2020, 10, 23, 9, tzinfo=UTC), "1 business day left"),
        (datetime(2020, 10, 26, 9, tzinfo=UTC), "Last day today"),
        (datetime(2020, 10, 26, 22, 59, tzinfo=UTC), "Last day today"),
        (datetime(2020, 10, 26, 23, 0, tzinfo=UTC), "Time is up"),
    ],
)
def test_list_counts_the_days_of_the_customers_country(moment, words):
    claim = noticed_claim()

    with at(moment):
        response = author(claim).get("/associations/")

    assert response.context["rows"][0].status.due.countdown == words


@pytest.mark.parametrize(
    ("story", "label", "sentence"),
    [
        (draft_claim, "Draft", "Last changed on Mon 19 Oct 2020."),
        (submitted_claim, "Submitted", "The notice to the customer is on its way."),
        (noticed_claim, "Opt-out period", "The customer can opt out until Mon 26 Oct 2020, end of day (CET)."),
        (approved_claim, "Official", "Official since Mon 2 Nov 2020: the customer did not opt out."),
        (declined_claim, "Rejected", "The customer opted out."),
    ],
)
def test_list_says_the_status_with_its_date(story, label, sentence):
    claim = story()

    with at(TUESDAY):
        response = author(claim).get("/associations/")

    assertContains(response, f"{label}</span>")
    assertContains(response, sentence)


def test_list_names_the_hold_beside_the_status():
    claim = held_claim()

    with at(TUESDAY):
        response = author(claim).get("/associations/")

    assert response.context["rows"][0].status.holds == ("Customer wrote",)
    assertContains(response, 'data-status="held"')


def test_list_says_when_the_notice_was_not_delivered():
    claim = submitted_claim()
    OutboxEmail.objects.filter(pk=claim.notices.get().email_id).update(status=EmailStatus.FAILED, secret="")
    note_undelivered_notices(now=TUESDAY)

    response = author(claim).get("/associations/")

    status = response.context["rows"][0].status
    assert (status.label, status.holds) == ("On hold", ("Notice not delivered",))


def test_list_says_that_a_claim_was_withdrawn():
    claim = noticed_claim()
    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=admin_of(claim), now=TUESDAY)

    response = author(claim).get("/associations/")

    assert response.context["rows"][0].status.sentence == "Withdrawn on Tue 20 Oct 2020."


@pytest.mark.parametrize("count", [1, 5])
def test_list_takes_the_same_queries_for_any_number_of_claims(count, django_assert_num_queries):
    claim = noticed_claim()
    for _n in range(count - 1):
        noticed_claim(location=claim.location, created_by=claim.created_by)
    client = author(claim)

    with django_assert_num_queries(LIST_QUERIES):
        response = client.get("/associations/")

    assert len(response.context["rows"]) == count


def test_list_hides_other_companies_claims():
    claim, other = draft_claim(name="Ours"), draft_claim(name="Theirs")

    response = author(claim).get("/associations/")

    assertContains(response, "Ours")
    assertNotContains(response, "Theirs")
    assertNotContains(response, other.number)


def test_list_keeps_to_the_persons_locations():
    claim = draft_claim(name="In Rome")
    elsewhere = PartnerLocationFactory(partner=claim.partner)
    draft_claim(name="In Milan", location=elsewhere)
    member = PartnerMemberFactory(partner=claim.partner, locations=[claim.location])

    response = signed_in(member.user).get("/associations/")

    assertContains(response, "In Rome")
    assertNotContains(response, "In Milan")


def test_list_finds_by_words_without_accents_and_keeps_the_filter_in_its_links():
    claim = complete_claim(name="Élite")
    for _n in range(30):
        complete_claim(name="Elite", location=claim.location, created_by=claim.created_by)
    complete_claim(name="Other", location=claim.location, created_by=claim.created_by)
    client = author(claim)

    first = client.get("/associations/", {"q": "elite", "status": "draft"})
    second = client.get(first.context["older_url"])

    assert "q=elite&status=draft&before=" in first.context["older_url"]
    assert [len(page.context["rows"]) for page in (first, second)] == [25, 6]
    assert second.context["rows"][-1].claim == claim
    assertContains(first, 'value="elite"')


def ended_claim(**fields):
    claim = approved_claim(**fields)
    end_associations(claim, reason=EndReason.SUPERSEDED, by=PORTAL, now=MONDAY + timedelta(days=30))
    return claim


def test_official_and_ended_claims_are_found_apart_and_an_old_address_finds_both():
    official = approved_claim(products=("EXO",))
    same: dict[str, Any] = {"location": official.location, "created_by": official.created_by}
    ended = ended_claim(**same)
    noticed_claim(**same)
    client = author(official)

    found = {
        query: {row.claim for row in client.get(f"/associations/?{query}").context["rows"]}
        for query in ("state=official", "state=ended", "status=approved")
    }

    assert found == {"state=official": {official}, "state=ended": {ended}, "status=approved": {official, ended}}


def test_a_revenue_association_is_marked_as_not_paid_in_list_and_on_its_page():
    claim = approved_claim(claim=complete_revenue_claim())
    client = author(claim)

    assert client.get("/associations/").context["rows"][0].activities == "Revenue association (not paid)"
    page = client.get(f"/associations/{claim.public_id}/")
    assertContains(page, "Not paid: a revenue association earns no incentive.")
    assertContains(page, "A revenue association is not paid")
    assertNotContains(page, "An association, not a payment")


def test_an_old_filter_by_stored_status_is_shown_and_kept_in_the_form():
    claim = noticed_claim()

    response = author(claim).get("/associations/", {"status": "submitted"})

    assert [(pill.label, pill.value) for pill in response.context["pills"]] == [("Status", "Waiting for review")]
    assertContains(response, '<input type="hidden" name="status" value="submitted">')


@pytest.mark.parametrize(("stage", "found"), [("waiting", 1), ("running", 1), ("validated", 0)])
def test_list_filters_by_the_stage_of_the_review(stage, found):
    claim = noticed_claim()
    claim_under_review(location=claim.location, created_by=claim.created_by)

    response = author(claim).get("/associations/", {"review": stage})

    assert len(response.context["rows"]) == found


def test_list_is_sorted_by_status_along_a_claims_life():
    claim = ended_claim()
    same: dict[str, Any] = {"location": claim.location, "created_by": claim.created_by}
    others = [story(**same) for story in (noticed_claim, declined_claim, draft_claim)]

    response = author(claim).get("/associations/?sort=status")

    assert [row.claim for row in response.context["rows"]] == [others[2], others[0], claim, others[1]]


def test_list_filters_by_status():
    claim = noticed_claim()
    draft_claim(location=claim.location, created_by=claim.created_by)

    response = author(claim).get("/associations/", {"status": "submitted"})

    assert [row.claim for row in response.context["rows"]] == [claim]


@pytest.mark.parametrize(("window", "found"), [("open", 1), ("declined", 1), ("ended", 0), ("not_delivered", 0)])
def test_list_filters_by_the_customer_period(window, found):
    claim = noticed_claim()
    declined_claim(location=claim.location, created_by=claim.created_by)

    response = author(claim).get("/associations/", {"window": window})

    assert len(response.context["rows"]) == found


def test_list_pages_stay_put_while_claims_are_added():
    claim = draft_claim()
    for _n in range(59):
        draft_claim(location=claim.location, created_by=claim.created_by)
    numbers = list(Claim.objects.order_by("-pk").values_list("pk", flat=True))
    client = author(claim)

    first = client.get("/associations/")
    draft_claim(location=claim.location, created_by=claim.created_by)
    second = client.get(first.context["older_url"])
    third = client.get(second.context["older_url"])
    back = client.get(third.context["newer_url"])

    assert [row.claim.pk for row in second.context["rows"]] == numbers[25:50]
    assert [row.claim.pk for row in third.context["rows"]] == numbers[50:]
    assert third.context["older_url"] == ""
    assert [row.claim.pk for row in back.context["rows"]] == numbers[25:50]


@pytest.mark.parametrize("cursor", ["x", "cm93IDA", "%00", "cm93IC01", "é", "A" * 5000])
def test_list_answers_a_bad_cursor_with_the_first_page(cursor):
    claim = draft_claim()

    response = author(claim).get("/associations/", {"before": cursor})

    assert [row.claim for row in response.context["rows"]] == [claim]


@pytest.mark.parametrize("role", [MemberRole.INCENTIVES_ADMIN, MemberRole.INCENTIVES_USER])
def test_list_offers_a_new_association_to_who_may_draft(role):
    response = colleague(draft_claim(), role).get("/associations/")

    assertContains(response, 'href="/associations/new/"')


@pytest.mark.parametrize("role", [MemberRole.GLOBAL_ADMIN, MemberRole.BILLING_ADMIN])
def test_list_offers_observers_no_new_association(role):
    claim = draft_claim(name="Seen")

    response = colleague(claim, role).get("/associations/")

    assertContains(response, "Seen")
    assertNotContains(response, "/associations/new/")


def test_empty_list_invites_who_may_draft():
    location = PartnerLocationFactory()
    member = PartnerMemberFactory(partner=location.partner)

    response = signed_in(member.user).get("/associations/")

    assertContains(response, "No claims yet")
    assertContains(response, "Start a customer association")


def test_empty_list_names_the_global_admins_to_who_may_not_draft():
    member = PartnerMemberFactory(role=MemberRole.BILLING_ADMIN)
    PartnerMemberFactory(partner=member.partner, role=MemberRole.GLOBAL_ADMIN, user__email="giulia@partner.example")
    PartnerMemberFactory(role=MemberRole.GLOBAL_ADMIN, user__email="stranger@other.example")

    response = signed_in(member.user).get("/associations/")

    assertContains(response, "giulia@partner.example")
    assertNotContains(response, "stranger@other.example")


def test_empty_list_tells_a_person_without_any_role_whom_to_ask():
    response = signed_in(UserFactory()).get("/associations/")

    assertContains(response, "Ask a global admin of your company")


def test_list_without_a_match_offers_all_claims():
    response = author(draft_claim()).get("/associations/", {"q": "nowhere"})

    assertContains(response, "No claim matches")
    assertContains(response, "Show all claims")


def test_list_needs_a_sign_in():
    assertRedirects(
        Client().get("/associations/"), "/accounts/login/?next=/associations/", fetch_redirect_response=False
    )
