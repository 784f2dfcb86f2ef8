"""What a partner says once for many claims: a reason, or files that go to each."""

from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from associations.choices import BulkAction
from associations.forms.after_decision import DisassociateForm
from associations.forms.asking import required
from associations.forms.messages import MESSAGES, refusal_of
from associations.forms.proofs import SeveralFilesField
from associations.rules.evidence import ProofRefused, check_proof, display_name
from associations.services.bulk import BulkAnswers
from associations.services.disputes import CheckedProof


class BulkForm(forms.Form):
    """Nothing to say beside *yes*."""

    use_required_attribute = False

    def answers(self) -> BulkAnswers:
        return BulkAnswers()


class BulkDisassociateForm(DisassociateForm):
    """Why all of these associations end."""

    def answers(self) -> BulkAnswers:
        return BulkAnswers(reason=self.cleaned_data["reason"])


class CheckedFilesForm(forms.Form):
    """Files that were checked, for a page that keeps them later."""

    use_required_attribute = False

    proofs = SeveralFilesField(label=_("Files"), error_messages=required(MESSAGES["POE_MISSING"]))

    def clean_proofs(self) -> list[CheckedProof]:
        checked, problems = [], []
        for file in self.cleaned_data["proofs"] or []:
            try:
                checked.append(self.checked(file))
            except forms.ValidationError as problem:
                problems.append(problem)
        if problems:
            raise forms.ValidationError(problems)
        return checked

    def checked(self, file: UploadedFile) -> CheckedProof:
        """Return *file* as the service takes it; raise ValidationError with its own words."""
        name, limit = display_name(file.name or ""), settings.POE_MAX_BYTES
        try:
            kind = check_proof(file=cast(BinaryIO, file), name=name, size=file.size or 0, max_bytes=limit)
        except ProofRefused as refused:
            raise refusal_of(name, code=refused.code.value, limit=filesizeformat(limit)) from refused
        return CheckedProof(file=file, name=name, kind=kind)


class BulkProofForm(CheckedFilesForm):
    """The files that go to every claim."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proofs"].help_text = _(
            "Each claim gets its own copy. It can't be removed from a filed claim later."
        )

    def answers(self) -> BulkAnswers:
        proofs: Any = self.cleaned_data["proofs"]
        return BulkAnswers(proofs=tuple(proofs), max_files=settings.POE_MAX_FILES)


FORMS: dict[BulkAction, type[BulkForm] | type[BulkDisassociateForm] | type[BulkProofForm]] = {
    BulkAction.DISASSOCIATE: BulkDisassociateForm,
    BulkAction.RENEW: BulkForm,
    BulkAction.ADD_PROOF: BulkProofForm,
}
