"""An uploaded sheet becomes an import, and is read again when the person says that it was read wrongly."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from associations.background.column_readings import judged
from associations.background.import_kinds import KINDS
from associations.background.import_sheets import rows_by_column
from associations.files import storage
from associations.files.sheets import read_sheet
from associations.forms.imports.upload import SheetForm
from associations.job_choices import JobKind
from associations.models import Job
from associations.services.background import jobs


def begin(kind: JobKind, form: SheetForm, *, owner: User, now: datetime) -> Job:
    """Return a new import of the sheet of a valid *form*, whose rows wait to be checked.

    A sheet that was read by a code page is kept: the person may choose another one. Raise ColumnsMissing or
    HeadingTwice.
    """
    sheet = form.cleaned_data["sheet"]
    rows = rows_by_column(kind, sheet)
    reading = judged(KINDS[kind].form, rows, is_1904=sheet.is_1904)
    reading |= {"code_page": sheet.code_page, "letters": form.letters()}
    return jobs.start_import(
        kind=kind,
        owner=owner,
        file_name=form.file_name,
        rows=rows,
        files=form.attached(),
        parameters={"reading": reading},
        sheet=form.sheet_file() if sheet.code_page else None,
        now=now,
    )


def read_again(job: Job, chosen: Mapping[str, str], *, now: datetime) -> None:
    """Check the rows of *job* again as the person chose; raise JobNotReady once anything was imported.

    *chosen* holds `days_COLUMN`, `counts_COLUMN` and `code_page`, as the form of the page names them. Where another
    code page is chosen, the sheet is read again from its file and judged anew.
    """
    reading: dict[str, Any] = job.parameters.get("reading", {})
    rows, code_page = None, chosen.get("code_page", "")
    if code_page and code_page != reading.get("code_page"):
        kind = JobKind(job.kind)
        with storage.read(job.file.name or "") as stored:
            content = io.BytesIO(stored.read())
        sheet = read_sheet(
            content, size=content.getbuffer().nbytes, most_rows=settings.IMPORT_MAX_ROWS, code_page=code_page
        )
        rows = rows_by_column(kind, sheet)
        reading = judged(KINDS[kind].form, rows) | {"code_page": code_page, "letters": reading["letters"]}
    for name, column in reading.get("days", {}).items():
        column["order"] = chosen.get(f"days_{name}") or column["order"]
    for name, column in reading.get("counts", {}).items():
        column["mark"] = chosen.get(f"counts_{name}") or column["mark"]
    jobs.read_again(job_id=job.pk, parameters={"reading": reading}, rows=rows, now=now)
