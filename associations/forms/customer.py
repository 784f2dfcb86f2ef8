"""What a customer types to answer a request (domain.md D3, D4)."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.choices import NoticeAnswer, OptOutReason

LABELS = {NoticeAnswer.APPROVED: _("Approve"), NoticeAnswer.OPTED_OUT: _("Opt out")}


class DecisionForm(forms.Form):
    """The answer, who gives it and why. Nothing is preselected; with one answer left, only who and why are asked."""

    optional_fields: ClassVar = frozenset({"text"})

    name = forms.CharField(
        label=_("Your full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your full name")},
    )
    reason = forms.ChoiceField(
        label=_("Reason for the opt-out"),
        choices=[("", _("Choose a reason")), *OptOutReason.choices],
        required=False,
    )
    text = forms.CharField(
        label=_("Message to the partner and to Microsoft"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
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
                "required": _("Choose Approve or Opt out"),
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
