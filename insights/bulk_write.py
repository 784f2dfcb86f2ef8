"""Writing many figures at once: what is there already is replaced. PostgreSQL takes them by COPY."""

import io
from collections.abc import Sequence
from typing import Any

from django.db import connection

from insights.models import MonthlyUsage, UsageReport

TABLE = MonthlyUsage._meta.db_table
NAMES = ("tenant_id", "product_id", "subscription_id", "month", "active", "available", "assigned")
COLUMNS = (*NAMES, "origin_id")
# The unique constraints of MonthlyUsage: on which columns two rows are of one item and month.
KEYS = {
    UsageReport.M365: ("tenant_id, product_id, month", "subscription_id IS NULL"),
    UsageReport.DYNAMICS: ("subscription_id, month", "subscription_id IS NOT NULL"),
}
REPLACED = ", ".join(f"{name} = excluded.{name}" for name in ("active", "available", "assigned", "origin_id"))
# How COPY writes that there is no value.
NOTHING = "\\N"

# A row to be written, as texts: keys of tenant, product and subscription, the month's first day as 2020-10-01, the
# figures active, available and assigned. NOTHING stands for none.
Record = tuple[str, str, str, str, str, str, str]


class Arrivals:
    """Records on their way into the table: added in pieces, and merged at once in the caller's transaction.

    Of two records of one item and month the one that was added last counts.
    """

    def __init__(self, report: UsageReport) -> None:
        self.key, self.condition = KEYS[report]
        self.count = 0
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS arriving_usage")
            cursor.execute(
                "CREATE TEMPORARY TABLE arriving_usage (tenant_id bigint, product_id bigint, subscription_id bigint,"
                " month date, active integer, available integer, assigned integer, number integer)"
            )

    def add(self, records: Sequence[Record]) -> None:
        """Take more records."""
        numbered = enumerate(records, start=self.count)
        self.count += len(records)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                raw: Any = cursor.cursor
                lines = ["\t".join((*record, f"{number}\n")) for number, record in numbered]
                raw.copy_expert("COPY arriving_usage FROM STDIN", io.StringIO("".join(lines)))
                return
            cursor.executemany(
                "INSERT INTO arriving_usage VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [(*(None if value == NOTHING else value for value in record), number) for number, record in numbered],
            )

    def merge(self, *, origin_id: int) -> None:
        """Write all that was added into the table, as of the import *origin_id*, and forget it."""
        names = ", ".join(NAMES)
        # In the order of the index it goes into, which then grows at its end.
        newest = (
            f"SELECT {names}, row_number() OVER (PARTITION BY {self.key} ORDER BY number DESC) AS age"  # noqa: S608
            " FROM arriving_usage"
        )
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL work_mem = '64MB'")
                cursor.execute("ANALYZE arriving_usage")
            cursor.execute(
                f"INSERT INTO {TABLE} ({names}, origin_id) SELECT {names}, %s FROM ({newest}) AS found"  # noqa: S608
                f" WHERE age = 1 ORDER BY {self.key}"
                f" ON CONFLICT ({self.key}) WHERE {self.condition} DO UPDATE SET {REPLACED}",
                [origin_id],
            )
            cursor.execute("DROP TABLE arriving_usage")
