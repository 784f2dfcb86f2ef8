"""From the checklist to the reasons and the words of a decision, without a script."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from associations.choices import ClaimStatus, ReasonCode
from associations.forms.desk.reply_templates import canned_texts
from associations.models import ReviewDraft
from associations.rules.proof_files import ProofKind
from associations.services.files.proof_reading import read_proofs
from tests import stories
from tests.associations.proof_reading.papers import Sheet, pdf_of
from tests.factories import MONDAY, ProofFactory

SIGNATURE = (
    "The customer's signature is missing. Please add a document that the customer has signed, with name, job title"
    " and a date within the 12 months before you submitted the claim."
)
DATES = (
    "The document has no dates, or they are too old for this claim. Please add one that says when the work was done"
    " and when the customer signed."
)
SELECTED = {"shown": ["parties", "work", "products"]}

pytestmark = pytest.mark.django_db


def decide(claim, action):
    return reverse("admin:associations_claim_decide", args=[claim.pk, action])


def page_of(claim):
    return reverse("admin:associations_claim_change", args=[claim.pk])


def save_checklist(client, claim, selected, **more):
    """Press the button of the checklist that is named by *more*, or *Save*."""
    return client.post(reverse("admin:associations_claim_checklist", args=[claim.pk]), {**selected, **more})


def test_the_claim_page_asks_the_five_elements_and_leads_to_the_decisions(client, reviewer):
    claim = stories.claim_under_review()

    response = client.get(page_of(claim))

    assert [value for value, _label in response.context["checklist"].fields["shown"].choices] == [
        "parties",
        "acknowledgement",
        "work",
        "products",
        "dates",
    ]
    for action in ("validate", "request_action", "reject"):
        assertContains(response, f'name="then" value="{action}"', count=1)


def test_a_claim_that_is_not_under_review_has_no_checklist(client, reviewer):
    claim = stories.submitted_claim()

    assertNotContains(client.get(page_of(claim)), 'name="then"')
    assert save_checklist(client, claim, SELECTED)["Location"] == page_of(claim) + "#review"
    assertContains(client.get(page_of(claim)), "The claim changed while you were working.")
    assert not ReviewDraft.objects.exists()


@pytest.mark.parametrize("action", ["request_action", "reject"])
def test_what_stays_cleared_becomes_reasons_and_words(client, reviewer, action):
    claim = stories.claim_under_review()

    response = save_checklist(client, claim, SELECTED, then=action)

    assertRedirects(response, decide(claim, action))
    form = client.get(decide(claim, action)).context["form"]
    assert form["reasons"].value() == ["POE_NO_SIGNATURE", "POE_DATES"]
    assert form["text"].value() == f"{SIGNATURE}\n\n{DATES}"


def test_a_decision_opened_without_the_checklist_preselects_nothing(client, reviewer):
    form = client.get(decide(stories.claim_under_review(), "request_action")).context["form"]

    assert form["reasons"].value() == []
    assert form["text"].value() == ""


def test_a_checklist_with_nothing_selected_gives_all_five_reasons(client, reviewer):
    claim = stories.claim_under_review()

    response = client.get(save_checklist(client, claim, {}, then="request_action")["Location"])

    assert response.context["form"]["reasons"].value() == [
        "POE_NO_SIGNATURE",
        "POE_DATES",
        "POE_NO_SERVICE",
        "POE_NO_PRODUCT",
        "DATA_MISMATCH",
    ]


def test_validating_with_something_cleared_says_what(client, reviewer):
    claim = stories.claim_under_review()

    assertNotContains(client.get(decide(claim, "validate")), "Not selected on the checklist:")
    save_checklist(client, claim, SELECTED)

    response = client.get(decide(claim, "validate"))

    assertContains(response, "Not selected on the checklist:")
    assertContains(response, "<li>Dates, recent when the claim was submitted</li>", html=True)
    assertNotContains(client.get(decide(claim, "assign")), "Not selected on the checklist:")


def test_the_words_are_in_the_language_of_who_submitted_the_claim(client, reviewer):
    claim = stories.claim_under_review()
    User.objects.filter(pk=claim.submitted_by_id or 0).update(language="it")

    save_checklist(client, claim, SELECTED)
    response = client.get(decide(claim, "request_action"))

    texts = canned_texts([ReasonCode.POE_NO_SIGNATURE, ReasonCode.POE_DATES], months=12, language="it")
    assert response.context["form"]["text"].value() == "\n\n".join(texts)
    assert SIGNATURE not in texts
    assertContains(response, "What the partner must add or correct")


def test_the_usual_texts_of_reasons_chosen_later_are_inserted_and_nothing_is_sent(client, reviewer):
    claim = stories.claim_under_review()
    typed = {"reasons": ["POE_DATES"], "text": "Dear Anna,", "insert_texts": "1"}

    response = client.post(decide(claim, "request_action"), typed)

    assert response.context["form"]["text"].value() == f"Dear Anna,\n\n{DATES}"
    assert response.context["form"]["reasons"].value() == ["POE_DATES"]
    assert not response.context["form"].errors
    assert stories.fresh(claim).status == ClaimStatus.UNDER_REVIEW


def test_a_decision_without_texts_cannot_be_held_back_by_asking_for_them(client, reviewer):
    claim = stories.claim_under_review()

    client.post(decide(claim, "validate"), {"insert_texts": "1"})

    assert stories.fresh(claim).status != ClaimStatus.UNDER_REVIEW


def test_the_words_about_products_name_those_that_no_file_names(client, reviewer):
    claim = stories.claim_under_review()
    claim.proofs.all().delete()
    paper = pdf_of(Sheet().lines("Agenda", "We deployed Exchange Online for all of them."))
    ProofFactory(claim=claim, file__data=paper, name="sow.pdf", kind=ProofKind.PDF.value)
    read_proofs(now=MONDAY)

    response = client.post(decide(claim, "request_action"), {"reasons": ["POE_NO_PRODUCT"], "insert_texts": "1"})

    assert response.context["form"]["text"].value().endswith("can't prove. Not found in the files: Microsoft Teams.")
