"""Reading usage reports: line by line, in pieces, in constant memory (domain.md 8)."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.db import transaction

from accounts.models import User
from associations.models import CustomerTenant, Product, Subscription
from insights.models import UsageImport, UsageReport
from insights.upserting import Figures, upsert

ROWS_AT_ONCE = 5000
MOST_FAULTS_TOLD = 1000
LARGEST_FIGURE = 2**31 - 1

COLUMNS: dict[str, tuple[str, ...]] = {
    UsageReport.M365: ("CustomerTenantId", "WorkloadName", "MonthlyActiveUsers", "PaidAvailableUnits", "Date"),
    UsageReport.DYNAMICS: ("SubscriptionId", "Month", "AvailableSeats", "AssignedSeats", "ActiveSeats"),
}
Row = Mapping[str, str | None]


class ColumnsMissing(ValueError):
    """The file has no heading line, or it lacks columns of the report."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(", ".join(self.missing))


class BadRow(ValueError):
    """One row can't be taken; the text says why."""


@dataclass
class Outcome:
    """What became of a file: how many rows were taken, and which were not, by line."""

    taken: int = 0
    refused: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, line: int, why: str) -> None:
        self.refused += 1
        if len(self.faults) < MOST_FAULTS_TOLD:
            self.faults.append((line, why))


def import_usage(
    lines: Iterable[str], *, report: UsageReport, source: str, now: datetime, by: User | None = None
) -> Outcome:
    """Take every good row of a report with a heading line; a bad one is told of and stops no other.

    The same item and month, in this file or in another, is replaced, never doubled: reading a file again changes
    nothing. Raise ColumnsMissing before anything is written.
    """
    reader = csv.DictReader(lines)
    present = reader.fieldnames or ()
    if missing := [name for name in COLUMNS[report] if name not in present]:
        raise ColumnsMissing(missing)
    origin = UsageImport.objects.create(report=report, source=source[:200], imported_at=now, imported_by=by)
    outcome, directory = Outcome(), Directory()
    read = read_m365 if report == UsageReport.M365 else read_dynamics
    numbered = ((reader.line_num, row) for row in reader)
    while rows := list(islice(numbered, ROWS_AT_ONCE)):
        directory.learn(report, [row for _line, row in rows])
        good: dict[tuple[int, ...], Figures] = {}
        for line, row in rows:
            try:
                figures = read(row, directory)
            except BadRow as why:
                outcome.refuse(line, str(why))
            else:
                good[figures.key] = figures
                outcome.taken += 1
        with transaction.atomic():
            upsert(list(good.values()), report=report, origin_id=origin.pk)
    UsageImport.objects.filter(pk=origin.pk).update(rows=outcome.taken, refused=outcome.refused)
    return outcome


class Directory:
    """The tenants, workloads and subscriptions that rows name: asked once per piece, forgotten when they grow many."""

    most = 100_000

    def __init__(self) -> None:
        self.products = {name.casefold(): pk for name, pk in self._product_names()}
        self.tenants: dict[UUID, int | None] = {}
        self.subscriptions: dict[UUID, tuple[int, int, int] | None] = {}

    def _product_names(self) -> Iterator[tuple[str, int]]:
        for pk, code, name in Product.objects.values_list("pk", "code", "name"):
            yield code, pk
            yield name, pk

    def learn(self, report: UsageReport, rows: Iterable[Row]) -> None:
        """Look up, in one query, what *rows* name for the first time."""
        column = "CustomerTenantId" if report == UsageReport.M365 else "SubscriptionId"
        named = {found for row in rows if (found := guid_in(row.get(column)))}
        if report == UsageReport.M365:
            self._learn_tenants(named)
        else:
            self._learn_subscriptions(named)

    def _learn_tenants(self, named: set[UUID]) -> None:
        if len(self.tenants) > self.most:
            self.tenants.clear()
        unknown = named - self.tenants.keys()
        self.tenants |= dict.fromkeys(unknown)
        self.tenants |= dict(
            CustomerTenant.objects.filter(tenant_id__in=unknown).values_list("tenant_id", "pk") if unknown else ()
        )

    def _learn_subscriptions(self, named: set[UUID]) -> None:
        if len(self.subscriptions) > self.most:
            self.subscriptions.clear()
        unknown = named - self.subscriptions.keys()
        self.subscriptions |= dict.fromkeys(unknown)
        found = Subscription.objects.filter(subscription_id__in=unknown) if unknown else Subscription.objects.none()
        for known in found.only("subscription_id", "tenant", "product"):
            self.subscriptions[known.subscription_id] = (known.tenant_id, known.product_id, known.pk)


def read_m365(row: Row, directory: Directory) -> Figures:
    """Return the figures of a workload; raise BadRow."""
    tenant = directory.tenants.get(guid_of(row, "CustomerTenantId"))
    if tenant is None:
        raise BadRow("CustomerTenantId: no customer has this tenant ID")
    product = directory.products.get(text_of(row, "WorkloadName").casefold())
    if product is None:
        raise BadRow(f"WorkloadName: unknown: {text_of(row, 'WorkloadName')[:80]}")
    return Figures(
        tenant=tenant,
        product=product,
        subscription=None,
        month=month_of(row, "Date"),
        active=figure_of(row, "MonthlyActiveUsers"),
        available=figure_of(row, "PaidAvailableUnits"),
        assigned=None,
    )


def read_dynamics(row: Row, directory: Directory) -> Figures:
    """Return the figures of a subscription; raise BadRow."""
    known = directory.subscriptions.get(guid_of(row, "SubscriptionId"))
    if known is None:
        raise BadRow("SubscriptionId: no customer has this subscription")
    tenant, product, subscription = known
    return Figures(
        tenant=tenant,
        product=product,
        subscription=subscription,
        month=month_of(row, "Month"),
        active=figure_of(row, "ActiveSeats"),
        available=figure_of(row, "AvailableSeats"),
        assigned=figure_of(row, "AssignedSeats"),
    )


def text_of(row: Row, column: str) -> str:
    return (row.get(column) or "").strip()


def guid_in(text: str | None) -> UUID | None:
    """Return the GUID that *text* states, or None."""
    try:
        return UUID((text or "").strip())
    except ValueError:
        return None


def guid_of(row: Row, column: str) -> UUID:
    found = guid_in(row.get(column))
    if found is None:
        raise BadRow(f"{column}: not a GUID")
    return found


def figure_of(row: Row, column: str) -> int:
    """Return a whole number from 0; thousands may be left out only."""
    text = text_of(row, column)
    if not (text.isascii() and text.isdigit()) or int(text) > LARGEST_FIGURE:
        raise BadRow(f"{column}: not a whole number from 0")
    return int(text)


def month_of(row: Row, column: str) -> date:
    """Return the first day of the month that a date such as 2026-10-01, or a month such as 2026-10, names."""
    text = text_of(row, column)[:10]
    try:
        return date.fromisoformat(text if len(text) > len("2026-10") else f"{text}-01").replace(day=1)
    except ValueError as error:
        raise BadRow(f"{column}: not a date such as 2026-10-01") from error
