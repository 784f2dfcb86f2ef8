"""Who acts on a claim."""

import pytest

from associations.rules.actors import PORTAL, Actor, Role


def test_account_id_is_the_account_of_the_person():
    assert Actor(Role.REVIEWER, 7).account_id == 7


@pytest.mark.parametrize("actor", [PORTAL, Actor(Role.CUSTOMER, name="Carla Bianchi")])
def test_the_portal_and_the_customer_have_no_account(actor):
    with pytest.raises(ValueError, match="has no account"):
        _ = actor.account_id
