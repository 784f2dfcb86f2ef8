"""An uploaded sheet of an import, and the proofs that come with it."""

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from associations.files.sheets import letters_by_page, read_sheet
from associations.files.tables.sheets import Sheet, SheetRefused
from associations.forms.wizard.proofs import SeveralFilesField, checked_proof
from associations.forms.wizard.step_form import required
from associations.rules.proof_files import ProofKind, display_name, name_key
from associations.services.background.jobs import AttachedFile
from associations.wording.messages import MESSAGES, refusal_of


class SheetForm(forms.Form):
    """The sheet itself."""

    use_required_attribute = False
    optional_fields = frozenset({"shared_proof", "proofs"})

    sheet = forms.FileField(
        label=_("Sheet"),
        help_text=_("CSV or XLSX, with the columns of the template."),
        error_messages=required(_("Select a sheet.")) | {"empty": MESSAGES["SHEET_EMPTY"]},
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def attached(self) -> Iterator[AttachedFile]:
        """Yield the checked files that came with the valid sheet."""
        yield from ()

    def sheet_file(self) -> "UploadedFile[Any]":
        """Return the file of the sheet."""
        return cast("UploadedFile[Any]", self.files["sheet"])

    def letters(self) -> list[tuple[str, list[str]]]:
        """Return each code page that the valid sheet can be in, with words as it reads them; none for UTF-8."""
        sheet: Sheet = self.cleaned_data["sheet"]
        return letters_by_page(cast(BinaryIO, self.sheet_file())) if sheet.code_page else []

    def clean_sheet(self) -> Sheet:
        file: UploadedFile = self.cleaned_data["sheet"]
        size = file.size or 0
        if size > settings.IMPORT_MAX_BYTES:
            raise refusal_of(file.name or "", code="SHEET_SIZE", limit=filesizeformat(settings.IMPORT_MAX_BYTES))
        self.file_name = display_name(file.name or "")[:255]
        try:
            return read_sheet(cast(BinaryIO, file), size=size, most_rows=settings.IMPORT_MAX_ROWS)
        except SheetRefused as refused:
            limit = str(settings.IMPORT_MAX_ROWS)
            raise refusal_of(file.name or "", code=refused.because, limit=limit, line=refused.line) from refused


class SheetWithProofsForm(SheetForm):
    """The sheet with proofs of execution: one for all rows, or those that the rows name."""

    shared_proof = forms.FileField(
        label=_("Proof of execution for every row"),
        help_text=_("It is attached for every row that names no file of its own."),
        required=False,
    )
    proofs = SeveralFilesField(
        label=_("Proofs of execution that rows name"),
        help_text=_("Their file names are in the column for the proof."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shared: tuple[UploadedFile, ProofKind] | None = None
        self.named: list[tuple[UploadedFile, ProofKind]] = []

    def clean_shared_proof(self) -> None:
        file = self.cleaned_data["shared_proof"]
        self.shared = (file, checked_proof(file)) if file else None

    def clean_proofs(self) -> None:
        files: list[UploadedFile] = self.cleaned_data["proofs"] or []
        names = [name_key(file.name or "") for file in files]
        if len(set(names)) < len(names):
            raise forms.ValidationError(_("Two files have the same name."))
        if len(files) > settings.IMPORT_MAX_PROOFS:
            raise forms.ValidationError(
                _("An import takes %(limit)s files."), params={"limit": settings.IMPORT_MAX_PROOFS}
            )
        self.named = [(file, checked_proof(file)) for file in files]

    def attached(self) -> Iterator[AttachedFile]:
        if self.shared:
            yield attached_file(*self.shared, is_shared=True)
        for file, kind in self.named:
            yield attached_file(file, kind, is_shared=False)


def attached_file(file: UploadedFile, kind: ProofKind, *, is_shared: bool) -> AttachedFile:
    return AttachedFile(file=file, name=display_name(file.name or ""), kind=kind.value, is_shared=is_shared)
