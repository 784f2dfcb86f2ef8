"""Forms for a bulk action: one reason, or files that go to each claim."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from associations.forms.claim.after_decision import DisassociateForm
from associations.forms.wizard.proofs import FileCheck, SeveralFilesField, limits_in_words
from associations.forms.wizard.step_form import required
from associations.job_choices import BulkAction
from associations.rules.proof_files import display_name
from associations.services.claim.bulk import BulkAnswers
from associations.services.claim.disputes import CheckedProof
from associations.wording.messages import MESSAGES


class BulkForm(forms.Form):
    """Nothing to say beside *yes*."""

    use_required_attribute = False

    def answers(self) -> BulkAnswers:
        return BulkAnswers()


class BulkDisassociateForm(DisassociateForm):
    """The partner's reason for ending all of these associations."""

    def answers(self) -> BulkAnswers:
        return BulkAnswers(reason=self.cleaned_data["reason"])


class CheckedFilesForm(forms.Form):
    """Files that were checked, for a page that keeps them later."""

    use_required_attribute = False

    proofs = SeveralFilesField(label=_("Files"), error_messages=required(MESSAGES["POE_MISSING"]))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proofs"].help_text = limits_in_words()

    def clean_proofs(self) -> list[CheckedProof]:
        checked, problems, check = [], [], FileCheck()
        for file in self.cleaned_data["proofs"] or []:
            try:
                checked.append(CheckedProof(file=file, name=display_name(file.name or ""), kind=check.kind_of(file)))
            except forms.ValidationError as problem:
                problems.append(problem)
        if problems:
            raise forms.ValidationError(problems)
        return checked


class BulkProofForm(CheckedFilesForm):
    """The files that go to every claim."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stays = _("Each claim gets its own copy. It can't be removed from a filed claim later.")
        self.fields["proofs"].help_text = f"{self.fields['proofs'].help_text} {stays}"

    def answers(self) -> BulkAnswers:
        proofs: Any = self.cleaned_data["proofs"]
        return BulkAnswers(proofs=tuple(proofs), max_files=settings.POE_MAX_FILES)


FORMS: dict[BulkAction, type[BulkForm] | type[BulkDisassociateForm] | type[BulkProofForm]] = {
    BulkAction.DISASSOCIATE: BulkDisassociateForm,
    BulkAction.RENEW: BulkForm,
    BulkAction.ADD_PROOF: BulkProofForm,
}
