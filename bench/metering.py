"""A usage report, read into the months of every customer."""

import io
import tempfile
from collections.abc import Iterator
from datetime import date
from functools import partial
from statistics import median
from typing import BinaryIO, cast

from django.db import connection
from django.utils import timezone

from associations.models import Product
from bench.data import guid
from bench.measuring import Figure, growth_of_a_worker, seconds
from bench.sizes import Size
from insights.bulk_write import COLUMNS
from insights.importing import import_usage
from insights.models import MonthlyUsage, UsageImport, UsageReport

HEAD = "CustomerTenantId,CustomerName,WorkloadName,MonthlyActiveUsers,PaidAvailableUnits,Date\n"
MOST_MEGABYTES = 50
MONTHS = 13


def import_usage_report(size: Size) -> Iterator[Figure]:
    """Read a report of thirteen months: every row is checked and looked up, and replaces what is there already.

    Floor: COPY of the same figures, keys already known, into the same table with its constraints. In turns, each time
    into the empty table.
    """
    product, shares, tenants = Product.objects.get(code="TEAMS"), [], tenants_of(size)
    for _turn in range(size.rounds):
        _empty()
        ours = seconds(partial(read, rows=size.usage_rows, tenants=tenants))
        _empty()
        shares.append(seconds(partial(_copy, _rows_to_copy(size, product))) / ours)
        if MonthlyUsage.objects.count() != size.usage_rows:
            raise RuntimeError("The report and the COPY wrote different rows.")
    yield Figure(
        work=f"usage import of {size.usage_rows:,} rows",
        floor="raw COPY into the same table",
        ratio=median(shares),
        budget=0.25,
        wants_more=True,
    )
    yield Figure(
        work="memory of that import",
        floor="megabytes",
        ratio=growth_of_a_worker(
            first=f"metering.read(rows=100, tenants={tenants})",
            then=f"metering.read(rows={size.usage_rows}, tenants={tenants})",
        ),
        budget=MOST_MEGABYTES,
    )


def tenants_of(size: Size) -> int:
    """Return how many customers have so many rows in thirteen months."""
    return -(-size.usage_rows // MONTHS)


def _facts(*, rows: int, tenants: int) -> Iterator[tuple[int, date, int, int]]:
    """Yield tenant, month and figures: as many months of so many customers as it takes."""
    for n in range(rows):
        tenant, month = n % tenants + 1, n // tenants
        yield tenant, date(2018 + month // 12, month % 12 + 1, 1), n % 900, 1_000


def read(*, rows: int, tenants: int) -> None:
    """Write a report of so many rows about so many customers into a file, and import it."""
    with tempfile.TemporaryFile() as file:
        file.write(HEAD.encode())
        file.writelines(
            f"{guid(tenant)},Contoso {tenant},Microsoft Teams,{active},{available},{month}\n".encode()
            for tenant, month, active, available in _facts(rows=rows, tenants=tenants)
        )
        outcome = import_usage(cast(BinaryIO, file), report=UsageReport.M365, source="bench", now=timezone.now())
    if outcome.taken != rows:
        raise RuntimeError(f"{outcome.refused} rows were refused: {outcome.faults[:1]}")


def _rows_to_copy(size: Size, product: Product) -> io.StringIO:
    origin = UsageImport.objects.create(report=UsageReport.M365, source="floor", imported_at=timezone.now())
    return io.StringIO(
        "".join(
            f"{tenant}\t{product.pk}\t\\N\t{month}\t{active}\t{available}\t\\N\t{origin.pk}\n"
            for tenant, month, active, available in _facts(rows=size.usage_rows, tenants=tenants_of(size))
        )
    )


def _copy(rows: io.StringIO) -> None:
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f"COPY {MonthlyUsage._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN", rows)


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {MonthlyUsage._meta.db_table}")
