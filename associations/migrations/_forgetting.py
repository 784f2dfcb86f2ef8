"""Triggers, on both engines, that let a History forget what it says of people, and refuse every other change.

They take the place of those of `_append_only` from the migration that sealed the History on. SQLite drops them when Django rebuilds a table: a
migration that adds a column to one of EMPTIED takes them off before and puts them back afterwards. So does one that
follows a new name in `rules.history_chain.PERSONAL_DETAILS`.
"""

from collections.abc import Iterator, Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from associations.migrations._append_only import POSTGRESQL_FUNCTION

# The columns that are emptied together, in a row whose first one was not empty before.
EMPTIED = {
    "associations_claimevent": ("personal_salt", "actor_name", "note"),
    "associations_comment": ("text",),
}
WITH_DETAILS = "associations_claimevent"
PERSONAL_DETAILS = ("changed", "customer_contact", "reviewer", "to")

POSTGRESQL = """
CREATE TRIGGER {table}_append_only BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION associations_refuse_change();
CREATE TRIGGER {table}_forgets_only BEFORE UPDATE ON {table}
FOR EACH ROW WHEN (({forgetting}) IS NOT TRUE) EXECUTE FUNCTION associations_refuse_change()
"""
SQLITE_DELETE = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
SQLITE_UPDATE = """
CREATE TRIGGER {table}_forgets_only BEFORE UPDATE ON {table} WHEN ({forgetting}) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
            for table in EMPTIED:
                cursor.execute(POSTGRESQL.format(table=table, forgetting=" AND ".join(on_postgresql(table))))
            return
        for table in EMPTIED:
            columns = [column.name for column in database.introspection.get_table_description(cursor, table)]
            cursor.execute(SQLITE_DELETE.format(table=table))
            cursor.execute(SQLITE_UPDATE.format(table=table, forgetting=" AND ".join(on_sqlite(table, columns))))


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        for table in EMPTIED:
            for name in ("append_only" if is_postgresql else "no_delete", "forgets_only"):
                cursor.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if is_postgresql else ""))
        if is_postgresql:
            cursor.execute("DROP FUNCTION associations_refuse_change()")


def on_postgresql(table: str) -> Iterator[str]:
    """Yield what is true of an update that forgets and does nothing else."""
    yield from is_emptied(table)
    if table == WITH_DETAILS:
        yield f"NEW.details = OLD.details - ARRAY{list(PERSONAL_DETAILS)}"
    changed = f"ARRAY{changed_in(table)}"
    yield f"to_jsonb(NEW) - {changed} = to_jsonb(OLD) - {changed}"


def on_sqlite(table: str, columns: Sequence[str]) -> Iterator[str]:
    """Yield what is true of an update that forgets and does nothing else."""
    yield from is_emptied(table)
    if table == WITH_DETAILS:
        paths = ", ".join(f"'$.{name}'" for name in PERSONAL_DETAILS)
        yield f"json(NEW.details) = json_remove(OLD.details, {paths})"
    for column in columns:
        if column not in changed_in(table):
            yield f'NEW."{column}" IS OLD."{column}"'


def is_emptied(table: str) -> Iterator[str]:
    yield f"OLD.{EMPTIED[table][0]} <> ''"
    for column in EMPTIED[table]:
        yield f"NEW.{column} = ''"


def changed_in(table: str) -> list[str]:
    return [*EMPTIED[table], "details"] if table == WITH_DETAILS else list(EMPTIED[table])
