"""A reviewer's unsent entries are saved for them alone, are there after reloading, and decide nothing."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import ClaimStatus
from associations.models import ReviewDraft
from notifications.models import OutboxEmail
from tests import stories
from tests.factories import PartnerMemberFactory, ProofFactory, ReviewerFactory, UserFactory

WORDS = {"reasons": ["POE_DATES"], "text": "Dear Anna, page 3 has no date."}
JSON = {"accept": "application/json"}

pytestmark = pytest.mark.django_db


def page_of(claim):
    return reverse("admin:associations_claim_change", args=[claim.pk])


def checklist_of(claim):
    return reverse("admin:associations_claim_checklist", args=[claim.pk])


def decide(claim, action="request_action"):
    return reverse("admin:associations_claim_decide", args=[claim.pk, action])


def selected(client, claim):
    return client.get(page_of(claim)).context["checklist"]["shown"].value()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_saved_boxes_are_there_after_reloading_and_decide_nothing(client, reviewer):
    claim = stories.claim_under_review()
    before = (claim.events.count(), OutboxEmail.objects.count())

    response = client.post(checklist_of(claim), {"shown": ["parties", "dates"]})

    assertRedirects(response, page_of(claim) + "#review", fetch_redirect_response=False)
    assertContains(client.get(page_of(claim)), "Saved. Nothing was decided or sent.")
    assert selected(client, claim) == ["parties", "dates"]
    assert stories.fresh(claim).status == ClaimStatus.UNDER_REVIEW
    assert (claim.events.count(), OutboxEmail.objects.count()) == before


def test_boxes_cleared_again_are_saved_too(client, reviewer):
    claim = stories.claim_under_review()
    client.post(checklist_of(claim), {"shown": ["parties"]})

    client.post(checklist_of(claim), {})

    assert selected(client, claim) == []


def test_a_script_saves_quietly_and_gets_json(client, reviewer):
    claim = stories.claim_under_review()

    boxes = client.post(checklist_of(claim), {"shown": ["work"], "then": "quiet"}, headers=JSON).json()
    words = client.post(decide(claim), {**WORDS, "then": "quiet"}, headers=JSON).json()

    assert boxes["version"]
    assert words["version"]
    assert boxes["text"].startswith("Saved ")
    assert selected(client, claim) == ["work"]
    assert client.get(decide(claim)).context["form"]["text"].value() == WORDS["text"]


def test_words_saved_for_later_are_there_again_and_nothing_was_sent(client, reviewer):
    claim = stories.claim_under_review()

    response = client.post(decide(claim), {**WORDS, "then": "save"})

    assertRedirects(response, decide(claim))
    form = client.get(decide(claim)).context["form"]
    assert form["reasons"].value() == ["POE_DATES"]
    assert form["text"].value() == WORDS["text"]
    assert client.get(decide(claim, "reject")).context["form"]["text"].value() == ""
    assert stories.fresh(claim).status == ClaimStatus.UNDER_REVIEW


def test_half_written_words_are_saved_without_reasons(client, reviewer):
    claim = stories.claim_under_review()

    client.post(decide(claim), {"text": "Dear", "then": "save"})

    assert client.get(decide(claim)).context["form"]["text"].value() == "Dear"


def test_words_that_are_too_long_are_kept_on_the_page_with_the_reason(client, reviewer):
    claim = stories.claim_under_review()

    response = client.post(decide(claim), {"text": "x" * 4001, "then": "save"})
    quiet = client.post(decide(claim), {"text": "x" * 4001, "then": "quiet"}, headers=JSON).json()

    assert response.status_code == 409
    assert response.context["form"]["text"].value() == "x" * 4001
    assert quiet["version"] == ""
    assert "4000" in quiet["text"]


@pytest.mark.parametrize("action", ["validate", "request_action", "reject"])
def test_a_decision_clears_what_its_reviewer_had_saved(client, reviewer, action):
    claim = stories.claim_under_review()
    client.post(checklist_of(claim), {"shown": ["parties"]})
    client.post(decide(claim), {**WORDS, "then": "save"})

    client.post(decide(claim, action), WORDS)

    assert stories.fresh(claim).status != ClaimStatus.UNDER_REVIEW
    assert not ReviewDraft.objects.exists()


def test_two_reviewers_do_not_overwrite_each_other_and_read_each_others_boxes(client, reviewer):
    claim = stories.claim_under_review()
    other = signed_in(ReviewerFactory(full_name="Otto Other"))
    client.post(checklist_of(claim), {"shown": ["parties"]})
    client.post(decide(claim), {**WORDS, "then": "save"})

    other.post(checklist_of(claim), {"shown": ["work", "dates"]})

    assert selected(client, claim) == ["parties"]
    assert selected(other, claim) == ["work", "dates"]
    assertContains(other.get(page_of(claim)), "Rita Reviewer selected 1 of 5:")
    assertContains(client.get(page_of(claim)), "Otto Other selected 2 of 5:")
    assertNotContains(other.get(decide(claim)), "page 3")


def test_the_boxes_of_a_colleague_preselect_no_reasons(client, reviewer):
    claim = stories.claim_under_review()
    signed_in(ReviewerFactory()).post(checklist_of(claim), {"shown": ["work"]})

    assert client.get(decide(claim)).context["form"]["reasons"].value() == []


def test_a_file_added_since_is_mentioned(client, reviewer):
    claim = stories.claim_under_review()
    client.post(checklist_of(claim), {"shown": ["parties"]})
    assertNotContains(client.get(page_of(claim)), "A file was added after you saved this.")

    ProofFactory(claim=claim, uploaded_at=ReviewDraft.objects.get().saved_at.replace(year=2100))

    assertContains(client.get(page_of(claim)), "A file was added after you saved this.")


def test_a_save_that_comes_after_the_decision_is_refused(client, reviewer):
    claim = stories.claim_under_review()
    client.post(decide(claim, "validate"))

    answer = client.post(checklist_of(claim), {"shown": ["parties"], "then": "quiet"}, headers=JSON).json()

    assert answer["version"] == ""
    assert not ReviewDraft.objects.exists()


def test_only_who_decides_saves(client, reviewer):
    claim = stories.claim_under_review()
    PartnerMemberFactory(partner=claim.partner, user=reviewer)
    root = signed_in(UserFactory(is_staff=True, is_superuser=True))

    assert client.post(checklist_of(claim), {"shown": ["parties"]}).status_code == 404
    assert root.post(checklist_of(claim), {"shown": ["parties"]}).status_code == 403
    assert root.post(decide(claim), {**WORDS, "then": "save"}).status_code == 403
    assert not ReviewDraft.objects.exists()


def test_loading_the_address_of_the_checklist_leads_to_the_claim(client, reviewer):
    claim = stories.claim_under_review()

    assertRedirects(client.get(checklist_of(claim)), page_of(claim) + "#review")


def test_what_cannot_be_taken_back_is_apart_and_looks_it(client, reviewer):
    page = client.get(page_of(stories.claim_under_review())).content.decode()
    ends = page[page.index("cpor-desk-ends") : page.index("</form>", page.index("cpor-desk-ends"))]

    assert ends.index("desk-primary") < ends.index("cpor-desk-secondary") < ends.index("cpor-desk-destructive")
    assert ends.count("cpor-desk-destructive") == 1
    assert 'value="reject"' in ends[ends.index("cpor-desk-destructive") :]
