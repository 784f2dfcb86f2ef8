from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """An association that was migrated without a claim may have proofs of its own (domain.md R5)."""

    dependencies: ClassVar = [("associations", "0017_partners_may_demand_a_second_factor")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="proofofexecution",
            name="association",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proofs",
                to="associations.association",
                verbose_name="association",
            ),
        ),
        migrations.AlterField(
            model_name="proofofexecution",
            name="claim",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proofs",
                to="associations.claim",
                verbose_name="claim",
            ),
        ),
        migrations.AddConstraint(
            model_name="proofofexecution",
            constraint=models.CheckConstraint(
                condition=models.Q(("association", None), ("claim__isnull", False))
                | models.Q(("association__isnull", False), ("claim", None)),
                name="proof_backs_one_claim_or_association",
            ),
        ),
    ]
