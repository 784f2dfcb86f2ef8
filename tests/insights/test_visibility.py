"""Visibility of usage figures by company, product and date; each test could leak something."""

from datetime import UTC, date, datetime

import pytest

from associations.choices import MemberRole, OptOutReason, SubscriptionState
from associations.models import Association
from associations.services.association import association
from associations.services.customer import answer
from insights.visibility import DOWNLOADERS, MonthOfUse, items_open_to, usage_of
from tests import stories
from tests.factories import PartnerLocationFactory, PartnerMemberFactory, UserFactory
from tests.insights.usage import DECEMBER, FILED, NOVEMBER, OCTOBER, SEPTEMBER, figures, official, official_teams

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = datetime(2020, 12, 1, tzinfo=UTC)


def months_seen(user, claim):
    """The months of the claim's item that the person sees; None when they do not see the item."""
    item = items_open_to(user).filter(claimed_products__claim=claim).first()
    return None if item is None else [month.month for month in usage_of([item])[item.pk]]


def colleague(claim, role, **scope):
    return PartnerMemberFactory(partner=claim.partner, role=role, **scope).user


def test_the_partner_sees_the_months_from_the_association_s_start():
    claim = official_teams()
    figures(claim, SEPTEMBER, OCTOBER, NOVEMBER)

    assert months_seen(claim.created_by, claim) == [OCTOBER, NOVEMBER]


def test_another_partner_sees_nothing_of_it():
    claim, others = official_teams(), official_teams()
    figures(claim, OCTOBER)
    figures(others, OCTOBER)

    seen = items_open_to(claim.created_by)

    assert [item.tenant for item in seen] == [claim.tenant]
    assert months_seen(others.created_by, claim) is None


def test_the_same_product_of_another_customer_and_another_product_of_this_one_stay_apart():
    claim, neighbour = official_teams(), official_teams()
    figures(neighbour, OCTOBER, active=999)
    second = stories.approved_claim(at=FILED, products=("EXO",), tenant=claim.tenant)
    figures(second, OCTOBER, active=777)
    figures(claim, OCTOBER, active=111)

    item = official(claim)

    assert usage_of([item])[item.pk] == [MonthOfUse(OCTOBER, 111, 200, None)]


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (MemberRole.INCENTIVES_ADMIN, True),
        (MemberRole.INCENTIVES_USER, True),
        (MemberRole.GLOBAL_ADMIN, True),
        (MemberRole.REPORT_VIEWER, True),
        (MemberRole.EXEC_REPORT_VIEWER, True),
        (MemberRole.BILLING_ADMIN, False),
    ],
)
def test_roles_see_usage_as_the_matrix_says(role, sees):
    claim = official_teams()
    figures(claim, OCTOBER)

    assert (months_seen(colleague(claim, role), claim) == [OCTOBER]) is sees


def test_a_report_viewer_takes_nothing_away():
    claim = official_teams()

    assert not items_open_to(colleague(claim, MemberRole.REPORT_VIEWER), roles=DOWNLOADERS).exists()
    assert items_open_to(colleague(claim, MemberRole.EXEC_REPORT_VIEWER), roles=DOWNLOADERS).exists()


def test_a_person_of_another_location_and_a_person_without_role_see_nothing():
    claim = official_teams()
    elsewhere = PartnerLocationFactory(partner=claim.partner)

    limited = colleague(claim, MemberRole.INCENTIVES_ADMIN, locations=[elsewhere])

    assert months_seen(limited, claim) is None
    assert months_seen(UserFactory(), claim) is None
    assert months_seen(colleague(claim, MemberRole.INCENTIVES_ADMIN, locations=[claim.location]), claim) == []


def test_a_migrated_association_is_seen_by_who_acts_for_all_locations():
    claim = official_teams()
    Association.objects.create(
        partner=claim.partner,
        tenant=stories.draft_claim().tenant,
        product=official(claim).product,
        is_migrated=True,
        starts_at=LATER,
    )

    limited = colleague(claim, MemberRole.INCENTIVES_ADMIN, locations=[claim.location])

    assert items_open_to(claim.created_by).count() == 2
    assert items_open_to(limited).count() == 1


def opt_out(claim):
    carla = answer.Answerer(name="Carla Bianchi")
    notice = claim.notices.get()
    answer.opt_out(notice_id=notice.pk, answerer=carla, reason=OptOutReason.NO_RELATION, now=LATER)


def disassociate(claim):
    by = stories.admin_of(claim)
    association.disassociate(claim_id=claim.pk, reason="The contract ended.", by=by, now=LATER)


@pytest.mark.parametrize("end", [opt_out, disassociate])
def test_usage_closes_the_moment_the_association_ends(end):
    claim = official_teams()
    figures(claim, OCTOBER, NOVEMBER)
    assert months_seen(claim.created_by, claim) == [OCTOBER, NOVEMBER]

    end(claim)

    assert months_seen(claim.created_by, claim) is None


def test_usage_closes_with_the_subscription():
    claim = stories.approved_claim(at=FILED, claim=stories.complete_dynamics_claim(at=FILED))
    figures(claim, OCTOBER)
    assert months_seen(claim.created_by, claim) == [OCTOBER]
    claim.tenant.subscriptions.update(state=SubscriptionState.EXPIRED)

    association.expire_associations(now=LATER)

    assert months_seen(claim.created_by, claim) is None


def test_at_most_thirteen_months_are_shown():
    claim = official_teams()
    months = [date(2020 + (9 + place) // 12, (9 + place) % 12 + 1, 1) for place in range(15)]
    figures(claim, *months)

    assert months_seen(claim.created_by, claim) == months[-13:]


def test_many_items_are_read_in_one_query(django_assert_num_queries):
    claims = [official_teams() for _number in range(3)]
    for claim in claims:
        figures(claim, OCTOBER, NOVEMBER, DECEMBER)
    items = [official(claim) for claim in claims]

    with django_assert_num_queries(1):
        seen = usage_of(items)

    assert {len(months) for months in seen.values()} == {3}
