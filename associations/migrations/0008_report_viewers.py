from typing import ClassVar

from django.db import migrations, models

ROLES = [
    ("incentives_admin", "Incentives admin"),
    ("incentives_user", "Incentives user"),
    ("global_admin", "Global admin"),
    ("billing_admin", "Billing admin"),
    ("report_viewer", "Report viewer"),
    ("exec_report_viewer", "Executive report viewer"),
]


class Migration(migrations.Migration):
    """Report viewers see usage data and no claims (domain.md 7)."""

    dependencies: ClassVar = [("associations", "0007_chain_the_history")]

    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="partnermember", name="member_role_is_known"),
        migrations.AlterField(
            model_name="partnermember",
            name="role",
            field=models.CharField(choices=ROLES, max_length=20, verbose_name="role"),
        ),
        migrations.AddConstraint(
            model_name="partnermember",
            constraint=models.CheckConstraint(
                condition=models.Q(role__in=[value for value, _label in ROLES]), name="member_role_is_known"
            ),
        ),
    ]
