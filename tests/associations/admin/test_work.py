"""The first page of the desk is the reviewer's work, and a button gives the next claim."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.models import Claim
from tests import stories
from tests.factories import MONDAY, CommentFactory, PartnerMemberFactory, ReviewerFactory, UserFactory

pytestmark = pytest.mark.django_db

INDEX, NEXT = reverse("admin:index"), reverse("admin:associations_claim_next")
DAY = timedelta(days=1)


def parts(client):
    return {part.key: [row.claim.pk for row in part.rows] for part in client.get(INDEX).context["work"]}


def give(claim, reviewer):
    Claim.objects.filter(pk=claim.pk).update(reviewer=reviewer)
    return claim


def test_the_first_page_lists_the_work_by_what_it_needs(client, reviewer):
    now = timezone.now()
    mine = give(stories.submitted_claim(at=now), reviewer)
    nobodys = stories.submitted_claim(at=now - DAY)
    overdue = give(stories.submitted_claim(at=MONDAY), ReviewerFactory())
    unconfirmed = stories.unconfirmed_claim(at=now)
    held = give(stories.held_claim(at=now), ReviewerFactory())
    stories.approved_claim()

    assert parts(client) == {
        "mine": [mine.pk],
        "due": [overdue.pk],
        "unassigned": [nobodys.pk, unconfirmed.pk],
        "contacts": [unconfirmed.pk],
        "holds": [held.pk],
    }


def test_a_comment_that_is_new_to_the_reviewer_is_marked_until_it_is_read(client, reviewer):
    claim = give(stories.submitted_claim(at=MONDAY), reviewer)
    comment = CommentFactory(claim=claim, author=claim.created_by, at=MONDAY + DAY)

    def marks():
        (mine, *_others) = client.get(INDEX).context["work"]
        return mine.rows[0].marks

    assert marks() == ["1 new comment", "Waiting for review"]
    assertContains(client.get(INDEX), "1 new comment")
    client.post(reverse("admin:associations_claim_comments_read", args=[claim.pk]), {"through": comment.pk})
    assert marks() == ["Waiting for review"]


def test_each_part_leads_to_the_queue_that_lists_all_of_it(client, reviewer):
    give(stories.submitted_claim(at=MONDAY), reviewer)
    stories.submitted_claim(at=MONDAY)
    stories.unconfirmed_claim(at=MONDAY)
    stories.held_claim(at=MONDAY)

    for part in client.get(INDEX).context["work"]:
        listed = [claim.pk for claim in client.get(part.url).context["cl"].result_list]
        assert sorted(listed) == sorted(row.claim.pk for row in part.rows), part.key
        assert part.count == len(listed) > 0, part.key


def test_no_claim_of_the_reviewers_own_company_is_on_the_page(client, reviewer):
    claim = stories.submitted_claim(at=MONDAY)
    PartnerMemberFactory(partner=claim.partner, user=reviewer)

    assert not any(parts(client).values())
    client.post(NEXT)
    assert stories.fresh(claim).reviewer is None


def test_a_platform_admin_who_does_not_review_finds_the_reference_data(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    page = client.get(INDEX)

    assert "work" not in page.context
    assertContains(page, reverse("admin:associations_partner_changelist"))


def test_a_platform_admin_who_reviews_finds_both(client):
    client.force_login(ReviewerFactory(is_superuser=True))

    page = client.get(INDEX)

    assertContains(page, "Next claim")
    assertContains(page, reverse("admin:associations_partner_changelist"))


def test_the_page_takes_the_same_number_of_queries_for_many_claims(client, reviewer, django_assert_max_num_queries):
    for _n in range(7):
        give(stories.submitted_claim(at=MONDAY), reviewer)
        stories.unconfirmed_claim(at=MONDAY)
    client.get(INDEX)

    with django_assert_max_num_queries(15):
        page = client.get(INDEX)

    mine = page.context["work"][0]
    assert (len(mine.rows), mine.count) == (5, 7)


@pytest.mark.both
def test_next_claim_takes_the_most_urgent_one_of_nobody_or_of_mine(client, reviewer):
    later = give(stories.submitted_claim(at=MONDAY + DAY), reviewer)
    first = stories.submitted_claim(at=MONDAY)
    give(stories.submitted_claim(at=MONDAY - DAY), ReviewerFactory())

    response = client.post(NEXT)

    assertRedirects(response, reverse("admin:associations_claim_change", args=[first.pk]))
    assert stories.fresh(first).reviewer == reviewer
    assert first.events.filter(kind="assigned").count() == 1
    Claim.objects.filter(pk=first.pk).update(review_due_at=MONDAY + 90 * DAY)
    assert client.post(NEXT)["Location"] == reverse("admin:associations_claim_change", args=[later.pk])
    assert not later.events.filter(kind="assigned").exists()


def test_a_contact_to_confirm_is_as_urgent_as_its_date(client, reviewer):
    give(stories.submitted_claim(at=MONDAY), reviewer)
    unconfirmed = stories.unconfirmed_claim(at=MONDAY)
    Claim.objects.filter(pk=unconfirmed.pk).update(contact_due_at=MONDAY + DAY)

    client.post(NEXT)

    assert stories.fresh(unconfirmed).reviewer == reviewer


def test_without_a_claim_that_waits_the_button_says_so(client, reviewer):
    stories.approved_claim()

    assertContains(client.post(NEXT, follow=True), "No claim waits for a reviewer.")


def test_opening_the_address_of_the_button_assigns_nothing(client, reviewer):
    claim = stories.submitted_claim()

    assertRedirects(client.get(NEXT), INDEX)
    assert stories.fresh(claim).reviewer is None


def test_who_does_not_review_gets_no_claim(client):
    claim = stories.submitted_claim()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    assert client.post(NEXT).status_code == 403
    assert stories.fresh(claim).reviewer is None


def test_the_desk_switches_its_language_and_keeps_the_page(client, reviewer):
    claim = stories.submitted_claim()
    page = reverse("admin:associations_claim_change", args=[claim.pk])
    switch = f'<input type="hidden" name="next" value="{page}">'
    assertContains(client.get(page), switch, html=True)

    response = client.post(reverse("set_language"), {"language": "it", "next": page})

    assertRedirects(response, page)
    assertContains(client.get(page), "Periodo di opposizione")
    assertNotContains(client.get(page), "Opt-out period")


def test_nobody_is_offered_the_page_without_signing_in():
    assert "login" in Client().get(INDEX)["Location"]
