"""Required fields of a reviewer's decisions, and the values that the services get."""

from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from associations.choices import ReasonCode
from associations.forms.desk.decisions import ConfirmForm, RejectForm, RequestActionForm, ReviewerCommentForm
from tests import stories

LONGEST = 4000

pytestmark = pytest.mark.django_db


def filled(form_class: Any, **typed: list[str]) -> Any:
    """The form as the reviewer sent it."""
    return form_class(MultiValueDict(typed), claim=stories.submitted_claim())


@pytest.mark.parametrize("form_class", [RequestActionForm, RejectForm])
def test_reasons_come_back_as_reason_codes(form_class):
    form = filled(form_class, reasons=["POE_DATES", "POE_NO_PRODUCT"], text=[" See page 4. "])

    assert form.is_valid()
    assert form.cleaned_data == {
        "reasons": [ReasonCode.POE_DATES, ReasonCode.POE_NO_PRODUCT],
        "text": "See page 4.",
    }
    assert all(isinstance(reason, ReasonCode) for reason in form.cleaned_data["reasons"])


@pytest.mark.parametrize(
    ("form_class", "words"),
    [
        (RequestActionForm, "Write what the partner must add or correct."),
        (RejectForm, "Write why the claim is rejected."),
    ],
)
def test_a_reason_and_a_text_are_both_asked_for(form_class, words):
    form = filled(form_class, text=[" \n"])

    assert form.errors == {"reasons": ["Choose at least one reason."], "text": [words]}


@pytest.mark.parametrize("form_class", [RequestActionForm, RejectForm])
@pytest.mark.parametrize("code", ["NO_PARTNER_RESPONSE", "CUSTOMER_DECLINED", "PARTNER_REQUEST", "NONSENSE"])
def test_reasons_that_are_not_the_reviewers_are_refused(form_class, code):
    assert "reasons" in filled(form_class, reasons=[code], text=["x"]).errors


def test_a_lost_competition_is_a_reason_to_reject_but_not_to_return():
    typed = {"reasons": ["COMPETING_CLAIM_LOST"], "text": ["The other proof is more recent."]}

    assert filled(RejectForm, **typed).is_valid()
    assert "reasons" in filled(RequestActionForm, **typed).errors


def test_a_comment_is_at_most_as_long_as_the_database_keeps():
    assert filled(ReviewerCommentForm, text=["x" * LONGEST]).is_valid()
    assert "text" in filled(ReviewerCommentForm, text=["x" * (LONGEST + 1)]).errors
    assert filled(ReviewerCommentForm, text=[""]).errors == {"text": ["Write a comment."]}


def test_confirming_needs_no_words():
    form = filled(ConfirmForm)

    assert form.is_valid()
    assert form.cleaned_data == {}
