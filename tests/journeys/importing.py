"""People who import sheets, and the sheets that they bring."""

import csv
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from associations.background import runner
from associations.models import Job
from tests import files
from tests.factories import MONDAY
from tests.journeys.people import Person

HEAD = [
    "MPN ID",
    "Customer domain name",
    "Tenant ID",
    "Workloads",
    "Customer contact: name",
    "Customer contact: job title",
    "Customer contact: email",
    "Customer contact: language",
    "Proof of execution",
]


def work() -> None:
    """Let the workers do all that waits."""
    while runner.run_due_jobs(clock=lambda: MONDAY):
        continue


def csv_file(*rows: list[Any], name: str = "customers.csv") -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode())


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, files.pdf())


def customer(n: int, **changed: str) -> list[str]:
    """A row for the n-th customer."""
    cells = {
        "mpn": "1234567",
        "domain": f"customer-{n}.example",
        "tenant": "",
        "workloads": "EXO; Microsoft Teams",
        "name": "Carla Bianchi",
        "title": "Head of IT",
        "email": f"carla@customer-{n}.example",
        "language": "it",
        "proof": "",
    }
    return list((cells | changed).values())


class Admin(Person):
    """Somebody with sheets."""

    def upload(self, kind: str, **files: Any) -> Any:
        return self.browser.post(reverse("import_start", args=[kind]), files, follow=True)

    @property
    def job(self) -> Job:
        return Job.objects.latest("pk")

    def page(self, name: str = "job") -> str:
        return reverse(name, args=[self.job.public_id])

    def outcomes(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for outcome in self.job.rows.values_list("outcome", flat=True):
            counts[outcome] = counts.get(outcome, 0) + 1
        return counts
