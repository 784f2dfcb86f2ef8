"""The form of the customer's answer (domain.md D3, D4)."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import PersonNameField
from associations.choices import CUSTOMERS_REASONS, NoticeAnswer
from associations.forms.text_fields import LongTextField

LABELS = {
    NoticeAnswer.APPROVED: _("Approve"),
    NoticeAnswer.OPTED_OUT: _("Opt out"),
    NoticeAnswer.HANDED_OVER: _("I'm not the right person"),
}


class CustomerAnswerForm(forms.Form):
    """The answer, who gives it and why. Nothing is preselected; with one answer left, only who and why are asked."""

    optional_fields: ClassVar = frozenset({"text"})

    name = PersonNameField(
        label=_("Your full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your full name")},
    )
    reason = forms.ChoiceField(
        label=_("Reason for the opt-out"),
        choices=[("", _("Choose a reason")), *((reason.value, reason.label) for reason in CUSTOMERS_REASONS)],
        required=False,
    )
    text = LongTextField(
        label=_("Message to the partner and to Microsoft"),
        max_length=2000,
        required=False,
        rows=3,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        answers: Sequence[NoticeAnswer],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        is_asked, only = len(answers) > 1, next(iter(answers), None)
        self.fields["answer"] = forms.ChoiceField(
            label=_("Your answer"),
            choices=[(answer.value, LABELS[answer]) for answer in answers],
            widget=forms.RadioSelect if is_asked else forms.HiddenInput,
            initial=None if is_asked else only,
            error_messages={
                "required": _("Choose your answer"),
                "invalid_choice": _("This answer is no longer possible: choose again"),
            },
        )
        self.fields["reason"].help_text = _("Only if you opt out.") if is_asked else ""
        self.order_fields(["answer"])

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("answer") == NoticeAnswer.OPTED_OUT and not facts.get("reason"):
            self.add_error("reason", _("Choose a reason for the opt-out"))
        return facts
