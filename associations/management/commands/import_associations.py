"""Imports existing associations from a sheet: manage.py import_associations sheet.xlsx --by root@example.com."""

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from accounts.text.email_addresses import account_name
from associations.background import sheet_uploads
from associations.background.import_sheets import ColumnsMissing, HeadingTwice
from associations.background.runner import run_to_the_end
from associations.files.tables.dates import DayOrder
from associations.forms.imports.column_readings import in_words
from associations.forms.imports.upload import SheetWithProofsForm
from associations.job_choices import JobKind, JobPhase, RowOutcome
from associations.models import Job
from associations.services.background import jobs
from associations.services.background.jobs import JobNotReady


class Command(BaseCommand):
    """Check a sheet of migrated associations as its page does, report on every row, and import on request.

    The import stands among the person's own under "Imports and exports", where it can be carried out as well.
    """

    help = "Imports existing associations (CSV or XLSX). Without --confirm it says what would happen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sheet", type=Path)
        parser.add_argument("--by", required=True, metavar="E-MAIL", help="who imports: a platform admin")
        parser.add_argument("--shared-proof", type=Path, help="proof of execution for every row that names none")
        parser.add_argument(
            "--proof", type=Path, action="append", default=[], help="a proof that rows name; repeatable"
        )
        parser.add_argument(
            "--days", choices=[order.value for order in DayOrder], help="how the days of the sheet are read"
        )
        parser.add_argument("--code-page", default="", help="the code page of a CSV that is not UTF-8: cp1250")
        parser.add_argument("--confirm", action="store_true", help="import what was found good")

    def handle(self, *args: Any, **options: Any) -> None:
        job = self.begin(owner_of(options["by"]), options)
        run_to_the_end(job, clock=timezone.now)
        if options["days"] or options["code_page"]:
            self.choose(job, days=options["days"] or "", code_page=options["code_page"])
            run_to_the_end(job, clock=timezone.now)
        if options["confirm"]:
            try:
                job = jobs.go_on(job_id=job.pk, phase=JobPhase.APPLY, now=timezone.now())
            except JobNotReady:
                self.stdout.write("There is nothing to import.")
            else:
                run_to_the_end(job, clock=timezone.now)
        self.tell(job)

    def begin(self, owner: User, options: dict[str, Any]) -> Job:
        """Return the import of the sheet and its proofs, whose rows wait to be checked."""
        with ExitStack() as stack:
            uploads = MultiValueDict({"sheet": [upload(options["sheet"], stack)]})
            uploads.setlist("proofs", [upload(path, stack) for path in options["proof"]])
            if options["shared_proof"]:
                uploads["shared_proof"] = upload(options["shared_proof"], stack)
            form = SheetWithProofsForm({}, uploads)
            if not form.is_valid():
                raise CommandError("\n".join(str(text) for errors in form.errors.values() for text in errors))
            try:
                return sheet_uploads.begin(JobKind.MIGRATION, form, owner=owner, now=timezone.now())
            except ColumnsMissing as missing:
                raise CommandError(f"The sheet lacks columns: {missing}") from missing
            except HeadingTwice as twice:
                raise CommandError(f"Two columns of the sheet mean the same: {twice}") from twice

    def choose(self, job: Job, *, days: str, code_page: str) -> None:
        """Let the sheet of *job* be read as the command says, or raise CommandError."""
        reading = job.parameters["reading"]
        pages = [page for page, _words in reading["letters"]]
        if code_page and code_page not in pages:
            known = ", ".join(pages) or "none: it is UTF-8, UTF-16 or a workbook"
            raise CommandError(f"The sheet can be in these code pages: {known}")
        chosen = {f"days_{name}": days for name in reading["days"]} | {"code_page": code_page}
        sheet_uploads.read_again(job, chosen, now=timezone.now())
        job.refresh_from_db()

    def tell(self, job: Job) -> None:
        reading = job.parameters["reading"]
        if reading["code_page"]:
            letters = ", ".join(dict(reading["letters"])[reading["code_page"]])
            self.stdout.write(f"Read as {reading['code_page']}: {letters}")
        for column in reading["days"].values():
            if column["is_doubtful"]:
                order = DayOrder(column["order"]) if column["order"] else None
                self.stdout.write(in_words(column["text"], order) if order else f"{column['text']}: say --days")
        labels = {value: str(label) for value, label in RowOutcome.choices}
        for row in job.rows.order_by("number").iterator():
            self.stdout.write(f"row {row.number}: {labels[row.outcome]}. {' '.join(row.notes)}".rstrip())


def owner_of(email: str) -> User:
    """Return who may import associations under this address, or raise CommandError."""
    user = User.objects.filter(email=account_name(email), is_active=True).first()
    if user is None or not user.has_perm("associations.add_association"):
        raise CommandError(f"{email} is nobody who may import associations.")
    return user


def upload(path: Path, stack: ExitStack) -> "UploadedFile[Any]":
    """Return the file as a browser would have sent it, open until *stack* ends; raise CommandError."""
    try:
        return UploadedFile(stack.enter_context(path.open("rb")), name=path.name, size=path.stat().st_size)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
