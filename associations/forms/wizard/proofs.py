"""**Proof of execution (PoE)**: several files at once, each refused in its own words (domain.md 4.3, D17)."""

from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from associations.files.proofs import check_proof
from associations.forms.wizard.step_form import Intent, StepForm, required
from associations.rules.proof_files import EXTENSIONS, ProofKind, ProofRefusal, ProofRefused, display_name
from associations.wording.messages import MESSAGES, refusal, refusal_of

MEGABYTE = 1024 * 1024
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


def checked_proof(file: UploadedFile) -> ProofKind:
    """Return the kind of an acceptable proof, or raise its refusal as a ValidationError."""
    name = display_name(file.name or "")
    limit = settings.POE_MAX_BYTES
    try:
        return check_proof(file=cast(BinaryIO, file), name=name, size=file.size or 0, max_bytes=limit)
    except ProofRefused as refused:
        raise refusal_of(name, code=refused.code.value, limit=filesizeformat(limit)) from refused


def limits_in_words() -> str:
    """Return which files are accepted, as the field's hint (domain.md D17)."""
    limits = {"size": f"{settings.POE_MAX_BYTES // MEGABYTE} MB", "files": settings.POE_MAX_FILES}
    return (
        gettext(
            "PDF, DOCX, XLSX, PPTX, PNG, JPG, TIFF, MSG, EML or CSV, up to %(size)s each and %(files)s files a claim."
        )
        % limits
    )


class FileCheck:
    """Checks the files of one form, one after another; once no child was free for one, the rest wait no more."""

    def __init__(self) -> None:
        self.is_busy = False

    def kind_of(self, file: UploadedFile) -> ProofKind:
        """Return the kind of an acceptable proof, or raise its refusal as a ValidationError."""
        if self.is_busy:
            raise refusal_of(display_name(file.name or ""), code=ProofRefusal.BUSY.value)
        try:
            return checked_proof(file)
        except forms.ValidationError as refusal:
            self.is_busy = refusal.code == ProofRefusal.BUSY.value
            raise


class ProofForm(StepForm):
    """Adds files to the claim; the good ones of a refused post are kept."""

    keeps_good_parts = True

    proofs = SeveralFilesField(label=_("Files"), error_messages=required(MESSAGES["POE_MISSING"]))

    def prepare(self) -> None:
        self.good: list[tuple[UploadedFile, ProofKind]] = []
        self.check = FileCheck()
        self.held = len(self.claim.proofs.all())
        field = self.fields["proofs"]
        field.required = self.intent is Intent.STAY or not self.held
        if self.held:
            field.error_messages["required"] = MESSAGES["POE_NOT_CHOSEN"]
        field.help_text = limits_in_words()
        field.widget.attrs["data-max-bytes"] = str(settings.POE_MAX_BYTES)

    def clean_proofs(self) -> list[UploadedFile]:
        files: list[UploadedFile] = self.cleaned_data["proofs"] or []
        problems, left_out = [], []
        for file in files:
            if self.held + len(self.good) >= settings.POE_MAX_FILES:
                left_out.append(display_name(file.name or ""))
                continue
            try:
                self.good.append((file, self.check.kind_of(file)))
            except forms.ValidationError as problem:
                problems.append(problem)
        if left_out:
            limit = str(settings.POE_MAX_FILES)
            problems.append(refusal("POE_TOO_MANY", limit=limit, names=", ".join(left_out)))
        if problems:
            raise forms.ValidationError(problems)
        return files

    def facts(self) -> dict[str, Any]:
        return {"proofs": self.good}
