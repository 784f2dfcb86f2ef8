from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FIRST = ("2020-09", "2020-09-local")


def put_back(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Fill the columns from the first edition. A program that it lacks has no activity, so the way back fails."""
    parts = {"guide__code__in": FIRST}
    for row in apps.get_model("guides", "GuideActivity").objects.filter(**parts):
        apps.get_model("associations", "IncentiveProgram").objects.filter(pk=row.program_id).update(
            activity=row.code,
            is_paid=row.pays,
            requires_validation=row.needs_validation,
            opt_out_business_days=row.opt_out_business_days,
            contact_policy=row.contact_policy,
        )
    for row in apps.get_model("guides", "GuideProduct").objects.filter(**parts):
        apps.get_model("associations", "Product").objects.filter(pk=row.product_id).update(
            is_dynamics_365=row.is_dynamics_365,
            is_claimable=bool(row.activities),
            is_revenue_only=row.activities == ["BA_REVENUE"],
            is_paid_eligible=row.counts_for_payment,
        )


class Migration(migrations.Migration):
    """Drops the columns that editions replaced. Stop the earlier version first: it reads them (docs/operations.md)."""

    dependencies = [
        ("associations", "0067_acknowledgements_are_sealed"),
        # Its first edition is made of these columns.
        ("guides", "0004_names_of_products_by_which_proofs_are_read"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="incentiveprogram", name="opt_out_window_is_1_to_60_business_days"),
        migrations.RemoveConstraint(model_name="incentiveprogram", name="program_activity_is_known"),
        migrations.RemoveConstraint(model_name="incentiveprogram", name="program_contact_policy_is_known"),
        migrations.AlterField(
            model_name="incentiveprogram",
            name="activity",
            field=models.CharField(max_length=20, null=True, unique=True, verbose_name="activity"),
        ),
        migrations.RunPython(migrations.RunPython.noop, put_back),
        migrations.RemoveField(model_name="incentiveprogram", name="activity"),
        migrations.RemoveField(model_name="incentiveprogram", name="contact_policy"),
        migrations.RemoveField(model_name="incentiveprogram", name="is_paid"),
        migrations.RemoveField(model_name="incentiveprogram", name="opt_out_business_days"),
        migrations.RemoveField(model_name="incentiveprogram", name="requires_validation"),
        migrations.RemoveField(model_name="product", name="is_claimable"),
        migrations.RemoveField(model_name="product", name="is_dynamics_365"),
        migrations.RemoveField(model_name="product", name="is_paid_eligible"),
        migrations.RemoveField(model_name="product", name="is_revenue_only"),
    ]
