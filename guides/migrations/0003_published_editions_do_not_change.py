from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from guides.migrations import _published


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _published.guard(schema_editor.connection)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _published.unguard(schema_editor.connection)


class Migration(migrations.Migration):
    """Claims are judged by them for ever (domain.md D22)."""

    dependencies: ClassVar = [("guides", "0002_the_first_edition")]
    operations: ClassVar = [migrations.RunPython(guard, unguard)]
