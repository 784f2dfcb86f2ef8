"""Covers comments on a claim, and the note about a refused edit."""

from datetime import timedelta

import pytest

from associations.rules.actors import Actor, Role
from associations.services.claim.answers import (
    note_refused_edit,
)
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.comments.adding import add_comment
from tests import stories
from tests.factories import (
    MONDAY,
)

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(hours=1)


def history(claim):
    return list(claim.events.values_list("kind", flat=True))


# Comments and refusals


@pytest.mark.parametrize(
    ("role", "is_by_reviewer"),
    [(Role.INCENTIVES_ADMIN, False), (Role.INCENTIVES_USER, False), (Role.REVIEWER, True)],
)
def test_partners_and_reviewers_comment_on_an_open_claim(role, is_by_reviewer):
    claim = stories.submitted_claim()
    by = Actor(role, claim.created_by_id)

    comment = add_comment(claim_id=claim.pk, text="See page 3.", by=by, now=LATER)

    assert (comment.text, comment.author_id, comment.is_by_reviewer) == ("See page 3.", by.user_id, is_by_reviewer)
    assert history(claim)[-1] == "commented"


def test_nobody_comments_on_a_closed_claim():
    claim = stories.declined_claim()

    with pytest.raises(ClaimLocked):
        add_comment(claim_id=claim.pk, text="But why?", by=stories.admin_of(claim), now=LATER)


def test_someone_who_only_looks_does_not_comment():
    claim = stories.submitted_claim()

    with pytest.raises(ClaimLocked):
        add_comment(claim_id=claim.pk, text="Hm.", by=Actor(Role.OBSERVER, claim.created_by_id), now=LATER)


def test_note_refused_edit_names_who_tried_what():
    claim = stories.submitted_claim()

    note_refused_edit(claim_id=claim.pk, group="products", by=stories.admin_of(claim), now=LATER)

    line = claim.events.latest("pk")
    assert (line.kind, line.details, line.actor_id) == ("edit_refused", {"facts": "products"}, claim.created_by_id)
