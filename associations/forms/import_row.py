"""What the rows of every kind of import have in common: who asks, what is known already, how a day is written."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.choices import SolutionArea
from associations.forms.messages import refusal
from associations.forms.places import Places, places_open_to
from associations.models import Claim, JobFile, PartnerLocation, Product
from associations.rules.evidence import name_key
from associations.services.submission import is_enrolled, programs_of

SEPARATOR = re.compile(r"[;,|\n]")
EXCEL_EPOCH = date(1899, 12, 30)
REQUIRED = _("This answer is missing.")


class Desk:
    """What every row asks and hardly changes, looked up once while a worker goes through some rows."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.enrolments: dict[int, bool] = {}

    @cached_property
    def places(self) -> Places:
        """Where the person may draft."""
        return places_open_to(self.user)

    @cached_property
    def workloads(self) -> dict[str, Product]:
        """The workloads that can be claimed, by code and by name."""
        found = Product.objects.filter(solution_area=SolutionArea.M365, is_claimable=True)
        return {word: product for product in found for word in (product.code.casefold(), product.name.casefold())}

    def is_enrolled_for_usage(self, location: PartnerLocation) -> bool:
        """Whether the location is enrolled in every program that pays for the usage of workloads."""
        if location.pk not in self.enrolments:
            work = Claim(location_id=location.pk, solution_area=SolutionArea.M365, claims_usage=True)
            self.enrolments[location.pk] = is_enrolled(programs_of(work))
        return self.enrolments[location.pk]


class RowForm(forms.Form):
    """One row of a sheet, checked for its owner."""

    def __init__(
        self, cells: dict[str, str], *, user: User, now: datetime, proofs: Mapping[str, JobFile], desk: Desk
    ) -> None:
        super().__init__(cells)
        self.user, self.now, self.proofs, self.desk = user, now, proofs, desk
        self.warnings: list[str] = []
        # Whether the row says nothing that is not so already.
        self.is_known = False

    @property
    def key(self) -> str:
        """What a second row of the same sheet must not say again."""
        return ""

    def refuse(self, name: str, code: str) -> None:
        self.add_error(name, refusal(code))


class BackedRow(RowForm):
    """A row that may name one of the proofs that came with the sheet."""

    proof = forms.CharField(required=False)

    def clean_proof(self) -> JobFile | None:
        """Return the file that the row names, or the one for every row, whose name is empty."""
        name = str(self.cleaned_data["proof"])
        if name and name_key(name) not in self.proofs:
            raise forms.ValidationError(_("No file of this name was uploaded: %(name)s"), params={"name": name})
        return self.proofs.get(name_key(name))


class DayField(forms.DateField):
    """A day as people write it, or the serial number that a workbook keeps of it."""

    def to_python(self, value: Any) -> date | None:
        text = str(value or "").strip()
        if text.isascii() and text.isdigit() and len(text) == 5:
            return EXCEL_EPOCH + timedelta(days=int(text))
        return super().to_python(text.partition(" ")[0])


def day_field(*, is_required: bool = False) -> DayField:
    wrong = _("This is not a day such as 2026-12-31.")
    formats = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]
    return DayField(
        required=is_required, input_formats=formats, error_messages={"required": REQUIRED, "invalid": wrong}
    )
