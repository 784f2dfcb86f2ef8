"""Forms about a filed claim: a comment, a reply to the reviewer, a reason to withdraw."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.choices import WithdrawalReason
from associations.forms.text_fields import LongTextField

LONGEST_TEXT = 4000


class ReadForm(forms.Form):
    """The last comment that a page showed to the person who read it."""

    through = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class CommentForm(forms.Form):
    """One remark for the partner's people and the reviewers."""

    use_required_attribute = False

    text = LongTextField(
        label=_("Comment"),
        max_length=LONGEST_TEXT,
        rows=4,
        help_text=_("You and the reviewers see this. The customer does not."),
        error_messages={"required": _("Enter a comment.")},
    )


class ResubmitForm(forms.Form):
    """The reply to the reviewer's question; the service says when it may be left empty (domain.md T8)."""

    optional_fields: ClassVar[frozenset[str]] = frozenset({"reply"})

    reply = LongTextField(
        label=_("Your reply to the reviewer"),
        required=False,
        max_length=LONGEST_TEXT,
        rows=6,
        help_text=_("Say what you changed and where the reviewer finds it. The customer does not see this."),
    )


class WithdrawForm(forms.Form):
    """The partner's reason for withdrawing the claim (domain.md T23)."""

    use_required_attribute = False

    reason = forms.ChoiceField(
        label=_("Why do you withdraw the claim?"),
        choices=WithdrawalReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason.")},
    )

    def clean_reason(self) -> WithdrawalReason:
        return WithdrawalReason(self.cleaned_data["reason"])
