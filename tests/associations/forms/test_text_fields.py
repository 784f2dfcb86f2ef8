"""Text boxes count what people type as their browser does."""

import pytest
from django import forms
from django.utils.module_loading import import_string

from associations.forms.text_fields import LongTextField

BOXES = {
    "claim.messages.CommentForm": "text",
    "claim.messages.ResubmitForm": "reply",
    "claim.after_decision.DisassociateForm": "reason",
    "claim.after_decision.DisputeForm": "justification",
    "colleagues.AccessRequestForm": "message",
    "customer_answer.CustomerAnswerForm": "text",
    "desk.decisions.ReviewerCommentForm": "text",
    "desk.decisions.RejectForm": "text",
    "desk.decisions.RequestActionForm": "text",
    "wizard.comments.CommentsForm": "comment",
}


def lines_of(letters: int) -> str:
    """Return *letters* in lines of 40, each line break counted as one."""
    return (("a" * 39 + "\n") * (letters // 40 + 1))[: letters - 1] + "z"


@pytest.mark.parametrize(("form", "name"), BOXES.items())
@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r"])
def test_a_full_box_is_accepted_however_its_lines_end(form, name, line_break):
    field = import_string(f"associations.forms.{form}").base_fields[name]

    full = lines_of(field.max_length)

    assert field.clean(full.replace("\n", line_break)) == full
    assert full.count("\n") > 10
    with pytest.raises(forms.ValidationError):
        field.clean((full + "z").replace("\n", line_break))


def test_every_text_box_is_one_of_them():
    fields = [import_string(f"associations.forms.{form}").base_fields[name] for form, name in BOXES.items()]

    assert {type(field) for field in fields} == {LongTextField}


def test_nothing_typed_is_an_empty_text():
    assert [LongTextField(rows=4, required=False).clean(value) for value in (None, "", " \r\n ")] == ["", "", ""]
