"""The *Program guide* page: what can be claimed now, what changes, and the open drafts that it touches."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.asserts import assertContains, assertNotContains

from guides.editions import portal_day
from guides.models import ProgramGuide
from guides.publishing import new_edition_from, publish
from tests.factories import (
    ClaimedProductFactory,
    ClaimFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProductFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PAGE = reverse("program_guide")


@pytest.fixture
def member(client):
    member = PartnerMemberFactory()
    client.force_login(member.user)
    return member


@pytest.fixture
def coming() -> ProgramGuide:
    """An edition from tomorrow on, with a window of seven days for Microsoft 365 usage."""
    now = timezone.now()
    guide = new_edition_from(ProgramGuide.objects.get(code="2020-09"), code="next", title="The next guide")
    guide.activities.filter(code="M365_USAGE").update(opt_out_business_days=7)
    ProgramGuide.objects.filter(pk=guide.pk).update(note={"en": "Longer windows.", "it": "Periodi più lunghi."})
    return publish(guide_id=guide.pk, valid_from=portal_day(now) + timedelta(days=1), by=UserFactory(), now=now)


def draft_of(member, *, location=None):
    location = location or PartnerLocationFactory(partner=member.partner)
    claim = ClaimFactory(
        partner=location.partner, location=location, solution_area="M365", activity_codes=("M365_USAGE",)
    )
    ClaimedProductFactory(claim=claim, product=ProductFactory(code="EXO"), subscription=None)
    return claim


def test_it_says_what_can_be_claimed_now(client, member):
    page = client.get(PAGE)

    assertContains(page, "edition 2020-09")
    for words in ("Pre-sales", "Revenue association", "Exchange Online", "Payment from 150 seats on"):
        assertContains(page, words)
    assertContains(page, "To be paid, file within 90 days of the transaction", count=1)
    assertNotContains(page, "What changed from edition")


def test_it_says_what_an_edition_to_come_changes_and_which_drafts_it_touches(client, member, coming):
    draft = draft_of(member)

    page = client.get(PAGE)

    assertContains(page, 'id="edition-next"')
    assertContains(page, "Longer windows.")
    assertContains(page, "Opt-out period in business days: 7 (before: 5)")
    assertContains(page, draft.number)
    assertContains(page, "rules change for Usage (Microsoft 365)")


def test_it_shows_no_draft_of_another_company(client, member, coming):
    stranger = draft_of(member, location=PartnerLocationFactory())

    page = client.get(PAGE)

    assertNotContains(page, stranger.number)
    assertNotContains(page, stranger.tenant.name)
    assertContains(page, "It touches none of your open drafts.")


def test_the_edition_of_tomorrow_is_the_one_in_force_tomorrow(client, member, coming, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=2), tick=False)
    client.force_login(member.user)

    page = client.get(PAGE)

    assertContains(page, "edition next")
    assertContains(page, "What changed from edition 2020-09")
    assertContains(page, "Opt-out period in business days: 7 (before: 5)")


def test_a_withdrawn_edition_and_a_draft_are_not_shown(client, member, coming):
    new_edition_from(coming, code="secret", title="Secret plan")

    assertNotContains(client.get(PAGE), "Secret plan")


def test_it_is_read_in_the_language_of_the_person(client, member, coming):
    draft_of(member)
    member.user.language = "it"
    member.user.save()

    page = client.get(PAGE, headers={"accept-language": "it"})

    with translation.override("it"):
        assertContains(page, "Associazione dei ricavi")
        assertContains(page, "Periodi più lunghi.")


def test_it_takes_the_same_number_of_queries_for_one_draft_and_for_three(
    client, member, coming, django_assert_max_num_queries
):
    location = PartnerLocationFactory(partner=member.partner)
    draft_of(member, location=location)
    client.get(PAGE)

    with django_assert_max_num_queries(12) as one:
        client.get(PAGE)
    draft_of(member, location=location)
    draft_of(member, location=location)
    with django_assert_max_num_queries(12) as three:
        client.get(PAGE)

    assert len(one) == len(three)
