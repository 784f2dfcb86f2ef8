"""Reading usage reports: line by line, in pieces, in constant memory, all of a file or nothing (domain.md 8)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.text.characters import readable_text
from associations.files.tables.dates import DayOrder, NotADay, TwoDays, month_in
from associations.files.tables.sheets import tidy
from associations.files.tables.whole_numbers import NotACount, TwoCounts, count_in
from associations.models import CustomerTenant, Product, Subscription
from associations.rules.identifiers import guid_in
from insights.bulk_write import NOTHING, Arrivals, Record
from insights.models import UsageImport, UsageReport
from insights.report_columns import NumberedRow, ReportColumnsMissing, ReportFile, ReportRefused, open_report

__all__ = ["ImportResult", "ReportColumnsMissing", "ReportRefused", "import_usage"]

ROWS_AT_ONCE = 5000
MOST_FAULTS_TOLD = 1000
LARGEST_FIGURE = 2**31 - 1


class BadRow(ValueError):
    """One row can't be taken; the text says why."""


@dataclass
class ImportResult:
    """The result of reading a file: rows taken, rows refused, by line, and how doubtful values were read."""

    taken: int = 0
    refused: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)

    def refuse(self, line: int, why: str) -> None:
        self.refused += 1
        if len(self.faults) < MOST_FAULTS_TOLD:
            self.faults.append((line, why))


@transaction.atomic
def import_usage(
    file: BinaryIO,
    *,
    report: UsageReport,
    source: str,
    now: datetime,
    by: User | None = None,
    days: DayOrder | None = None,
) -> ImportResult:
    """Import every valid row of a report; an invalid one is reported and stops no other.

    The same item and month, in this file or in another, is replaced, never doubled: reading a file again changes
    nothing. *days* says which number of a day comes first where the file does not show it. Raise ReportRefused, and
    store nothing, for a file that is no report, is damaged or ends too early.
    """
    opened = open_report(file, report, days=days)
    origin = UsageImport.objects.create(report=report, source=source[:200], imported_at=now, imported_by=by)
    outcome, arrivals = ImportResult(), Arrivals(report)
    reader = READERS[report](opened)
    rows = opened.rows()
    while piece := list(islice(rows, ROWS_AT_ONCE)):
        reader.learn(piece)
        good: list[Record] = []
        for line, cells in piece:
            try:
                good.append(reader.record(cells))
            except BadRow as why:
                outcome.refuse(line, str(why))
            except IndexError:
                outcome.refuse(line, "cells are missing")
        outcome.taken += len(good)
        arrivals.add(good)
    arrivals.merge(origin_id=origin.pk)
    outcome.readings = opened.in_words()
    UsageImport.objects.filter(pk=origin.pk).update(rows=outcome.taken, refused=outcome.refused)
    return outcome


class Known(dict[str, str]):
    """The meanings of a column's texts, each found once; forgotten when they grow many."""

    most = 100_000

    def __init__(self, find: Callable[[str], str]) -> None:
        super().__init__()
        self.find = find

    def __missing__(self, text: str) -> str:
        meaning = self.find(text)
        if len(self) >= self.most:
            self.clear()
        self[text] = meaning
        return meaning


class ReportReader:
    """Turns the rows of one report into records; what they name is asked once per piece."""

    named = ""

    def __init__(self, opened: ReportFile) -> None:
        self.opened = opened
        self.items: dict[str, str | None] = {}
        self.place = opened.places[self.named]

    def learn(self, rows: Iterable[NumberedRow]) -> None:
        """Look up, in one query, what *rows* name for the first time."""
        if len(self.items) > Known.most:
            self.items.clear()
        place = self.place
        unknown = {cells[place] for _line, cells in rows if len(cells) > place} - self.items.keys()
        guids = {text: found for text in unknown if (found := guid_in(tidy(text)))}
        there = dict(self.look_up(set(guids.values()))) if guids else {}
        self.items |= {text: there.get(found) for text, found in guids.items()}

    def look_up(self, guids: set[UUID]) -> Iterator[tuple[UUID, str]]:
        """Yield what is known of each, as a record holds it."""
        raise NotImplementedError

    def record(self, cells: list[str]) -> Record:
        """Return the record of one row; raise BadRow."""
        raise NotImplementedError

    def item(self, cells: list[str], *, unknown: str) -> str:
        """Return the keys of what the row names, or raise BadRow."""
        text = cells[self.place]
        found = self.items.get(text)
        if found is None:
            raise BadRow(f"{self.named}: {unknown if text in self.items else 'not a GUID'}")
        return found

    def column(self, name: str, find: Callable[[str, str], str]) -> tuple[int, Known]:
        """Return the place of a column, and what its texts mean."""
        return self.opened.places[name], Known(lambda text: find(name, tidy(readable_text(text))))

    def figure(self, column: str, text: str) -> str:
        """Return a whole number from 0, read as its column is; raise BadRow."""
        if not (text.isascii() and text.isdigit() and len(text) < len(str(LARGEST_FIGURE))):
            try:
                text = str(count_in(text, mark=self.opened.count_reading(column).mark if text else None))
            except TwoCounts as error:
                raise BadRow(
                    f"{column}: {text} can be two numbers, and the other rows contradict each other"
                ) from error
            except NotACount as error:
                raise BadRow(f"{column}: not a whole number from 0") from error
        if int(text) > LARGEST_FIGURE:
            raise BadRow(f"{column}: not a whole number from 0")
        return text

    def month(self, column: str, text: str) -> str:
        """Return the first day of the month that a date or the name of a month states; raise BadRow."""
        try:
            try:
                return month_in(text).isoformat()
            except TwoDays:
                return month_in(text, order=self.opened.day_reading(column).order).isoformat()
        except TwoDays as two:
            one, other = two.days
            raise BadRow(
                f"{column}: {text} can be {one.isoformat()} or {other.isoformat()}: say which comes first"
            ) from two
        except NotADay as error:
            raise BadRow(f"{column}: not a date such as 2026-10-01") from error


class M365Reader(ReportReader):
    """Figures of a workload of a tenant."""

    named = "CustomerTenantId"

    def __init__(self, opened: ReportFile) -> None:
        super().__init__(opened)
        known = [(name, pk) for pk, *names in Product.objects.values_list("pk", "code", "name") for name in names]
        self.products = {name.casefold(): str(pk) for name, pk in known}
        self.workload = self.column("WorkloadName", self.product)
        self.active = self.column("MonthlyActiveUsers", self.figure)
        self.available = self.column("PaidAvailableUnits", self.figure)
        self.date = self.column("Date", self.month)

    def look_up(self, guids: set[UUID]) -> Iterator[tuple[UUID, str]]:
        for guid, pk in CustomerTenant.objects.filter(tenant_id__in=guids).values_list("tenant_id", "pk"):
            yield guid, str(pk)

    def product(self, column: str, text: str) -> str:
        found = self.products.get(" ".join(text.casefold().split()))
        if found is None:
            raise BadRow(f"{column}: unknown: {text[:80]}")
        return found

    def record(self, cells: list[str]) -> Record:
        tenant = self.items.get(cells[self.place]) or self.item(cells, unknown="no customer has this tenant ID")
        (workload, products), (date, months) = self.workload, self.date
        (active, users), (available, units) = self.active, self.available
        product, month = products[cells[workload]], months[cells[date]]
        return tenant, product, NOTHING, month, users[cells[active]], units[cells[available]], NOTHING


class DynamicsReader(ReportReader):
    """Figures of a subscription, which brings its tenant and product."""

    named = "SubscriptionId"

    def __init__(self, opened: ReportFile) -> None:
        super().__init__(opened)
        self.date = self.column("Month", self.month)
        self.figures = [self.column(name, self.figure) for name in ("ActiveSeats", "AvailableSeats", "AssignedSeats")]

    def look_up(self, guids: set[UUID]) -> Iterator[tuple[UUID, str]]:
        found = Subscription.objects.filter(subscription_id__in=guids)
        for guid, *keys in found.values_list("subscription_id", "tenant", "product", "pk"):
            yield guid, " ".join(map(str, keys))

    def record(self, cells: list[str]) -> Record:
        tenant, product, subscription = self.item(cells, unknown="no customer has this subscription").split()
        date, months = self.date
        month = months[cells[date]]
        active, available, assigned = (known[cells[place]] for place, known in self.figures)
        return tenant, product, subscription, month, active, available, assigned


READERS: dict[str, type[ReportReader]] = {UsageReport.M365: M365Reader, UsageReport.DYNAMICS: DynamicsReader}
