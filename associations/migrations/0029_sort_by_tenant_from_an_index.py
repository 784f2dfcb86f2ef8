from typing import ClassVar

from django.db import migrations, models

from associations.migrations._concurrently import AddIndexUnderLoad


class Migration(migrations.Migration):
    """Whose claims a tenant has is read from the index, where a list in the order of tenants passes many of them."""

    atomic = False
    dependencies: ClassVar = [("associations", "0028_find_erasures_to_finish")]

    operations: ClassVar = [
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["tenant", "status"], include=["partner", "id"], name="claims_to_a_tenant"),
        ),
        migrations.RemoveIndex(model_name="claim", name="claims_on_a_tenant"),
    ]
