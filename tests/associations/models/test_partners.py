"""Locations that a person can use (domain.md 7)."""

import pytest

from associations.models import locations_open_to
from tests.factories import PartnerFactory, PartnerLocationFactory, PartnerMemberFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_a_member_for_all_locations_has_those_of_their_company():
    member = PartnerMemberFactory()
    here = PartnerLocationFactory(partner=member.partner)
    PartnerLocationFactory()

    assert list(locations_open_to(member.user)) == [here]


def test_a_member_of_two_companies_has_both_scopes():
    user, first, second = UserFactory(), PartnerFactory(), PartnerFactory()
    of_first = PartnerLocationFactory.create_batch(2, partner=first)
    of_second = PartnerLocationFactory.create_batch(2, partner=second)
    PartnerMemberFactory(user=user, partner=first)
    PartnerMemberFactory(user=user, partner=second, locations=[of_second[0]])

    assert set(locations_open_to(user)) == {*of_first, of_second[0]}


def test_roles_narrow_the_locations():
    member = PartnerMemberFactory(role="global_admin")
    PartnerLocationFactory(partner=member.partner)

    assert locations_open_to(member.user).count() == 1
    assert locations_open_to(member.user, roles=("incentives_admin", "incentives_user")).count() == 0
