"""The queue's order, tabs and columns, and decisions on many claims at once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from associations.admin.queue import MOST_AT_ONCE
from associations.choices import ClaimStatus
from associations.models import Claim
from associations.rules.actors import Actor, Role
from associations.services.review import decisions
from associations.services.review.queue import next_for
from tests import stories
from tests.associations.admin.cases import disputed_claim, rivals
from tests.factories import MONDAY, PartnerMemberFactory, ReviewerFactory

QUEUE = reverse("admin:associations_claim_changelist")
DAY = timedelta(days=1)
WEDNESDAY = datetime(2020, 10, 21, 9, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


def found(response):
    return [claim.pk for claim in response.context["cl"].result_list]


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def bulk(client, action, *claims):
    return client.post(QUEUE, {"action": action, "_selected_action": [claim.pk for claim in claims]})


def give(claim, user):
    return decisions.assign_reviewer(
        claim_id=claim.pk, reviewer_id=user.pk, by=Actor(Role.REVIEWER, user.pk), now=WEDNESDAY
    )


def test_what_is_due_first_is_on_top_and_what_waits_for_others_comes_last(client, reviewer):
    returned = stories.claim_needing_action(at=MONDAY - 3 * DAY)
    decided = stories.approved_claim(at=MONDAY - 30 * DAY)
    later = stories.submitted_claim(at=MONDAY + DAY)
    earlier = stories.submitted_claim(at=MONDAY)
    disputed = disputed_claim(at=MONDAY - 5 * DAY)

    assert found(client.get(QUEUE)) == [disputed.pk, earlier.pk, later.pk, returned.pk, decided.pk]


def test_the_queue_says_what_is_due_overdue_and_contested(client, reviewer):
    overdue = stories.submitted_claim(at=MONDAY - 10 * DAY)
    rivals()

    response = client.get(QUEUE)

    assertContains(response, "Overdue", count=1)
    assertContains(response, "Fri 16 Oct 2020, end of day (CEST)")
    assert found(response)[0] == overdue.pk
    assertContains(response, "Competing</span>", count=2)


def test_the_tabs_count_open_claims_and_the_address_alone_chooses(client, reviewer):
    mine, waiting = stories.submitted_claim(), stories.submitted_claim()
    give(mine, reviewer)
    stories.claim_under_review()
    stories.approved_claim(at=MONDAY - 30 * DAY)

    response = client.get(QUEUE, {"assigned": "me"})

    assert [(tab.label, tab.count, tab.is_current) for tab in response.context["tabs"]] == [
        ("My queue", 1, True),
        ("Not assigned", 1, False),
        ("All", 3, False),
        ("Customer wrote", 0, False),
        ("Delivery unclear", 0, False),
        ("Confirm contact", 0, False),
    ]
    assert found(response) == [mine.pk]
    assert found(client.get(QUEUE, {"assigned": "nobody"})) == [waiting.pk]
    assertContains(response, '<a href="?assigned=me" aria-current="page">')


def test_the_filters_are_folded_until_one_narrows_the_queue(client, reviewer):
    assertContains(client.get(QUEUE, {"assigned": "me"}), '<details class="cpor-desk-filters">')
    assertContains(client.get(QUEUE, {"status": "submitted"}), '<details class="cpor-desk-filters" open>')


def test_a_decided_claim_leaves_my_queue(client, reviewer):
    claim = give(stories.submitted_claim(), reviewer)
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.CANCELLED)

    assert found(client.get(QUEUE, {"assigned": "me"})) == []


def test_start_review_of_many_says_what_became_of_each(client, reviewer):
    fresh, taken = stories.submitted_claim(at=MONDAY), stories.claim_under_review(at=MONDAY + DAY)
    rival_reviewer = taken.reviewer

    response = bulk(client, "start_reviews", fresh, taken)

    assert sorted(said(response)) == [
        f"{taken.number}: not possible in the status Under review.",
        f"The review of {fresh.number} has started.",
    ]
    assert stories.fresh(fresh).status == ClaimStatus.UNDER_REVIEW
    assert stories.fresh(fresh).reviewer == reviewer
    assert stories.fresh(taken).reviewer == rival_reviewer


def test_validate_many_validates_those_that_can_be(client, reviewer):
    first, second, submitted = stories.claim_under_review(), stories.claim_under_review(), stories.submitted_claim()

    response = bulk(client, "validate_claims", first, second, submitted)

    assert sorted(said(response)) == [
        f"{first.number} was validated.",
        f"{second.number} was validated.",
        f"{submitted.number}: not possible in the status Submitted.",
    ]
    assert stories.fresh(first).status == stories.fresh(second).status == ClaimStatus.AWAITING_CUSTOMER
    assert stories.fresh(submitted).status == ClaimStatus.SUBMITTED


def test_assign_many_to_me_refuses_what_is_decided(client, reviewer):
    claim, decided = stories.claim_under_review(), stories.approved_claim(at=MONDAY - 30 * DAY)

    response = bulk(client, "assign_to_me", claim, decided)

    assert said(response) == [
        f"{claim.number} was assigned.",
        f"{decided.number}: The claim is decided: it needs no reviewer any more.",
    ]
    assert stories.fresh(claim).reviewer == reviewer
    assert stories.fresh(decided).reviewer is None


def test_a_claim_of_the_own_company_is_refused_in_words_even_to_a_platform_admin_who_reviews(client):
    user = ReviewerFactory(is_superuser=True)
    client.force_login(user)
    claim = stories.submitted_claim()
    PartnerMemberFactory(user=user, partner=claim.partner)

    response = bulk(client, "start_reviews", claim)

    assert said(response) == [
        f"{claim.number}: You belong to this partner company, so another reviewer has to decide."
    ]
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


def test_a_claim_of_the_own_company_cannot_be_chosen_by_a_reviewer(client, reviewer):
    claim = stories.submitted_claim()
    PartnerMemberFactory(user=reviewer, partner=claim.partner)

    bulk(client, "start_reviews", claim)

    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


def test_a_platform_admin_who_does_not_review_is_offered_nothing_for_many(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("root@microsoft.example", "cpor-demo"))
    claim = stories.submitted_claim()

    assertNotContains(client.get(QUEUE), "start_reviews")
    bulk(client, "start_reviews", claim)
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


def test_more_than_a_page_at_once_is_refused(client, reviewer):
    claims = [stories.submitted_claim() for _number in range(MOST_AT_ONCE + 1)]

    response = client.post(
        QUEUE, {"action": "start_reviews", "_selected_action": [claims[0].pk], "select_across": "1"}
    )

    assert said(response) == ["Choose at most 50 claims at once."]
    assert not Claim.objects.exclude(status=ClaimStatus.SUBMITTED).exists()


def test_the_next_claim_is_the_one_due_after_this_and_the_first_at_the_end(reviewer):
    first, second, third = (give(stories.submitted_claim(at=MONDAY + day * DAY), reviewer) for day in range(3))
    others = stories.claim_under_review(at=MONDAY - DAY)

    assert next_for(reviewer, after=first) == second
    assert next_for(reviewer, after=third) == first
    assert next_for(reviewer, after=others) == first


def test_the_next_claim_is_never_this_one_nor_one_that_waits_for_its_partner(reviewer):
    only = give(stories.submitted_claim(), reviewer)
    give(stories.claim_needing_action(), reviewer)

    assert next_for(reviewer, after=only) is None


def test_a_validated_claim_that_is_contested_stays_in_my_queue(reviewer):
    claim, _rival = rivals()
    by = Actor(Role.REVIEWER, reviewer.pk)
    decisions.start_review(claim_id=claim.pk, by=by, now=WEDNESDAY)
    decisions.validate_claim(claim_id=claim.pk, by=by, now=WEDNESDAY)

    assert next_for(reviewer, after=stories.submitted_claim()) == claim
