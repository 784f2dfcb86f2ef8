from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from associations.migrations import _activity_codes
from associations.stored_activities import well_formed


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _activity_codes.fill(apps)


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _activity_codes.guard(schema_editor.connection)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _activity_codes.unguard(schema_editor.connection)


class Migration(migrations.Migration):
    """The version of before can't read claims any more: it is stopped before (docs/operations.md)."""

    dependencies = [
        ("associations", "0064_fill_the_codes_of_activities"),
        ("guides", "0003_published_editions_do_not_change"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="claim", name="revenue_association_stands_alone"),
        # What was written since the migration before.
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveField(model_name="association", name="for_usage"),
        migrations.RemoveField(model_name="association", name="for_presales"),
        migrations.RemoveField(model_name="association", name="for_revenue"),
        migrations.RemoveField(model_name="claim", name="claims_usage"),
        migrations.RemoveField(model_name="claim", name="claims_presales"),
        migrations.RemoveField(model_name="claim", name="claims_revenue"),
        migrations.AlterField(
            model_name="claim",
            name="solution_area",
            field=models.CharField(blank=True, max_length=10, verbose_name="solution area"),
        ),
        migrations.AddConstraint(
            model_name="association",
            constraint=models.CheckConstraint(
                condition=well_formed("activity_codes"), name="activities_held_are_codes_between_spaces"
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=well_formed("activity_codes"), name="activities_of_a_claim_are_codes_between_spaces"
            ),
        ),
        migrations.RemoveConstraint(model_name="product", name="product_solution_area_is_known"),
        migrations.AlterField(
            model_name="product",
            name="solution_area",
            field=models.CharField(max_length=10, verbose_name="solution area"),
        ),
        migrations.RunPython(guard, unguard),
    ]
