"""COPY of generated rows into the portal's tables: made while it is read, without indexes and checks of references."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import RawIOBase
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model

Row = Sequence[Any]
ROWS_AT_ONCE = 5_000


class Lines(RawIOBase):
    """A file that is written while it is read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size:
            chunk = "".join(islice(self.lines, ROWS_AT_ONCE))
            if not chunk:
                break
            self.rest += chunk.encode()
        answer, self.rest = self.rest[:size], self.rest[size:]
        return answer


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """COPY *rows* into the table of *model*; a column that *columns* does not name gets the field's default."""
    others = [field for field in model._meta.concrete_fields if not {field.column, field.name} & set(columns)]
    others = [field for field in others if not field.primary_key]
    names = ", ".join(f'"{name}"' for name in (*columns, *(field.column for field in others)))
    ending = "".join(f"\t{_default(field)}" for field in others) + "\n"
    lines = ("\t".join(map(_text, row)) + ending for row in rows)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) FROM STDIN", Lines(lines))


def _default(field: "Field[Any, Any]") -> str:
    value = field.get_default()
    return json.dumps(value) if isinstance(field, JSONField) else _text(value)


def _text(value: Any) -> str:
    if value is None:
        return r"\N"
    return value.isoformat() if isinstance(value, datetime) else str(value)


@contextmanager
def bare_tables(*models: type[Model]) -> Iterator[None]:
    """Take indexes off the tables and leave references unchecked while they are filled; put both back and analyse."""
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint) AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
            [tables],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table in tables:
            cursor.execute(f"SELECT max(id) FROM {table}")  # noqa: S608 - the name of a model's table
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, cursor.fetchone()[0]])
        cursor.execute("RESET maintenance_work_mem")
    vacuum(*models)


def vacuum(*models: type[Model]) -> None:
    """Leave the tables as a quiet night would: visible pages known, statistics fresh."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
