"""Unsent entries of reviewers are personal data: exported, erased, and removed with their claim."""

from datetime import timedelta

import pytest

from associations.models import ReviewDraft
from associations.rules.actors import Actor, Role
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.privacy.erasure import erase_person
from associations.services.privacy.personal_data import personal_data_of
from associations.services.privacy.retention import forget_closed_claims
from associations.services.review.decisions import OwnCompany
from associations.services.review.drafts import save_draft
from tests import stories
from tests.factories import MONDAY, PartnerMemberFactory, ReviewDraftFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.mark.both
def test_the_last_save_of_a_reviewer_counts():
    claim, by = stories.claim_under_review(), stories.reviewer()

    for shown in (["parties"], ["work"]):
        save_draft(claim_id=claim.pk, form="checklist", answers={"shown": shown}, by=by, now=MONDAY)

    assert [(row.reviewer_id, row.answers) for row in ReviewDraft.objects.all()] == [(by.user_id, {"shown": ["work"]})]


def test_nobody_saves_about_a_claim_that_is_not_under_review_or_of_their_own_company():
    submitted, reviewed, by = stories.submitted_claim(), stories.claim_under_review(), stories.reviewer()
    partner_admin = Actor(Role.INCENTIVES_ADMIN, reviewed.created_by_id)

    for claim, actor in ((submitted, by), (reviewed, partner_admin)):
        with pytest.raises((ActionNotAllowed, OwnCompany)):
            save_draft(claim_id=claim.pk, form="checklist", answers={}, by=actor, now=MONDAY)
    PartnerMemberFactory(partner=reviewed.partner, user_id=by.user_id)
    with pytest.raises(OwnCompany):
        save_draft(claim_id=reviewed.pk, form="checklist", answers={}, by=by, now=MONDAY)
    assert not ReviewDraft.objects.exists()


@pytest.mark.both
def test_words_about_a_person_are_exported_and_erased_with_them():
    claim = stories.rejected_claim(at=MONDAY - 400 * DAY)
    named = ReviewDraftFactory(
        claim=claim, form="reject", answers={"text": "Ask CARLA@contoso.example", "reasons": []}
    )
    ReviewDraftFactory(claim=claim, answers={"shown": ["parties"]})

    (held,) = personal_data_of("carla@contoso.example")["unsent reviews"]
    outcomes = erase_person("carla@contoso.example", now=MONDAY)

    assert (held["claim_id"], held["form"]) == (claim.pk, "reject")
    assert [outcome.erased for outcome in outcomes] == [{"unsent reviews": 1}]
    assert not ReviewDraft.objects.filter(pk=named.pk).exists()
    assert ReviewDraft.objects.count() == 1


def test_a_reviewers_own_entries_are_exported_and_go_with_the_account():
    draft = ReviewDraftFactory(reviewer__is_active=False)

    assert personal_data_of(draft.reviewer.email)["unsent reviews"][0]["answers"] == draft.answers
    erase_person(draft.reviewer.email, now=MONDAY)
    assert not ReviewDraft.objects.exists()


def test_a_claim_that_forgets_its_people_forgets_them():
    claim = stories.rejected_claim(at=MONDAY - 1000 * DAY)
    ReviewDraftFactory(claim=claim)

    assert forget_closed_claims(months=24, now=MONDAY) == 1
    assert not ReviewDraft.objects.exists()
