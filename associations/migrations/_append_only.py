"""Triggers, on both engines, that refuse to change or delete what is only ever added.

SQLite drops them when Django rebuilds a table: a migration that adds a column to one of TABLES takes them off before and
puts them back afterwards.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("associations_claimevent", "associations_comment")

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION associations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION associations_refuse_change()
"""
SQLITE_TRIGGER = """
CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
            for table in TABLES:
                cursor.execute(POSTGRESQL_TRIGGER.format(table=table))
            return
        for table in TABLES:
            for event in ("UPDATE", "DELETE"):
                cursor.execute(SQLITE_TRIGGER.format(table=table, event=event))


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            cursor.execute("DROP FUNCTION associations_refuse_change()")
            return
        for table in TABLES:
            for event in ("UPDATE", "DELETE"):
                cursor.execute(f"DROP TRIGGER {table}_no_{event}")
