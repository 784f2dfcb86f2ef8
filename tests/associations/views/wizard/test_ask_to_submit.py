"""An incentives user hands a finished draft to a colleague, who finds it and submits it."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import MemberRole
from associations.models import Claim, SubmitRequest
from tests.factories import PartnerMemberFactory, SubmitRequestFactory
from tests.people import author, signed_in, url
from tests.stories import complete_claim, draft_claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim() -> Claim:
    claim = complete_claim()
    claim.created_by.full_name = "Anna Conti"
    claim.created_by.save()
    return claim


def drafter_of(claim: Claim):
    member = PartnerMemberFactory(partner=claim.partner, role=MemberRole.INCENTIVES_USER, user__full_name="Ugo Serra")
    return signed_in(member.user)


def test_a_drafter_asks_and_the_colleague_finds_the_draft_and_who_asked(claim):
    ugo, anna = drafter_of(claim), author(claim)
    assertContains(ugo.get(url("claim_check", claim)), url("ask_to_submit", claim))
    page = ugo.get(url("ask_to_submit", claim))
    assertContains(page, f'value="{claim.created_by_id}"')
    assertContains(page, "checked")

    response = ugo.post(url("ask_to_submit", claim), {"colleague": claim.created_by_id}, follow=True)

    assertRedirects(response, url("claim_check", claim))
    assertContains(response, f"Anna Conti was asked to submit {claim.number}.")
    assertContains(response, "Anna Conti was asked to submit this claim:")
    assertContains(anna.get(reverse("overview")), "A colleague asks you to submit")
    assertNotContains(ugo.get(reverse("overview")), "A colleague asks you to submit")
    assertContains(anna.get(url("claim_check", claim)), "Ugo Serra asks you to submit this claim.")
    assertContains(anna.get(reverse("notifications")), f"{claim.number}: Ugo Serra asks you to submit the claim")
    history = ugo.get(url("claim_history", claim))
    assertContains(history, "Colleague asked to submit")
    assertContains(history, "Colleague: Anna Conti")


def test_an_unfinished_draft_cannot_be_handed_over_and_says_why():
    draft = draft_claim()
    ugo = drafter_of(draft)

    page = ugo.get(url("claim_check", draft))
    assertContains(page, "When it is complete, you can ask a colleague to submit it.")
    assertNotContains(page, url("ask_to_submit", draft))

    response = ugo.post(url("ask_to_submit", draft), {"colleague": draft.created_by_id}, follow=True)
    assertContains(response, "The draft is not finished yet.")
    assert not SubmitRequest.objects.exists()


def test_somebody_has_to_be_chosen_among_those_who_may_submit(claim):
    PartnerMemberFactory(partner=claim.partner)
    stranger = PartnerMemberFactory().user
    ugo = drafter_of(claim)

    for answer in ({}, {"colleague": stranger.pk}, {"colleague": "x"}):
        assertContains(ugo.post(url("ask_to_submit", claim), answer), "Select a colleague.")
    assert not SubmitRequest.objects.exists()


def test_without_anybody_to_ask_the_page_says_what_to_do(claim):
    ugo = drafter_of(claim)
    claim.partner.members.filter(user=claim.created_by).delete()

    assertContains(ugo.get(url("ask_to_submit", claim)), "Ask a global admin to make somebody incentives admin.")


def test_the_overview_counts_what_the_list_then_shows(claim):
    others = [draft_claim(location=claim.location, created_by=claim.created_by, name=f"Draft {n}") for n in (1, 2)]
    SubmitRequestFactory(claim=claim, colleague=claim.created_by)
    anna = author(claim)

    groups = anna.get(reverse("overview")).context["groups"]

    shown = {str(group.need.title): set(claims_in(anna.get(group.need.url))) for group in groups}
    drafts = {each.number for each in others}
    assert shown == {"A colleague asks you to submit": {claim.number}, "Drafts to finish": drafts}
    assert [group.total for group in groups] == [1, 2]


def claims_in(page) -> list[str]:
    return [row.claim.number for row in page.context["rows"]]
