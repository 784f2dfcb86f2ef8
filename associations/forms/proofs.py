"""**Proof of execution (PoE)**: several files at once, each refused in its own words (domain.md 4.3, D17)."""

from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from associations.forms.asking import Intent, StepForm, required
from associations.forms.messages import MESSAGES, refusal_of
from associations.rules.evidence import EXTENSIONS, ProofKind, ProofRefused, check_proof, display_name

ACCEPTED = ",".join(f".{extension}" for extension in sorted(EXTENSIONS))


class SeveralFilesInput(forms.FileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"multiple": True, "accept": ACCEPTED, "class": "form-control"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return list(files.getlist(name)) if files else []


class SeveralFilesField(forms.Field):
    """The uploaded files, unchecked."""

    widget = SeveralFilesInput
    empty_values = (None, [])


class ProofForm(StepForm):
    """Adds files to the claim; the good ones of a refused post are kept."""

    keeps_good_parts = True

    proofs = SeveralFilesField(label=_("Files"), error_messages=required(MESSAGES["POE_MISSING"]))

    def prepare(self) -> None:
        self.good: list[tuple[UploadedFile, ProofKind]] = []
        self.held = len(self.claim.proofs.all())
        field = self.fields["proofs"]
        field.required = self.intent is Intent.STAY or not self.held
        if self.held:
            field.error_messages["required"] = MESSAGES["POE_NOT_CHOSEN"]
        field.widget.attrs["data-max-bytes"] = str(settings.POE_MAX_BYTES)

    def clean_proofs(self) -> list[UploadedFile]:
        files: list[UploadedFile] = self.cleaned_data["proofs"] or []
        problems = [problem for file in files if (problem := self.problem_with(file))]
        if problems:
            raise forms.ValidationError(problems)
        return files

    def problem_with(self, file: UploadedFile) -> forms.ValidationError | None:
        """Take *file* among the good ones, or return why not."""
        name = display_name(file.name or "")
        if self.held + len(self.good) >= settings.POE_MAX_FILES:
            return refusal_of(name, code="POE_TOO_MANY", limit=str(settings.POE_MAX_FILES))
        try:
            kind = check_proof(
                file=cast(BinaryIO, file), name=name, size=file.size or 0, max_bytes=settings.POE_MAX_BYTES
            )
        except ProofRefused as refused:
            return refusal_of(name, code=refused.code.value, limit=filesizeformat(settings.POE_MAX_BYTES))
        self.good.append((file, kind))
        return None

    def facts(self) -> dict[str, Any]:
        return {"proofs": self.good}
