"""Each decision of the desk: one page, one service, its effects and its mails."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import ClaimStatus, ReviewOutcome
from associations.models import Association, Claim
from notifications.models import OutboxEmail
from tests import stories
from tests.associations.admin.cases import disputed_claim, rivals
from tests.factories import MONDAY, PartnerMemberFactory, ReviewerFactory

NOW = datetime(2020, 10, 21, 9, 0, tzinfo=UTC)
CONFLICT = "The claim changed while you were working. Reload to see the latest version."
REASONED = {"reasons": ["POE_NO_SIGNATURE", "POE_DATES"], "text": "Page 2 isn't signed."}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(NOW, tick=False):
        yield


def decide(claim, action):
    return reverse("admin:associations_claim_decide", args=[claim.pk, action])


def page_of(claim):
    return reverse("admin:associations_claim_change", args=[claim.pk])


def templates_since(before):
    return sorted(OutboxEmail.objects.exclude(pk__in=before).values_list("template", flat=True))


def mails():
    return list(OutboxEmail.objects.values_list("pk", flat=True))


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_start_review_assigns_the_claim(client, reviewer):
    claim = stories.noticed_claim()

    response = client.post(decide(claim, "start_review"))

    assertRedirects(response, page_of(claim), fetch_redirect_response=False)
    assert said(response) == [f"The review of {claim.number} has started."]
    claim = stories.fresh(claim)
    assert (claim.status, claim.reviewer) == (ClaimStatus.UNDER_REVIEW, reviewer)
    line = claim.events.latest("pk")
    assert (line.kind, line.actor, line.at) == ("start_review", reviewer, NOW)


def test_ask_for_more_holds_the_claim_and_mails_the_partner(client, reviewer):
    claim = stories.claim_under_review()
    before = mails()

    response = client.post(decide(claim, "request_action"), REASONED)

    assertRedirects(response, page_of(claim), fetch_redirect_response=False)
    claim = stories.fresh(claim)
    assert claim.status == ClaimStatus.ACTION_REQUIRED
    assert claim.reason_codes == ["POE_NO_SIGNATURE", "POE_DATES"]
    # Five business days after Wednesday the 21st, in Rome, where summer time has ended by then.
    assert claim.answer_due_at == datetime(2020, 10, 28, 23, 0, tzinfo=UTC)
    assert claim.events.latest("pk").note == "Page 2 isn't signed."
    assert templates_since(before) == ["action_required"]


def test_validate_lets_the_customers_period_run_on(client, reviewer):
    claim = stories.claim_under_review()
    before = mails()

    response = client.post(decide(claim, "validate"))

    assert said(response) == [f"{claim.number} was validated."]
    claim = stories.fresh(claim)
    assert (claim.status, claim.review_outcome) == (ClaimStatus.AWAITING_CUSTOMER, ReviewOutcome.VALIDATED)
    assert templates_since(before) == []


def test_validate_makes_it_official_when_the_period_is_over(client, reviewer):
    claim = stories.claim_under_review(at=MONDAY - timedelta(days=14))
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True)
    before = mails()

    client.post(decide(claim, "validate"))

    assert stories.fresh(claim).status == ClaimStatus.APPROVED
    assert Association.objects.active().count() == 2
    assert templates_since(before) == ["association_active", "claim_approved"]


def test_reject_tells_the_partner_and_the_customer(client, reviewer):
    claim = stories.claim_under_review()
    before = mails()

    response = client.post(decide(claim, "reject"), REASONED)

    assert said(response) == [f"{claim.number} was rejected."]
    claim = stories.fresh(claim)
    assert (claim.status, claim.review_outcome) == (ClaimStatus.REJECTED, ReviewOutcome.REJECTED)
    assert templates_since(before) == ["claim_rejected", "request_closed"]


def test_comment_is_added_under_the_reviewers_name(client, reviewer):
    claim = stories.claim_under_review()

    response = client.post(decide(claim, "comment"), {"text": "Which page names Teams?"})

    assertRedirects(response, page_of(claim), fetch_redirect_response=False)
    comment = claim.comments.get()
    assert (comment.text, comment.author, comment.is_by_reviewer) == ("Which page names Teams?", reviewer, True)


@pytest.mark.parametrize(
    ("action", "story", "words"),
    [
        ("start_review", stories.submitted_claim, "The claim is assigned to you."),
        ("validate", stories.claim_under_review, "becomes official at once"),
        ("request_action", stories.claim_under_review, "5 business days"),
        ("reject", stories.claim_under_review, "We tell the partner why"),
        ("comment", stories.claim_under_review, "the customer never does"),
    ],
)
def test_opening_a_decision_explains_it_and_changes_nothing(client, reviewer, action, story, words):
    claim = story()
    before = Claim.objects.values().get(pk=claim.pk)

    response = client.get(decide(claim, action))

    assertContains(response, words)
    assert Claim.objects.values().get(pk=claim.pk) == before


@pytest.mark.parametrize("action", ["request_action", "reject"])
@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"text": "Page 2."}, {"reasons"}),
        ({"reasons": ["POE_DATES"], "text": " "}, {"text"}),
        ({"reasons": ["CUSTOMER_DECLINED"], "text": "Page 2."}, {"reasons"}),
    ],
)
def test_a_decision_without_reason_or_text_is_asked_again_with_what_was_typed(client, reviewer, action, typed, errors):
    claim = stories.claim_under_review()

    response = client.post(decide(claim, action), typed)

    assert set(response.context["form"].errors) == errors
    assertContains(response, typed["text"].strip())
    assert stories.fresh(claim).status == ClaimStatus.UNDER_REVIEW


@pytest.mark.parametrize("action", ["start_review", "request_action", "reject", "validate"])
def test_a_decision_on_a_claim_that_somebody_else_decided_is_refused_in_words(client, reviewer, action):
    claim = stories.claim_needing_action()
    before = mails()

    response = client.post(decide(claim, action), REASONED)

    assertContains(response, CONFLICT, status_code=409)
    assert stories.fresh(claim).status == ClaimStatus.ACTION_REQUIRED
    assert stories.fresh(claim).reason_codes == ["POE_NO_PRODUCT"]
    assert mails() == before


def test_what_was_typed_stays_when_a_decision_is_refused(client, reviewer):
    claim = stories.claim_needing_action()

    response = client.post(decide(claim, "reject"), REASONED)

    assertContains(response, "Page 2 isn&#x27;t signed.", status_code=409)
    assert response.context["form"]["reasons"].value() == ["POE_NO_SIGNATURE", "POE_DATES"]


def test_a_comment_on_a_closed_claim_is_refused_in_words(client, reviewer):
    claim = stories.approved_claim(at=MONDAY - timedelta(days=30))

    response = client.post(decide(claim, "comment"), {"text": "Too late."})

    assertContains(response, "The claim is closed: it takes no more comments.", status_code=409)
    assertContains(response, "Too late.", status_code=409)
    assert not claim.comments.exists()


def test_opening_a_decision_that_is_not_open_leads_back_to_the_claim(client, reviewer):
    claim = stories.submitted_claim()

    response = client.get(decide(claim, "validate"))

    assertRedirects(response, page_of(claim), fetch_redirect_response=False)
    assert said(response) == [CONFLICT]


@pytest.mark.parametrize("action", ["start_review", "comment"])
def test_a_claim_of_the_reviewers_own_company_is_not_found(client, reviewer, action):
    claim = stories.submitted_claim()
    PartnerMemberFactory(user=reviewer, partner=claim.partner)

    assert client.get(decide(claim, action)).status_code == 404
    assert client.post(decide(claim, action), {"text": "Hello"}).status_code == 404
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED
    assert not claim.comments.exists()


def test_a_platform_admin_who_reviews_sees_their_own_companys_claim_but_may_not_decide(client):
    user = ReviewerFactory(is_superuser=True)
    client.force_login(user)
    claim = stories.submitted_claim()
    PartnerMemberFactory(user=user, partner=claim.partner)

    assert client.get(page_of(claim)).context["decisions"] == {}
    response = client.post(decide(claim, "start_review"))
    assertContains(response, "You belong to this partner company", status_code=409)
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


def test_a_platform_admin_who_is_no_reviewer_may_not_decide(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("root@microsoft.example", "cpor-demo"))
    claim = stories.submitted_claim()

    assert client.post(decide(claim, "start_review")).status_code == 403
    assert client.post(decide(claim, "comment"), {"text": "Hello"}).status_code == 403
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


def test_a_partner_may_not_decide(client):
    claim = stories.submitted_claim()
    client.force_login(claim.created_by)

    assert client.post(decide(claim, "start_review"), follow=True).status_code == 403
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


@pytest.mark.parametrize("action", ["approve", "decline", "withdraw", "nothing"])
def test_what_is_no_decision_of_a_reviewer_is_not_found(client, reviewer, action):
    claim = stories.submitted_claim()

    assert client.post(decide(claim, action)).status_code == 404


def test_accepting_a_dispute_brings_the_claim_back_under_review(client, reviewer):
    claim = disputed_claim()
    before = mails()

    response = client.post(decide(claim, "accept_dispute"), {"text": "Page 2 does name Teams."})

    assertRedirects(response, page_of(claim), fetch_redirect_response=False)
    assert said(response) == [f"The dispute of {claim.number} was accepted."]
    claim = stories.fresh(claim)
    assert (claim.status, claim.reviewer) == (ClaimStatus.UNDER_REVIEW, reviewer)
    assert "dispute_accepted" in templates_since(before)


def test_upholding_a_rejection_is_final(client, reviewer):
    claim = disputed_claim()
    before = mails()

    response = client.post(decide(claim, "uphold_rejection"), {"text": "Page 2 names Skype only."})

    assert said(response) == [f"The rejection of {claim.number} is final."]
    assert stories.fresh(claim).status == ClaimStatus.REJECTED_FINAL
    assert claim.events.latest("pk").note == "Page 2 names Skype only."
    assert templates_since(before) == ["claim_rejected"]


@pytest.mark.parametrize("action", ["accept_dispute", "uphold_rejection"])
def test_a_dispute_is_decided_with_the_partners_words_in_view_and_needs_an_answer(client, reviewer, action):
    claim = disputed_claim(justification="Page 2 names Teams.")

    assertContains(client.get(page_of(claim)), "Page 2 names Teams.")
    assertContains(client.get(decide(claim, action)), "Page 2 names Teams.")
    response = client.post(decide(claim, action), {"text": " "})
    assert set(response.context["form"].errors) == {"text"}
    assert stories.fresh(claim).status == ClaimStatus.DISPUTED


@pytest.mark.parametrize("action", ["accept_dispute", "uphold_rejection"])
def test_a_dispute_that_somebody_else_decided_is_refused_in_words(client, reviewer, action):
    claim = stories.claim_under_review()

    response = client.post(decide(claim, action), {"text": "Too late."})

    assertContains(response, CONFLICT, status_code=409)
    assert stories.fresh(claim).status == ClaimStatus.UNDER_REVIEW


def test_the_period_of_a_disputed_claim_is_not_called_open(client, reviewer):
    assertContains(client.get(page_of(disputed_claim())), "Closed with the claim")


def test_one_button_assigns_the_claim_to_me(client, reviewer):
    claim = stories.claim_under_review()
    assertContains(client.get(page_of(claim)), "Assign to me")

    response = client.post(decide(claim, "assign"), {"reviewer_id": reviewer.pk})

    assert said(response) == [f"{claim.number} was assigned."]
    assert stories.fresh(claim).reviewer == reviewer
    assert claim.events.latest("pk").kind == "assigned"
    assertNotContains(client.get(page_of(claim)), "Assign to me")


def test_a_claim_is_assigned_to_another_reviewer_of_another_company(client, reviewer):
    claim = stories.claim_under_review()
    other, partners, gone = ReviewerFactory(), ReviewerFactory(), ReviewerFactory(is_active=False)
    PartnerMemberFactory(user=partners, partner=claim.partner)

    form = client.get(decide(claim, "assign")).context["form"]

    offered = {value for value, _label in form.fields["reviewer_id"].choices}
    assert offered == {"", reviewer.pk, other.pk, claim.reviewer_id}
    for refused in (partners, gone, claim.created_by):
        response = client.post(decide(claim, "assign"), {"reviewer_id": refused.pk})
        assert set(response.context["form"].errors) == {"reviewer_id"}
    client.post(decide(claim, "assign"), {"reviewer_id": other.pk})
    assert stories.fresh(claim).reviewer == other


def test_a_decided_claim_is_assigned_to_nobody(client, reviewer):
    claim = stories.approved_claim(at=MONDAY - timedelta(days=30))

    response = client.post(decide(claim, "assign"), {"reviewer_id": reviewer.pk})

    assertContains(response, "The claim is decided: it needs no reviewer any more.", status_code=409)
    assert stories.fresh(claim).reviewer is None


def test_the_page_after_a_decision_leads_to_the_next_claim_in_my_queue(client, reviewer):
    first, second = stories.submitted_claim(), stories.submitted_claim()
    for claim in (first, second):
        client.post(decide(claim, "start_review"))

    response = client.post(decide(first, "validate"), follow=True)

    link = f'<a href="{page_of(second)}" rel="next">Next claim in my queue: {second.number}</a>'
    assertContains(response, link, html=True)


def test_every_decision_is_a_link_a_button_or_a_field_that_the_keyboard_reaches(client, reviewer):
    claim, _rival = rivals()
    client.post(decide(claim, "start_review"))

    for response in (client.get(page_of(claim)), client.get(decide(claim, "reject"))):
        assertNotContains(response, "onclick")
        assertNotContains(response, "<script>")
