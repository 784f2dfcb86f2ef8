"""Empties the tables of PostgreSQL after a test that commits, and loads the reference data again.

Django truncates every table and saves each row of the reference data for itself, which took two seconds a test.
"""

from collections.abc import Callable

from django.db import connection, transaction
from psycopg2 import sql

COPIES = "copies_of_reference_data"


class CommittedRows:
    """Empties and fills the tables of the test database; *load* is Django's way to fill them the first time."""

    def __init__(self, load: Callable[[str], None]) -> None:
        self.load = load
        self.copied: list[str] = []

    def empty(self) -> None:
        """Delete the rows of every table that has some, past its triggers and foreign keys."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in self.tables_with_rows():
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))

    def fill(self, data: str) -> None:
        """Load the reference data *data*, where it is missing: from copies of the tables, once they were made."""
        if not self.copied:
            self.load(data)
            self.copy()
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in self.copied:
                put = sql.SQL("INSERT INTO {} SELECT * FROM {} ON CONFLICT DO NOTHING")
                cursor.execute(put.format(sql.Identifier(table), sql.Identifier(COPIES, table)))

    def copy(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {COPIES} CASCADE; CREATE SCHEMA {COPIES}")
            self.copied = self.tables_with_rows()
            for table in self.copied:
                made = sql.SQL("CREATE TABLE {} AS SELECT * FROM {}")
                cursor.execute(made.format(sql.Identifier(COPIES, table), sql.Identifier(table)))

    def tables_with_rows(self) -> list[str]:
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        asked = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
        questions = [asked.format(sql.Literal(table), sql.Identifier(table)) for table in sorted(tables)]
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(" UNION ALL ").join(questions))
            return [name for (name,) in cursor.fetchall()]


def can_pass_triggers() -> bool:
    """Return whether the tests run on PostgreSQL as a superuser, who may turn triggers off."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        return bool(cursor.fetchone() == ("on",))
