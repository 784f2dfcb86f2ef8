from typing import ClassVar

from django.db import migrations

import associations.models.folding


class Migration(migrations.Migration):
    """Names without accents and case stand beside the names, so that both engines find them (architecture.md 9)."""

    dependencies: ClassVar = [("associations", "0018_proofs_of_associations_without_a_claim")]

    operations: ClassVar = [
        migrations.AddField(
            model_name=model_name,
            name="folded_name",
            field=associations.models.folding.FoldedField(blank=True, db_default="", editable=False, of="name"),
        )
        for model_name in ("customertenant", "partner")
    ]
