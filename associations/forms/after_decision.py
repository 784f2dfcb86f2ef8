"""What a partner says of a decided claim: why a rejection is wrong, why an association ends (domain.md T18, T22)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.forms.answers import LONGEST_TEXT
from associations.forms.proofs import ProofForm
from associations.rules.evidence import display_name
from associations.services.disputes import CheckedProof


class DisputeForm(ProofForm):
    """Why the rejection is wrong, in words, by new proofs, or both (domain.md D14)."""

    justification = forms.CharField(
        label=_("Why the rejection is wrong"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Answer each reason, and say where the reviewer finds it. The customer does not see this."),
    )
    field_order = ("justification", "proofs")

    def prepare(self) -> None:
        super().prepare()
        proofs = self.fields["proofs"]
        proofs.required = False
        proofs.label = _("New proof of execution (PoE)")
        proofs.help_text = _("A file stays with the claim: it can't be removed later.")

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not answers["justification"] and not self.good:
            self.add_error("justification", _("Write why the rejection is wrong, or add a new proof of execution."))
        return answers

    def checked_proofs(self) -> list[CheckedProof]:
        """Return the new files as the service takes them."""
        return [CheckedProof(file=file, name=display_name(file.name or ""), kind=kind) for file, kind in self.good]


class DisassociateForm(forms.Form):
    """Why the partner ends what its claim made official."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("Why do you end the association?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It goes into the History, which your colleagues and the reviewers see."),
        error_messages={"required": _("Enter a reason.")},
    )
