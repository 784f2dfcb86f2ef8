"""Usage reports as people have them: which columns they need, under which headings, and how their values are read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.text.characters import readable_text
from associations.files.tables.csv_text import BrokenCsv, CsvForm, csv_rows, ends_with_a_line, form_of
from associations.files.tables.dates import DayOrder, DayReading, read_days
from associations.files.tables.encodings import BrokenText, NoText
from associations.files.tables.sheets import tidy
from associations.files.tables.whole_numbers import CountReading, read_counts
from insights.models import UsageReport

LINES_BEFORE_THE_HEADING = 10
TEXTS_REMEMBERED = 100_000
NumberedRow = tuple[int, list[str]]

# Each column under its name in the report, and other headings that mean it; blanks, case and signs don't matter.
COLUMNS: dict[str, dict[str, tuple[object, ...]]] = {
    UsageReport.M365: {
        "CustomerTenantId": (
            "TenantId",
            "MicrosoftTenantId",
            "DirectoryId",
            "CustomerId",
            _("Directory ID (tenant ID)"),
        ),
        "WorkloadName": ("Workload", "ProductName", "Service", _("Product")),
        "MonthlyActiveUsers": ("MAU", "ActiveUsers", _("Active")),
        "PaidAvailableUnits": ("PAU", "AvailableUnits", "PaidUnits", _("Available")),
        "Date": ("Month", "ReportMonth", "UsageMonth", "ReportDate", _("Month")),
    },
    UsageReport.DYNAMICS: {
        "SubscriptionId": ("Subscription", _("Subscription ID")),
        "Month": ("Date", "ReportMonth", "UsageMonth", "ReportDate", _("Month")),
        "AvailableSeats": ("Available", _("Available")),
        "AssignedSeats": ("Assigned", _("Assigned")),
        "ActiveSeats": ("Active", _("Active")),
    },
}


class ReportRefused(ValueError):
    """The file can't be taken, and nothing of it was; the text says why, *line* where, or 0 for all of it."""

    def __init__(self, why: str, *, line: int = 0) -> None:
        super().__init__(f"line {line}: {why}" if line else why)
        self.why, self.line = why, line


class ReportColumnsMissing(ReportRefused):
    """The file has no heading line, or it lacks columns of the report."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(f"it lacks these columns: {', '.join(self.missing)}")


@dataclass
class ReportFile:
    """A report, its form and the place of each column. Values are judged by their column when one needs it."""

    file: BinaryIO
    form: CsvForm
    heading_line: int
    places: dict[str, int]
    width: int
    days: DayOrder | None = None
    judged_days: dict[str, DayReading] = field(default_factory=dict)
    judged_counts: dict[str, CountReading] = field(default_factory=dict)

    def rows(self) -> Iterator[NumberedRow]:
        """Yield the rows below the heading, each with its line; raise ReportRefused where the file is broken."""
        line, cells = 0, [""] * self.width
        try:
            for line, cells in csv_rows(self.file, self.form):
                if line > self.heading_line and any(cells):
                    yield line, cells
        except (BrokenCsv, BrokenText) as error:
            raise ReportRefused(str(error), line=error.line) from error
        if len(cells) < self.width and any(cells) and not ends_with_a_line(self.file):
            raise ReportRefused("the file ends in the middle of this line", line=line)

    def day_reading(self, column: str) -> DayReading:
        """Return how the days of *column* are read, by all of them."""
        if column not in self.judged_days:
            judged = read_days(self.texts(column), of_months=True)
            self.judged_days[column] = replace(judged, order=self.days or judged.order)
        return self.judged_days[column]

    def count_reading(self, column: str) -> CountReading:
        """Return how the figures of *column* are read, by all of them."""
        if column not in self.judged_counts:
            self.judged_counts[column] = read_counts(self.texts(column))
        return self.judged_counts[column]

    def texts(self, column: str) -> Iterator[str]:
        """Yield the texts of a column, those that were seen just before left out."""
        place, seen = self.places[column], set[str]()
        for _line, cells in self.rows():
            text = tidy(readable_text(cells[place])) if place < len(cells) else ""
            if text not in seen:
                if len(seen) >= TEXTS_REMEMBERED:
                    seen.clear()
                seen.add(text)
                yield text

    def in_words(self) -> list[str]:
        """Return what was not plain to read, and how it was read."""
        days = [
            f"{column}: {reading.doubtful} is read {'day' if reading.order is DayOrder.DAY_FIRST else 'month'} first"
            for column, reading in self.judged_days.items()
            if reading.order and reading.doubtful
        ]
        return days + [
            f"{column}: {reading.doubtful} is read as a number of thousands"
            for column, reading in self.judged_counts.items()
            if reading.mark and reading.doubtful and not reading.is_certain
        ]


def open_report(file: BinaryIO, report: UsageReport, *, days: DayOrder | None = None) -> ReportFile:
    """Find out how *file* is written, and where its columns are; raise ReportRefused."""
    start = file.read(4)
    file.seek(0)
    if start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise ReportRefused("it is a workbook. Save it as CSV, and import that")
    try:
        form = form_of(file)
        first = list(islice((row for row in csv_rows(file, form) if any(row[1])), LINES_BEFORE_THE_HEADING))
    except NoText as error:
        raise ReportRefused("it is no text. Save the report as CSV UTF-8, and import that") from error
    except BrokenText as error:
        raise ReportRefused(f"it is damaged: bytes that are no {error.encoding}", line=error.line) from error
    except BrokenCsv as error:
        raise ReportRefused(str(error), line=error.line) from error
    line, cells = max(first, key=lambda row: len(places_in(row[1], report)), default=(0, []))
    places = places_in(cells, report)
    if missing := [name for name in COLUMNS[report] if name not in places]:
        raise ReportColumnsMissing(missing)
    if twice := repeated(cells, places.values()):
        raise ReportRefused(f"two columns have the heading {twice}", line=line)
    return ReportFile(file, form, line, places, len(cells), days)


def places_in(cells: list[str], report: UsageReport) -> dict[str, int]:
    """Return at which place each column is found: under its own name before any other."""
    there = {folded(cell): place for place, cell in reversed(list(enumerate(cells)))}
    found = {}
    for column, others in COLUMNS[report].items():
        names = [folded(column), *(name for other in others for name in in_every_language(other))]
        place = next((there[name] for name in names if name in there), None)
        if place is not None:
            found[column] = place
    return found


def in_every_language(heading: object) -> Iterator[str]:
    """Yield a heading of our own files as each language of the portal writes it."""
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            yield folded(str(heading))


def repeated(cells: list[str], places: Iterable[int]) -> str:
    """Return the heading of a required column that is in the row twice, or an empty text."""
    names = [folded(cell) for cell in cells]
    return next((cells[place].strip() for place in places if names.count(names[place]) > 1), "")


def folded(heading: str) -> str:
    """Return a heading without its blanks, case and signs."""
    return "".join(char for char in heading.casefold() if char.isalnum())
