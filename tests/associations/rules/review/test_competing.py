import pytest

from associations.rules.review.competing import Holding, who_holds

OURS, THEIRS = 1, 2
USAGE, PRESALES = "BA_USAGE", "BA_PRESALES"


def test_an_item_without_holders_is_free() -> None:
    assert who_holds([], partner_id=OURS, activities={USAGE}) == Holding.FREE


@pytest.mark.parametrize("held", [{USAGE}, {USAGE, PRESALES}])
def test_the_same_activity_of_ours_is_a_duplicate(held: set[str]) -> None:
    assert who_holds([(OURS, held)], partner_id=OURS, activities={USAGE}) == Holding.OWN_DUPLICATE


def test_one_overlapping_activity_is_enough_for_a_duplicate() -> None:
    holders = [(OURS, {PRESALES})]

    assert who_holds(holders, partner_id=OURS, activities={USAGE, PRESALES}) == Holding.OWN_DUPLICATE


def test_another_activity_of_ours_is_allowed() -> None:
    holders = [(OURS, {PRESALES})]

    assert who_holds(holders, partner_id=OURS, activities={USAGE}) == Holding.OWN_OTHER_ACTIVITY


@pytest.mark.parametrize("held", [{USAGE}, {PRESALES}])
def test_another_partner_holds_the_item_across_activities(held: set[str]) -> None:
    assert who_holds([(THEIRS, held)], partner_id=OURS, activities={USAGE}) == Holding.OTHERS


def test_our_duplicate_weighs_more_than_another_partner() -> None:
    holders = [(THEIRS, {USAGE}), (OURS, {USAGE}), (OURS, {PRESALES})]

    assert who_holds(holders, partner_id=OURS, activities={USAGE}) == Holding.OWN_DUPLICATE


def test_another_partner_weighs_more_than_our_other_activity() -> None:
    holders = [(OURS, {PRESALES}), (THEIRS, {PRESALES})]

    assert who_holds(holders, partner_id=OURS, activities={USAGE}) == Holding.OTHERS
