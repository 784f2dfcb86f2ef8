from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def mark_as_earlier(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    domains = apps.get_model("associations", "TenantDomain")._default_manager.using(schema_editor.connection.alias)
    domains.filter(listed_by="").update(listed_by="earlier")


class Migration(migrations.Migration):
    """Domain names that were listed before count: they came from the directory, an import or the platform admin.

    A partner could never list one: what a partner typed was written down only as the directory answered.
    """

    dependencies: ClassVar = [("associations", "0041_contacts_are_confirmed")]

    operations: ClassVar = [migrations.RunPython(mark_as_earlier, migrations.RunPython.noop)]
