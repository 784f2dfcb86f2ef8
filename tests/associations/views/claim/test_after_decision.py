"""Covers what a partner sees and does once a claim is decided: who may act, disassociate, contests, the way back."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from associations.choices import ClaimStatus, EndReason, MemberRole
from associations.models import Association, Claim
from associations.rules.actors import Actor, Role
from associations.services.review import arbitration, decisions
from tests.associations.views.claim.decided_claims import (
    TUESDAY,
    disputed_claim,
    expired_claim,
    finally_rejected_claim,
)
from tests.factories import (
    MONDAY,
    ReviewerFactory,
)
from tests.people import author, colleague, url
from tests.stories import (
    approved_claim,
    claim_needing_action,
    claim_under_review,
    draft_claim,
    fresh,
    noticed_claim,
    rejected_claim,
    reviewer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_tuesday")]

MOST_QUERIES, MOST_OF_THE_CLAIM_PAGE = 12, 15
PAGES = ("claim_dispute", "claim_disassociate", "claim_copy")


def contested_claims():
    """An approved claim and another partner's claim to the same workloads."""
    held = approved_claim(at=MONDAY - timedelta(days=60))
    wanted = noticed_claim(at=MONDAY, tenant=held.tenant, domain_name=held.domain_name)
    return held, wanted


@pytest.mark.parametrize("name", PAGES)
def test_pages_after_the_decision_are_not_there_for_another_company(name):
    client = author(draft_claim())

    assert client.get(url(name, rejected_claim())).status_code == 404


@pytest.mark.parametrize("name", ["claim_dispute", "claim_disassociate"])
def test_disputing_and_disassociating_are_for_incentives_admins(name):
    claim = rejected_claim()

    assert colleague(claim, MemberRole.INCENTIVES_USER).post(url(name, claim), {"reason": "x"}).status_code == 404
    assert fresh(claim).status == ClaimStatus.REJECTED


def test_disassociating_says_what_follows_and_changes_nothing_on_get():
    claim = approved_claim(at=MONDAY - timedelta(days=60))

    response = author(claim).get(url("claim_disassociate", claim))

    assert response.context["items"] == ["Exchange Online", "Microsoft Teams"]
    assertContains(response, "The usage data of these items closes at once.")
    assertContains(response, "It can't be undone.")
    assertContains(response, "The customer isn't asked, and gets an email.")
    assert Association.objects.active().count() == 2


def test_disassociating_needs_a_reason():
    claim = approved_claim(at=MONDAY - timedelta(days=60))

    response = author(claim).post(url("claim_disassociate", claim), {"reason": " "})

    assertContains(response, "Enter a reason.")
    assert Association.objects.active().count() == 2


def test_disassociating_ends_the_associations_and_the_page_says_why():
    claim = approved_claim(at=MONDAY - timedelta(days=60))
    client = author(claim)

    response = client.post(url("claim_disassociate", claim), {"reason": "Project closed."}, follow=True)

    assert (
        list(Association.objects.values_list("ended_at", "end_reason"))
        == [(TUESDAY, EndReason.PARTNER_DISASSOCIATED)] * 2
    )
    assertContains(response, "The association has ended")
    assertContains(response, "Ended by the partner")
    assertContains(response, "Project closed.")
    assertNotContains(response, url("claim_disassociate", claim))
    assertContains(response, "Correct and file again")
    assertNotContains(response, url("claim_add_proof", claim))


def test_a_claim_without_an_association_has_nothing_to_disassociate():
    claim = claim_under_review()

    response = author(claim).post(url("claim_disassociate", claim), {"reason": "Enough."}, follow=True)

    assertContains(response, "This claim has no association in force.")


def test_the_history_names_the_claim_that_was_copied():
    claim = rejected_claim()
    client = author(claim)
    client.post(url("claim_copy", claim))
    draft = Claim.objects.get(status=ClaimStatus.DRAFT)

    response = client.get(url("claim_history", draft))

    assertContains(response, "Answers copied from another claim")
    assertContains(response, f"From {claim.number}")


def test_the_history_keeps_the_assigned_reviewers_name_to_microsoft():
    claim = claim_under_review()
    chosen = ReviewerFactory(full_name="Rita Reviewer", email="rita@microsoft.example")
    by = Actor(Role.REVIEWER, claim.reviewer_id)
    decisions.assign_reviewer(claim_id=claim.pk, reviewer_id=chosen.pk, by=by, now=TUESDAY)

    response = author(claim).get(url("claim_history", claim))

    assertContains(response, "Reviewer assigned")
    assertNotContains(response, "Rita")
    assertNotContains(response, "rita@")


def test_both_partners_see_that_an_item_is_contested_and_neither_sees_by_whom():
    held, wanted = contested_claims()

    defender = author(held).get(url("claim_detail", held))
    claimant = author(wanted).get(url("claim_detail", wanted))

    assertContains(defender, "Your association stays in force until a reviewer has decided.")
    assertContains(claimant, "Until a reviewer has decided, this claim can&#x27;t become official.")
    for response, other in ((defender, wanted), (claimant, held)):
        assertContains(response, "claims one of these items")
        assertContains(response, "compares the most recent proofs of both partners")
        assertContains(response, url("claim_add_proof", response.context["claim"]))
        assertNotContains(response, other.partner.name)
        assertNotContains(response, other.number)
    assertNotContains(claimant, "becomes official by itself")


def marked_items(claim):
    """The names of the items that the partner's page marks as contested."""
    response = author(claim).get(url("claim_detail", claim))
    return [item.name for item in response.context["items"] if item.is_contested]


def test_the_contested_item_is_marked_among_the_others_of_claimant_and_holder():
    held = approved_claim(at=MONDAY - timedelta(days=60))
    wanted = noticed_claim(tenant=held.tenant, domain_name=held.domain_name, products=("SPO", "TEAMS"))

    assert marked_items(held) == marked_items(wanted) == ["Microsoft Teams"]
    assertContains(author(wanted).get(url("claim_detail", wanted)), "Another partner claims or holds it.")


def test_two_claims_to_one_item_mark_it_and_a_decided_claim_marks_none():
    first = noticed_claim(products=("EXO", "TEAMS"))
    second = noticed_claim(tenant=first.tenant, domain_name=first.domain_name, products=("SPO", "TEAMS"))
    assert marked_items(first) == marked_items(second) == ["Microsoft Teams"]

    arbitration.arbitrate(
        claim_id=second.pk, winner_id=first.partner_id, text="The other letter is newer.", by=reviewer(), now=TUESDAY
    )

    assert (marked_items(first), marked_items(second)) == ([], [])


def test_an_association_nobody_else_wants_shows_no_contest():
    held = approved_claim(at=MONDAY - timedelta(days=60))
    noticed_claim(at=MONDAY, tenant=held.tenant, domain_name=held.domain_name, products=("SPO",))

    assertNotContains(author(held).get(url("claim_detail", held)), "Another partner claims")
    assert marked_items(held) == []


def test_who_loses_the_comparison_reads_why():
    held, wanted = contested_claims()
    arbitration.arbitrate(
        claim_id=wanted.pk, winner_id=held.partner_id, text="The other letter is newer.", by=reviewer(), now=TUESDAY
    )

    response = author(wanted).get(url("claim_detail", wanted))

    assertContains(response, "Another partner&#x27;s claim was preferred")
    assert [said.text for said in response.context["rejection"].said] == ["The other letter is newer."]
    assertNotContains(response, held.partner.name)


def test_a_superseded_association_says_so_with_the_reviewers_words():
    held, wanted = contested_claims()
    arbitration.arbitrate(
        claim_id=wanted.pk, winner_id=wanted.partner_id, text="The newer letter counts.", by=reviewer(), now=TUESDAY
    )

    response = author(held).get(url("claim_detail", held))

    assertContains(response, "Another partner was preferred")
    assertContains(response, "The newer letter counts.")
    assertNotContains(response, wanted.partner.name)


@pytest.mark.parametrize(
    ("today", "is_advised"),
    [(date(2021, 10, 19), False), (date(2021, 10, 20), True)],
)
def test_an_official_association_advises_a_new_proof_after_twelve_months(today, is_advised):
    claim = approved_claim(at=MONDAY)

    with time_machine.travel(datetime(today.year, today.month, today.day, 12, tzinfo=UTC)):
        response = author(claim).get(url("claim_detail", claim))

    words = "The newest proof is of Mon 19 Oct 2020, more than 12 months old."
    assert (words in response.content.decode()) is is_advised


def test_a_disputed_claim_counts_and_is_listed_as_under_review():
    claim = disputed_claim()
    client = author(claim)

    counters = {counter.label: counter for counter in client.get(reverse("overview")).context["counters"]}
    listed = client.get(counters["Under review"].url).context["rows"]

    assert counters["Under review"].value == 1
    assert [(row.claim, row.status.label) for row in listed] == [(claim, "Disputed")]
    assert [row.claim for row in client.get("/associations/?status=disputed").context["rows"]] == [claim]


@pytest.mark.parametrize(
    ("story", "name"),
    [
        (rejected_claim, "claim_detail"),
        (rejected_claim, "claim_dispute"),
        (rejected_claim, "claim_copy"),
        (finally_rejected_claim, "claim_detail"),
        (expired_claim, "claim_detail"),
        (expired_claim, "claim_copy"),
        (approved_claim, "claim_detail"),
        (approved_claim, "claim_disassociate"),
    ],
)
def test_pages_after_the_decision_keep_their_limits_of_queries(story, name, django_assert_max_num_queries):
    claim = story()
    client = author(claim)

    most = MOST_OF_THE_CLAIM_PAGE if name == "claim_detail" else MOST_QUERIES
    with django_assert_max_num_queries(most):
        assert client.get(url(name, claim)).status_code == 200


@pytest.mark.parametrize(
    ("story", "name"),
    [
        (rejected_claim, "claim_dispute"),
        (rejected_claim, "claim_copy"),
        (approved_claim, "claim_disassociate"),
        (claim_under_review, "claim_withdraw"),
        (claim_needing_action, "claim_resubmit"),
    ],
)
def test_every_form_has_a_way_back_to_the_claim_beside_its_button(story, name):
    claim = story()

    response = author(claim).get(url(name, claim))

    assertContains(response, f'<a class="btn btn-link" href="{url("claim_detail", claim)}">')
