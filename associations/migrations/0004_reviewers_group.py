"""The group whose members review claims (domain.md 1.2, 7).

Django makes permission rows after all migrations, so the one this group needs is made here; Django finds it later.
"""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

GROUP = "Reviewers"


def add_group(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection.alias
    types = apps.get_model("contenttypes", "ContentType")._default_manager.using(database)
    permissions = apps.get_model("auth", "Permission")._default_manager.using(database)
    groups = apps.get_model("auth", "Group")._default_manager.using(database)
    claim, _created = types.get_or_create(app_label="associations", model="claim")
    permission, _created = permissions.get_or_create(
        content_type=claim, codename="review_claim", defaults={"name": "Can review claims"}
    )
    group, _created = groups.get_or_create(name=GROUP)
    group.permissions.add(permission)


def remove_group(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    groups = apps.get_model("auth", "Group")._default_manager.using(schema_editor.connection.alias)
    groups.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("associations", "0003_reference_data"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            name="claim",
            options={
                "ordering": ["-pk"],
                "permissions": [("review_claim", "Can review claims")],
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
            },
        ),
        migrations.RunPython(add_group, remove_group),
    ]
