"""Two reviewers who ask for the next claim at the same moment."""

from functools import partial

from accounts.models import User
from associations.models import Claim
from associations.rules.actors import Actor, Role
from associations.services.review.queue import take_next
from tests import stories
from tests.associations.services.racing import FEWER_ROUNDS, RACE, together
from tests.factories import MONDAY, ReviewerFactory

pytestmark = RACE


def ask(user: User) -> Claim | None:
    return take_next(user, by=Actor(Role.REVIEWER, user.pk), now=MONDAY)


def test_each_gets_a_claim_of_their_own_and_the_third_claim_is_left():
    for turn in FEWER_ROUNDS:
        Claim.objects.update(review_due_at=None)
        claims = [stories.submitted_claim() for _n in range(3)]
        people = [ReviewerFactory(), ReviewerFactory()]

        taken = together(turn, *(partial(ask, user) for user in people))

        assert sorted(claim.pk for claim in taken) == [claim.pk for claim in claims[:2]]
        assert [stories.fresh(claim).reviewer for claim in taken] == people
        assert stories.fresh(claims[2]).reviewer is None
        assert {claim.events.filter(kind="assigned").count() for claim in taken} == {1}


def test_the_one_claim_that_is_left_goes_to_one_of_them():
    for turn in FEWER_ROUNDS:
        Claim.objects.update(review_due_at=None)
        claim = stories.submitted_claim()
        people = [ReviewerFactory(), ReviewerFactory()]

        taken = together(turn, *(partial(ask, user) for user in people))

        winners = [user for user, each in zip(people, taken, strict=True) if each == claim]
        assert winners == [stories.fresh(claim).reviewer]
        assert taken.count(None) == 1
