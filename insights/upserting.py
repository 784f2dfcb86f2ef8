"""Writing many figures at once: what is there already is replaced. PostgreSQL takes them by COPY."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from insights.models import MonthlyUsage, UsageReport

TABLE = MonthlyUsage._meta.db_table
COLUMNS = ("tenant_id", "product_id", "subscription_id", "month", "active", "available", "assigned", "origin_id")
# The unique constraints of MonthlyUsage: on which columns two rows are of one item and month.
CONFLICTS = {
    UsageReport.M365: "(tenant_id, product_id, month) WHERE subscription_id IS NULL",
    UsageReport.DYNAMICS: "(subscription_id, month) WHERE subscription_id IS NOT NULL",
}
REPLACED = ", ".join(f"{name} = excluded.{name}" for name in ("active", "available", "assigned", "origin_id"))


class Figures(NamedTuple):
    """One row to be written: keys of tenant, product and subscription, the month's first day, and its figures."""

    tenant: int
    product: int
    subscription: int | None
    month: date
    active: int
    available: int
    assigned: int | None

    @property
    def key(self) -> tuple[int, ...]:
        """What the unique constraints tell rows apart by."""
        return (self.tenant, self.product, self.subscription or 0, self.month.toordinal())


def upsert(rows: Sequence[Figures], *, report: UsageReport, origin_id: int) -> None:
    """Write *rows*, no two of one item and month, in the caller's transaction; the last word is the newest file's."""
    if not rows:
        return
    names = ", ".join(COLUMNS)
    merge = f"ON CONFLICT {CONFLICTS[report]} DO UPDATE SET {REPLACED}"
    if connection.vendor == "postgresql":
        copy_and_merge(rows, origin_id=origin_id, names=names, merge=merge)
        return
    marks = ", ".join(["%s"] * len(COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {TABLE} ({names}) VALUES ({marks}) {merge}",  # noqa: S608 - names of our own columns
            [(*row[:3], row.month.isoformat(), *row[4:], origin_id) for row in rows],
        )


def copy_and_merge(rows: Sequence[Figures], *, origin_id: int, names: str, merge: str) -> None:
    """Put *rows* into a table of this transaction's own by COPY, and merge it in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS arriving_usage"
            " (tenant_id bigint, product_id bigint, subscription_id bigint, month date, active integer,"
            " available integer, assigned integer, origin_id bigint) ON COMMIT DELETE ROWS"
        )
        raw: Any = cursor.cursor
        raw.copy_expert("COPY arriving_usage FROM STDIN", as_copy_text(rows, origin_id))
        cursor.execute(
            f"INSERT INTO {TABLE} ({names}) SELECT {names} FROM arriving_usage {merge}"  # noqa: S608 - our own names
        )
        cursor.execute("TRUNCATE arriving_usage")


def as_copy_text(rows: Sequence[Figures], origin_id: int) -> io.StringIO:
    r"""Return *rows* in the text format of COPY: columns by tab, \N for nothing."""
    lines = ["\t".join("\\N" if value is None else str(value) for value in (*row, origin_id)) + "\n" for row in rows]
    return io.StringIO("".join(lines))
