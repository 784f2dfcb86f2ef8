"""The end of the wizard: the acknowledgements before **Submit claim**, and whom to ask for it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.text.readable import address_in_full
from associations.forms.wizard.step_form import required


class SubmitForm(forms.Form):
    """The acknowledgements before **Submit claim** (domain.md T4)."""

    use_required_attribute = False
    optional_fields: ClassVar[frozenset[str]] = frozenset()

    data_is_right = forms.BooleanField(
        label=_("The answers above are right and the proof of execution shows the work done."),
        error_messages=required(_("Confirm that the answers are right.")),
    )
    customer_knows = forms.BooleanField(
        label=_("The customer agreed to this work and knows that a notice will arrive, which they can decline."),
        error_messages=required(_("Confirm that the customer knows of the notice.")),
    )


class AskToSubmitForm(forms.Form):
    """The colleague who is asked to submit a finished draft: one of *colleagues*, the only one chosen already."""

    use_required_attribute = False
    optional_fields: ClassVar[frozenset[str]] = frozenset()

    colleague = forms.TypedChoiceField(
        label=_("Who should submit the claim?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=required(_("Select a colleague.")),
    )

    def __init__(self, data: Any = None, *, colleagues: Sequence[User]) -> None:
        super().__init__(data)
        choices = [
            (str(colleague.pk), f"{colleague.get_full_name()}, {address_in_full(colleague.email)}")
            for colleague in colleagues
        ]
        self.fields["colleague"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.initial["colleague"] = choices[0][0]
