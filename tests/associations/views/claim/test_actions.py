"""Covers what a partner does on the claim page: comment, add proofs, resubmit and withdraw."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import ClaimStatus, EventKind, MemberRole
from associations.models import ClaimEvent, Comment
from bench.files import SMALL_PDF
from tests.factories import (
    MONDAY,
)
from tests.people import author, colleague, url
from tests.stories import (
    approved_claim,
    claim_needing_action,
    declined_claim,
    draft_claim,
    fresh,
    noticed_claim,
)

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + timedelta(days=1)


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def pdf(name: str = "acceptance.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, SMALL_PDF, content_type="application/pdf")


# Comments and proofs


def test_comment_is_added_to_an_open_claim():
    claim = noticed_claim()

    response = author(claim).post(url("claim_comment", claim), {"text": "On its way."})

    assertRedirects(response, url("claim_detail", claim) + "#comments", fetch_redirect_response=False)
    assert [comment.text for comment in claim.comments.all()] == ["On its way."]


@pytest.mark.parametrize(
    ("text", "message"), [("", "Enter a comment."), (" ", "Enter a comment."), ("x" * 4001, "4001")]
)
def test_bad_comment_is_refused_and_what_was_typed_stays(text, message):
    claim = noticed_claim()

    response = author(claim).post(url("claim_comment", claim), {"text": text})

    assertContains(response, "There is a problem")
    assertContains(response, message)
    assertContains(response, text)
    assert Comment.objects.count() == 0


def test_comment_on_a_closed_claim_changes_nothing():
    claim = declined_claim()

    response = author(claim).post(url("claim_comment", claim), {"text": "But why?"}, follow=True)

    assertContains(response, "This claim is closed")
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("name", ["claim_comment", "claim_add_proof", "claim_resubmit", "claim_withdraw"])
def test_observers_and_strangers_can_not_act(name):
    claim = claim_needing_action()
    events = ClaimEvent.objects.count()

    by_observer = colleague(claim, MemberRole.GLOBAL_ADMIN).post(
        url(name, claim), {"text": "x", "reason": "wrong_mpn"}
    )
    by_stranger = author(draft_claim()).post(url(name, claim), {"text": "x", "reason": "wrong_mpn"})

    assert [by_observer.status_code, by_stranger.status_code] == [404, 404]
    assert (fresh(claim).status, ClaimEvent.objects.filter(claim=claim).count()) == (
        ClaimStatus.ACTION_REQUIRED,
        events,
    )


@pytest.mark.parametrize("name", ["claim_resubmit", "claim_withdraw"])
def test_incentives_user_can_not_decide(name):
    claim = claim_needing_action()

    response = colleague(claim, MemberRole.INCENTIVES_USER).post(
        url(name, claim), {"reason": "wrong_mpn", "reply": "x"}
    )

    assert response.status_code == 404
    assert fresh(claim).status == ClaimStatus.ACTION_REQUIRED


@pytest.mark.parametrize("name", ["claim_comment", "claim_add_proof"])
def test_comment_and_upload_lead_to_the_claim(name):
    claim = noticed_claim()

    response = author(claim).get(url(name, claim))

    assert response.headers["Location"].partition("#")[0] == url("claim_detail", claim)


@pytest.mark.parametrize("story", [noticed_claim, approved_claim])
def test_proof_is_added_while_the_claim_is_open_or_approved(story):
    claim = story()

    response = author(claim).post(
        url("claim_add_proof", claim), {"proofs": [pdf("one.pdf"), pdf("two.pdf")]}, follow=True
    )

    assertContains(response, "2 files were added.")
    assert sorted(proof.name for proof in claim.proofs.all()) == ["one.pdf", "statement-of-work.pdf", "two.pdf"]


def test_bad_proof_is_refused_in_its_own_words_and_the_good_one_stays():
    claim = approved_claim()
    files = [pdf("good.pdf"), SimpleUploadedFile("macro.docm", b"PK\x03\x04")]

    response = author(claim).post(url("claim_add_proof", claim), {"proofs": files})

    assertContains(response, "macro.docm: Documents with macros are not accepted.")
    assertContains(response, "There is a problem")
    assert sorted(proof.name for proof in claim.proofs.all()) == ["good.pdf", "statement-of-work.pdf"]
    assertContains(response, "good.pdf was added.")
    assertNotContains(response, "macro.docm was added.")
    assertNotContains(response, "statement-of-work.pdf was added.")


def test_upload_without_a_file_says_what_is_missing():
    claim = noticed_claim()

    response = author(claim).post(url("claim_add_proof", claim), {})

    assertContains(response, "Choose a file to upload.")


def test_proof_for_a_closed_claim_changes_nothing():
    claim = declined_claim()

    response = author(claim).post(url("claim_add_proof", claim), {"proofs": [pdf()]}, follow=True)

    assertContains(response, "This claim is closed")
    assert claim.proofs.count() == 1


# Resubmit


def test_resubmit_page_shows_the_question_and_its_due_date():
    claim = claim_needing_action()

    with at(TUESDAY):
        response = author(claim).get(url("claim_resubmit", claim))

    assertContains(response, "Teams is not named in the statement of work.")
    assertContains(response, "Mon 26 Oct 2020, end of day (CET)")
    assert fresh(claim).status == ClaimStatus.ACTION_REQUIRED


def test_resubmission_gives_the_claim_back_to_the_review():
    claim = claim_needing_action()

    with at(TUESDAY):
        response = author(claim).post(url("claim_resubmit", claim), {"reply": "See page 3."}, follow=True)

    assertContains(response, "Your answer went to the reviewer.")
    assert fresh(claim).status == ClaimStatus.UNDER_REVIEW
    assert claim.events.get(kind=EventKind.RESUBMITTED).note == "See page 3."


def test_resubmission_without_an_answer_is_refused():
    claim = claim_needing_action()

    response = author(claim).post(url("claim_resubmit", claim), {"reply": "  "})

    assertContains(response, "Enter a reply, or change an answer or add a proof first.")
    assert fresh(claim).status == ClaimStatus.ACTION_REQUIRED


def test_resubmission_of_an_incomplete_claim_links_to_what_is_missing_and_keeps_the_reply():
    claim = claim_needing_action()
    claim.items.all().delete()

    response = author(claim).post(url("claim_resubmit", claim), {"reply": "Done as asked."})

    problem = {"text": "Products: some answers are missing.", "url": f"/associations/{claim.public_id}/products/"}
    assert response.context["problems"] == [problem]
    assertContains(response, "Done as asked.")
    assertContains(response, "<title>Error:")


def test_resubmission_of_an_ineligible_claim_says_why():
    claim = claim_needing_action()
    claim.location.enrolments.all().delete()

    response = author(claim).post(url("claim_resubmit", claim), {"reply": "Done as asked."})

    [problem] = response.context["problems"]
    assert problem["url"] == f"/associations/{claim.public_id}/customer/"
    assert "isn't enrolled in the incentive program" in problem["text"]


def test_second_resubmission_is_told_that_nothing_waits():
    claim = claim_needing_action()
    client = author(claim)
    client.post(url("claim_resubmit", claim), {"reply": "See page 3."})

    response = client.post(url("claim_resubmit", claim), {"reply": "See page 3."}, follow=True)

    assertContains(response, "This claim isn't waiting for a reply.".replace("'", "&#x27;"))
    assert claim.events.filter(kind=EventKind.RESUBMITTED).count() == 1


# Withdraw


def test_withdraw_page_says_what_follows_and_changes_nothing():
    claim = noticed_claim()

    response = author(claim).get(url("claim_withdraw", claim))

    assertContains(response, "The claim is cancelled for good.")
    assert fresh(claim).status == ClaimStatus.SUBMITTED


def test_withdrawal_needs_a_reason():
    claim = noticed_claim()

    response = author(claim).post(url("claim_withdraw", claim), {"reason": "because"})

    assertContains(response, "Choose a reason.")
    assert fresh(claim).status == ClaimStatus.SUBMITTED


def test_withdrawal_cancels_the_claim():
    claim = noticed_claim()

    response = author(claim).post(url("claim_withdraw", claim), {"reason": "wrong_mpn"}, follow=True)

    assertContains(response, "The claim was withdrawn.")
    assert fresh(claim).status == ClaimStatus.CANCELLED
    assert claim.events.get(kind=EventKind.WITHDRAWN).details == {"reason": "wrong_mpn"}


def test_approved_claim_can_not_be_withdrawn():
    claim = approved_claim()

    response = author(claim).post(url("claim_withdraw", claim), {"reason": "wrong_mpn"}, follow=True)

    assertContains(response, "withdrawn any more.")
    assert fresh(claim).status == ClaimStatus.APPROVED
