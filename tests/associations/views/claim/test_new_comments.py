"""Covers how pages of partners and reviewers show comments that are new to a person, and how they become read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import MemberRole
from associations.models import CommentMark
from associations.services.comments.adding import add_comment
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory, ReviewerFactory
from tests.people import author, url

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(hours=1)
READ = "Mark as read"


def said(claim, by, *, text="See page 3."):
    return add_comment(claim_id=claim.pk, text=text, by=by, now=LATER)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_list_and_claim_page_count_what_is_new_until_it_is_read():
    claim, other, reviewer = stories.submitted_claim(), stories.submitted_claim(), stories.reviewer()
    said(claim, reviewer)
    said(other, reviewer)
    client = author(claim)
    assertContains(client.get("/associations/"), "1 new comment", count=1)

    last = said(claim, reviewer)
    page = client.get(url("claim_detail", claim))
    assertContains(page, "2 new comments", count=2)
    assertContains(page, "data-new-comment", count=2)
    assertContains(page, "js/comments.js")
    assertContains(client.get("/associations/"), "2 new comments", count=1)

    answer = client.post(url("claim_comments_read", claim), {"through": last.pk})

    assertRedirects(answer, url("claim_detail", claim) + "#comments", fetch_redirect_response=False)
    for path in (url("claim_detail", claim), "/associations/"):
        assertNotContains(client.get(path), "new comment")
    assertNotContains(client.get(url("claim_detail", claim)), READ)
    assertNotContains(client.get(url("claim_detail", claim)), "js/comments.js")


def test_looking_marks_nothing_as_read():
    claim = stories.submitted_claim()
    said(claim, stories.reviewer())
    client = author(claim)

    for _look in range(2):
        assertContains(client.get(url("claim_detail", claim)), READ)
        client.get(url("claim_comments_read", claim), follow=True)

    assert not CommentMark.objects.filter(user=claim.created_by).exists()


def test_own_comments_are_not_new():
    claim = stories.submitted_claim()
    client = author(claim)

    client.post(url("claim_comment", claim), {"text": "On its way."})

    assertNotContains(client.get(url("claim_detail", claim)), READ)


def test_a_colleague_who_only_looks_has_marks_of_their_own():
    claim = stories.submitted_claim()
    comment = said(claim, stories.reviewer())
    client = browser(PartnerMemberFactory(partner=claim.partner, role=MemberRole.GLOBAL_ADMIN).user)

    client.post(url("claim_comments_read", claim), {"through": comment.pk})

    assertNotContains(client.get(url("claim_detail", claim)), READ)
    assertContains(author(claim).get(url("claim_detail", claim)), READ)


@pytest.mark.parametrize("through", ["", "0", "-1", "latest", "9" * 30])
def test_a_forged_key_marks_nothing(through):
    claim = stories.submitted_claim()
    said(claim, stories.reviewer())

    answer = author(claim).post(url("claim_comments_read", claim), {"through": through})

    assert answer.status_code == 302
    assert not CommentMark.objects.filter(user=claim.created_by).exists()


def test_nobody_marks_the_comments_of_another_companys_claim():
    claim = stories.submitted_claim()
    comment = said(claim, stories.reviewer())

    answer = author(stories.submitted_claim()).post(url("claim_comments_read", claim), {"through": comment.pk})

    assert answer.status_code == 404


def test_the_desk_counts_the_partners_comments_until_they_are_read():
    claim = stories.submitted_claim()
    comment = said(claim, stories.admin_of(claim))
    said(claim, stories.reviewer())
    client = browser(ReviewerFactory())
    queue = reverse("admin:associations_claim_changelist")
    page = reverse("admin:associations_claim_change", args=[claim.pk])
    assertContains(client.get(queue), "1 new comment", count=1)
    assertContains(client.get(page), "1 new comment")
    assertContains(client.get(page), "js/comments.js")
    read = reverse("admin:associations_claim_comments_read", args=[claim.pk])
    assertRedirects(client.get(read), page + "#comments")
    assertContains(client.get(queue), "1 new comment", count=1)

    answer = client.post(read, {"through": comment.pk})

    assertRedirects(answer, page + "#comments")
    assertNotContains(client.get(queue), "new comment")
    assertNotContains(client.get(page), READ)


def test_a_reviewer_marks_no_comments_of_their_own_company():
    claim = stories.submitted_claim()
    comment = said(claim, stories.admin_of(claim))
    reviewer = ReviewerFactory()
    PartnerMemberFactory(partner=claim.partner, user=reviewer)

    read = reverse("admin:associations_claim_comments_read", args=[claim.pk])

    assert browser(reviewer).post(read, {"through": comment.pk}).status_code == 404
    assert not CommentMark.objects.filter(user=reviewer).exists()
