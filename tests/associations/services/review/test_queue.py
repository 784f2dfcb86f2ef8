"""Two reviewers who ask for the next claim at the same time don't get the same one."""

import pytest

from associations.rules.actors import Actor, Role
from associations.services.review.queue import take, take_next
from tests import stories
from tests.factories import MONDAY, ReviewerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_two_people_get_two_claims():
    first, second = stories.submitted_claim(), stories.submitted_claim()
    people = [ReviewerFactory(), ReviewerFactory()]

    taken = [take_next(user, by=Actor(Role.REVIEWER, user.pk), now=MONDAY) for user in people]

    assert taken == [first, second]


def test_a_claim_that_a_colleague_took_meanwhile_stays_theirs():
    claim, user, colleague = stories.submitted_claim(), ReviewerFactory(), ReviewerFactory()
    take(claim.pk, by=Actor(Role.REVIEWER, colleague.pk), now=MONDAY)

    assert take(claim.pk, by=Actor(Role.REVIEWER, user.pk), now=MONDAY) is None
    assert stories.fresh(claim).reviewer == colleague


def test_a_claim_that_was_decided_meanwhile_is_taken_by_nobody():
    claim, user = stories.rejected_claim(), ReviewerFactory()

    assert take(claim.pk, by=Actor(Role.REVIEWER, user.pk), now=MONDAY) is None
