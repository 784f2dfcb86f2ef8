"""Actors of a claim."""

import pytest

from associations.choices import MemberRole
from associations.models.partners import CLAIM_EDITORS, CLAIM_READERS
from associations.rules.actors import PORTAL, Actor, Role, member_actor


def test_account_id_is_the_account_of_the_person():
    assert Actor(Role.REVIEWER, 7).account_id == 7


@pytest.mark.parametrize("actor", [PORTAL, Actor(Role.CUSTOMER, name="Carla Bianchi")])
def test_the_portal_and_the_customer_have_no_account(actor):
    with pytest.raises(ValueError, match="has no account"):
        _ = actor.account_id


@pytest.mark.parametrize(
    ("role", "capacity", "may_draft"),
    [
        (MemberRole.INCENTIVES_ADMIN, Role.INCENTIVES_ADMIN, True),
        (MemberRole.INCENTIVES_USER, Role.INCENTIVES_USER, True),
        (MemberRole.GLOBAL_ADMIN, Role.OBSERVER, False),
        (MemberRole.BILLING_ADMIN, Role.OBSERVER, False),
    ],
)
def test_a_member_acts_in_the_capacity_of_their_role(role, capacity, may_draft):
    assert member_actor(7, role=role.value) == Actor(capacity, 7)
    assert role in CLAIM_READERS
    assert (role in CLAIM_EDITORS) is may_draft


def test_a_report_viewer_does_not_act_on_claims():
    with pytest.raises(KeyError):
        member_actor(7, role=MemberRole.REPORT_VIEWER.value)

    assert MemberRole.REPORT_VIEWER not in CLAIM_READERS + CLAIM_EDITORS
