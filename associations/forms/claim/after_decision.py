"""Forms for a decided claim: dispute a rejection, end an association (domain.md T18, T22)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.forms.claim.messages import LONGEST_TEXT
from associations.forms.text_fields import LongTextField
from associations.forms.wizard.proofs import ProofForm
from associations.rules.proof_files import display_name
from associations.services.claim.disputes import CheckedProof


class DisputeForm(ProofForm):
    """Reasons why the rejection is wrong, in words, by new proofs, or both (domain.md D14)."""

    justification = LongTextField(
        label=_("Why the rejection is wrong"),
        required=False,
        max_length=LONGEST_TEXT,
        rows=6,
        help_text=_("Answer each reason, and say where the reviewer finds it. The customer does not see this."),
    )
    field_order = ("justification", "proofs")

    def prepare(self) -> None:
        super().prepare()
        proofs = self.fields["proofs"]
        proofs.required = False
        proofs.label = _("New proof of execution (PoE)")
        stays = _("A file stays with the claim: it can't be removed later.")
        proofs.help_text = f"{proofs.help_text} {stays}"

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not answers["justification"] and not self.good:
            self.add_error("justification", _("Write why the rejection is wrong, or add a new proof of execution."))
        return answers

    def checked_proofs(self) -> list[CheckedProof]:
        """Return the new files as the service takes them."""
        return [CheckedProof(file=file, name=display_name(file.name or ""), kind=kind) for file, kind in self.good]


class DisassociateForm(forms.Form):
    """The partner's reason for ending the claim's associations."""

    use_required_attribute = False

    reason = LongTextField(
        label=_("Why do you end the association?"),
        max_length=LONGEST_TEXT,
        rows=4,
        help_text=_("It goes into the history, which your colleagues and the reviewers see."),
        error_messages={"required": _("Enter a reason.")},
    )
