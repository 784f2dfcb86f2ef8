from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from associations.migrations._concurrently import AddCheckUnderLoad

END_REASONS = [
    ("customer_opt_out", "The customer opted out"),
    ("partner_disassociated", "Ended by the partner"),
    ("subscription_expired", "The subscription expired"),
    ("superseded", "Another partner was preferred"),
    ("revoked_by_microsoft", "Revoked by Microsoft"),
]
CONSENTS = [("no_reply", "No reply"), ("approval", "Approval")]


class Migration(migrations.Migration):
    """A claim says by which consent it became official, and when and why its last association ended."""

    dependencies: ClassVar = [("associations", "0043_find_contacts_to_confirm")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="claim",
            name="official_by",
            field=models.CharField(
                blank=True,
                choices=CONSENTS,
                db_default="",
                default="",
                max_length=20,
                verbose_name="how it became official",
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ended"),
        ),
        migrations.AddField(
            model_name="claim",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=END_REASONS,
                db_default="",
                default="",
                max_length=30,
                verbose_name="why it ended",
            ),
        ),
        AddCheckUnderLoad(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=Q(official_by="") | Q(official_by__in=["no_reply", "approval"], status="approved"),
                name="official_claim_says_by_what",
            ),
        ),
        AddCheckUnderLoad(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | Q(ended_at__isnull=False, end_reason__in=[code for code, _label in END_REASONS], status="approved"),
                name="ended_claim_was_official_and_says_why",
            ),
        ),
    ]
