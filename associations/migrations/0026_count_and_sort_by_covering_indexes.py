from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from associations.migrations._concurrently import AddIndexUnderLoad

COUNTED = ["location", "created_by", "status", "consent_status", "submitted_at", "closed_at", "reason_codes"]


class Migration(migrations.Migration):
    """Counts and orders over a partner's claims are read from an index alone, and no index stands for another."""

    atomic = False
    dependencies: ClassVar = [("associations", "0025_find_claims_to_forget")]

    operations: ClassVar = [
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["partner", "-id"], include=COUNTED, name="claims_within_a_partner"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["location", "-id"], include=["partner"], name="claims_at_a_location"),
        ),
        AddIndexUnderLoad(
            model_name="association",
            index=models.Index(
                fields=["partner"],
                condition=Q(subscription__isnull=False, ended_at=None),
                name="subscriptions_of_a_partner",
            ),
        ),
        migrations.RemoveIndex(model_name="claim", name="claims_of_a_partner"),
        migrations.RemoveIndex(model_name="claim", name="claims_of_a_location"),
        migrations.AlterField(
            model_name="claim",
            name="partner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claims",
                to="associations.partner",
                verbose_name="partner",
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="location",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="associations.partnerlocation",
                verbose_name="MPN ID",
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="tenant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="associations.customertenant",
                verbose_name="directory ID (tenant ID)",
            ),
        ),
    ]
