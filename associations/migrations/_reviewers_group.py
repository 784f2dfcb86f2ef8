"""The group whose members review claims (domain.md 1.2, 7).

Django adds permission rows after all migrations, so the one that this group needs is added here; Django finds it later.
"""

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
