from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from associations.migrations._concurrently import AddIndexUnderLoad


class Migration(migrations.Migration):
    """The retention sweep finds what is due by index."""

    atomic = False
    dependencies: ClassVar = [("associations", "0024_claims_can_be_forgotten")]

    operations: ClassVar = [
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                fields=["closed_at", "id"],
                condition=Q(closed_at__isnull=False, forgotten_at=None),
                name="claims_to_forget",
            ),
        ),
    ]
