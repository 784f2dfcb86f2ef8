"""Shared parts of import rows: the importing person, lookups, and the formats of values."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from babel.dates import format_date
from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.files.tables.dates import DayOrder, NotADay, TwoDays, day_in
from associations.files.tables.sheets import is_error
from associations.files.tables.whole_numbers import DecimalMark, NotACount, TwoCounts, count_in
from associations.forms.wizard.draftable_locations import Places, places_open_to
from associations.models import JobFile, PartnerLocation, Product
from associations.rules.proof_files import name_key
from associations.services.claim.programs import is_enrolled
from associations.wording.messages import refusal
from guides.choices import Grain
from guides.editions import Activity, Edition, edition_in_force

SEPARATOR = re.compile(r"[;,|\n]")
LOST_LETTER = "\ufffd"
REQUIRED = _("This answer is missing.")


class Desk:
    """Lookups that every row needs, made once for all rows of one batch."""

    def __init__(self, user: User, *, now: datetime) -> None:
        self.user, self.now = user, now
        self.enrolments: dict[tuple[int, str], bool] = {}

    @cached_property
    def places(self) -> Places:
        """Return the locations where the person can draft claims."""
        return places_open_to(self.user, now=self.now)

    @cached_property
    def workloads(self) -> dict[str, Product]:
        """The workloads that can be claimed, by code and by every name, a former name or synonym after the others."""
        known = {
            product.code: product for each in self.for_workloads for product in self.edition.products_for(each.code)
        }
        found = {product.code: product for product in Product.objects.filter(code__in=known)}
        words: dict[str, Product] = {}
        for code, product in found.items():
            words |= {word.casefold(): product for word in (*known[code].former_names, *known[code].synonyms)}
        for code, product in found.items():
            product.name = known[code].name
            words |= {code.casefold(): product, product.name.casefold(): product}
        return words

    @cached_property
    def edition(self) -> Edition:
        """The edition by which rows are judged."""
        return edition_in_force(now=self.now)

    @property
    def for_workloads(self) -> list[Activity]:
        """The activities for which workloads of a tenant are claimed."""
        return [activity for activity in self.edition.activities if activity.grain is Grain.WORKLOAD]

    def activity_for(self, products: Iterable[Product]) -> Activity | None:
        """Return the first activity that one claim can state for all of these workloads, if there is one."""
        wanted = {product.code for product in products}
        known = self.edition.products_by_code
        return next(
            (each for each in self.for_workloads if all(each.code in known[code].activities for code in wanted)), None
        )

    def is_enrolled_for(self, activity: Activity, location: PartnerLocation) -> bool:
        """Return whether the location is enrolled in the program that pays for *activity*."""
        key = location.pk, activity.code
        if key not in self.enrolments:
            self.enrolments[key] = is_enrolled(location.pk, [activity])
        return self.enrolments[key]


@dataclass(frozen=True)
class Readings:
    """The readings of a sheet's columns, by their names; other columns are unambiguous."""

    days: Mapping[str, DayOrder] = field(default_factory=dict)
    counts: Mapping[str, DecimalMark] = field(default_factory=dict)
    is_1904: bool = False


class RowForm(forms.Form):
    """One row of a sheet, checked for its owner."""

    def __init__(
        self,
        cells: dict[str, str],
        *,
        user: User,
        now: datetime,
        proofs: Mapping[str, JobFile],
        desk: Desk,
        readings: Readings | None = None,
    ) -> None:
        super().__init__(cells)
        self.user, self.now, self.proofs, self.desk = user, now, proofs, desk
        self.warnings: list[str] = []
        # Whether the row says nothing that is not so already.
        self.is_known = False
        for name, each in self.fields.items():
            if readings and isinstance(each, DayField):
                each.order, each.is_1904 = readings.days.get(name), readings.is_1904
            elif readings and isinstance(each, CountField):
                each.mark = readings.counts.get(name)

    def clean(self) -> dict[str, Any]:
        """Refuse every cell that shows an error of the spreadsheet, or holds lost letters: nobody typed that."""
        for name, text in self.data.items():
            if name in self.fields and (is_error(text) or LOST_LETTER in text):
                self.errors.pop(name, None)
                self.add_error(name, refusal("CELL_ERROR", cell=text) if is_error(text) else refusal("CELL_LETTERS"))
        return super().clean() or {}

    @property
    def key(self) -> str:
        """Return the key that a second row of the same sheet must not repeat."""
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


class DayField(forms.Field):
    """A day as people write it, or the serial number that a workbook keeps of it."""

    order: DayOrder | None = None
    is_1904 = False

    def to_python(self, value: Any) -> date | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return day_in(text, order=self.order, is_1904=self.is_1904)
        except TwoDays as two:
            one, other = map(day_in_words, two.days)
            raise refusal("DAY_TWO", day=text, one=one, other=other) from two
        except NotADay as error:
            raise refusal("DAY_NONE") from error


class CountField(forms.Field):
    """A whole number from 0 as people write it."""

    most = 2_147_483_647
    mark: DecimalMark | None = None

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            number = count_in(text, mark=self.mark)
        except TwoCounts as two:
            raise refusal("COUNT_TWO", number=text) from two
        except NotACount as error:
            raise refusal("COUNT_NONE") from error
        if number > self.most:
            raise refusal("COUNT_NONE")
        return number


def day_field() -> DayField:
    return DayField(required=False)


def count_field() -> CountField:
    return CountField(required=False)


def day_in_words(day: date) -> str:
    """Return "10 January 2020" in the language in use."""
    return format_date(day, "d MMMM y", locale=translation.to_locale(translation.get_language() or "en"))
