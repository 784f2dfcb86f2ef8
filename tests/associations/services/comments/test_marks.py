"""Covers how far a person has read the comments on a claim, and which are new to them."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from associations.models import Comment, CommentMark
from associations.rules.actors import Actor, Role
from associations.services.comments.adding import add_comment, mark_as_read
from notifications.models import Notification
from tests import stories
from tests.factories import MONDAY, CommentFactory, PartnerMemberFactory, ReviewerFactory

marking = import_module("associations.migrations.0057_earlier_comments_count_as_read")

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(hours=1)
TUESDAY = MONDAY + timedelta(days=1)


def said(claim, by, *, at=LATER):
    return add_comment(claim_id=claim.pk, text="See page 3.", by=by, now=at)


def new_to_partner(claim, user=None):
    return list(Comment.objects.filter(claim=claim).new_to(user or claim.created_by, by_reviewers=True))


def new_to_reviewer(claim, user):
    return list(Comment.objects.filter(claim=claim).new_to(user, by_reviewers=False))


def test_a_comment_is_new_to_everybody_on_the_other_side_until_they_read_it():
    claim, reviewer = stories.submitted_claim(), stories.reviewer()
    colleague = PartnerMemberFactory(partner=claim.partner).user
    comment = said(claim, reviewer)

    mark_as_read(claim, through=comment.pk, by=stories.admin_of(claim), now=TUESDAY)

    assert new_to_partner(claim) == []
    assert new_to_partner(claim, colleague) == [comment]
    assert CommentMark.objects.get(user=claim.created_by).read_at == TUESDAY


def test_a_comment_of_the_partner_is_new_to_reviewers_alone():
    claim, rita = stories.submitted_claim(), ReviewerFactory()
    comment = said(claim, stories.admin_of(claim))

    assert new_to_reviewer(claim, rita) == [comment]
    assert new_to_partner(claim, PartnerMemberFactory(partner=claim.partner).user) == []


def test_who_comments_has_read_what_came_before():
    claim, reviewer = stories.submitted_claim(), stories.reviewer()
    said(claim, reviewer)

    said(claim, stories.admin_of(claim))
    second = said(claim, reviewer)

    assert new_to_partner(claim) == [second]


def test_a_mark_never_goes_back():
    claim, reviewer = stories.submitted_claim(), stories.reviewer()
    first, second = said(claim, reviewer), said(claim, reviewer)
    by = stories.admin_of(claim)

    mark_as_read(claim, through=second.pk, by=by, now=TUESDAY)
    mark_as_read(claim, through=first.pk, by=by, now=TUESDAY + timedelta(days=1))

    mark = CommentMark.objects.get(user=claim.created_by)
    assert (mark.last_read, mark.read_at) == (second, TUESDAY)


def test_a_mark_stops_at_the_last_comment_that_was_shown():
    claim, reviewer = stories.submitted_claim(), stories.reviewer()
    first, second = said(claim, reviewer), said(claim, reviewer)

    mark_as_read(claim, through=first.pk, by=stories.admin_of(claim), now=TUESDAY)

    assert new_to_partner(claim) == [second]


def test_a_mark_is_about_one_claim_whatever_key_is_sent():
    claim, other = stories.submitted_claim(), stories.submitted_claim()
    theirs = said(other, stories.reviewer())
    by = stories.admin_of(claim)

    mark_as_read(claim, through=theirs.pk, by=by, now=TUESDAY)

    assert not CommentMark.objects.filter(user=claim.created_by).exists()


def test_the_comments_of_a_draft_are_new_to_nobody():
    claim = stories.complete_claim()
    CommentFactory(claim=claim, author=claim.created_by, at=MONDAY - timedelta(hours=1))
    rita = ReviewerFactory()
    assert new_to_reviewer(claim, rita) == []

    claim = stories.submitted_claim(claim=claim)

    assert new_to_reviewer(claim, rita) == []


def test_reading_marks_the_notification_as_read_and_no_later_one():
    claim, reviewer = stories.submitted_claim(), stories.reviewer()
    first = said(claim, reviewer)
    said(claim, reviewer, at=TUESDAY)

    mark_as_read(claim, through=first.pk, by=stories.admin_of(claim), now=TUESDAY)

    read = Notification.objects.filter(user=claim.created_by).order_by("pk").values_list("read_at", flat=True)
    assert list(read) == [TUESDAY, None]


def test_a_reviewers_reading_marks_their_notification():
    claim = stories.claim_under_review()
    comment = said(claim, stories.admin_of(claim))
    reviewer = Actor(Role.REVIEWER, stories.fresh(claim).reviewer_id)

    mark_as_read(claim, through=comment.pk, by=reviewer, now=TUESDAY)

    assert Notification.objects.get(kind="partner_commented").read_at == TUESDAY


def test_new_comments_are_counted_for_each_claim():
    claim, other, quiet = stories.submitted_claim(), stories.submitted_claim(), stories.submitted_claim()
    reviewer = stories.reviewer()
    for each in (claim, claim, other):
        said(each, reviewer)

    new = Comment.objects.filter(claim__in=[claim, other, quiet]).new_to(claim.created_by, by_reviewers=True)

    assert new.counted() == {claim.pk: 2, other.pk: 1}


def test_comments_from_before_there_were_marks_count_as_read():
    claim, quiet = stories.submitted_claim(), stories.submitted_claim()
    for role in (Role.REVIEWER, Role.INCENTIVES_ADMIN):
        CommentFactory(claim=claim, author_role=role, at=LATER)
    assert len(new_to_partner(claim)) == 1

    marking.fill(apps, None)
    marking.fill(apps, None)

    assert new_to_partner(claim) == []
    assert new_to_reviewer(claim, ReviewerFactory()) == []
    assert CommentMark.objects.filter(user=None).get().claim == claim
    newer = said(claim, stories.reviewer())
    assert new_to_partner(claim) == [newer]
    assert new_to_partner(quiet) == []


def test_a_person_and_everybody_have_one_mark_on_a_claim():
    comment = CommentFactory()
    for user in (comment.author, None):
        CommentMark.objects.create(user=user, claim=comment.claim, last_read=comment, read_at=LATER)

        with pytest.raises(IntegrityError), transaction.atomic():
            CommentMark.objects.create(user=user, claim=comment.claim, last_read=comment, read_at=LATER)
