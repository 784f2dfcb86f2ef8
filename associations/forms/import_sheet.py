"""An uploaded sheet of an import, and the proofs that come with it."""

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from associations.forms.asking import required
from associations.forms.messages import MESSAGES, refusal_of
from associations.forms.proofs import SeveralFilesField
from associations.rules.evidence import ProofKind, ProofRefused, check_proof, display_name, name_key
from associations.rules.sheets import NumberedRow, SheetRefused, read_sheet
from associations.services.jobs import AttachedFile


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

    def clean_sheet(self) -> list[NumberedRow]:
        file: UploadedFile = self.cleaned_data["sheet"]
        size = file.size or 0
        if size > settings.IMPORT_MAX_BYTES:
            raise refusal_of(file.name or "", code="SHEET_SIZE", limit=filesizeformat(settings.IMPORT_MAX_BYTES))
        self.file_name = display_name(file.name or "")[:255]
        try:
            return read_sheet(cast(BinaryIO, file), size=size, most_rows=settings.IMPORT_MAX_ROWS)
        except SheetRefused as refused:
            raise refusal_of(file.name or "", code=refused.code, limit=str(settings.IMPORT_MAX_ROWS)) from refused


class SheetWithProofsForm(SheetForm):
    """The sheet with proofs of execution: one for all rows, or those that the rows name."""

    shared_proof = forms.FileField(
        label=_("Proof of execution for every row"),
        help_text=_("It is attached for every row that names no file of its own."),
        required=False,
    )
    proofs = SeveralFilesField(
        label=_("Proofs of execution that rows name"),
        help_text=_("Their file names stand in the column for the proof."),
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


def checked_proof(file: UploadedFile) -> ProofKind:
    """Return the kind of an acceptable proof, or raise its refusal."""
    name = display_name(file.name or "")
    try:
        return check_proof(file=cast(BinaryIO, file), name=name, size=file.size or 0, max_bytes=settings.POE_MAX_BYTES)
    except ProofRefused as refused:
        raise refusal_of(name, code=refused.code.value, limit=filesizeformat(settings.POE_MAX_BYTES)) from refused
