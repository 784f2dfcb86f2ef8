from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from associations.migrations import _activity_codes


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _activity_codes.fill(apps)


class Migration(migrations.Migration):
    # Each batch is a transaction of its own, so that claims are not locked while the portal is used.
    atomic = False

    dependencies: ClassVar = [("associations", "0063_activities_become_codes")]

    operations: ClassVar = [migrations.RunPython(fill, migrations.RunPython.noop)]
