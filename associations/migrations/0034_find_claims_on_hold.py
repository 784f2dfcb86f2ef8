from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from associations.migrations._concurrently import AddIndexUnderLoad


class Migration(migrations.Migration):
    """The few claims on hold are found, in the order in which they are due, without reading the others."""

    atomic = False
    dependencies: ClassVar = [("associations", "0033_a_reviewer_settles_holds")]

    operations: ClassVar = [
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                fields=["hold_due_at", "id"], condition=Q(hold_due_at__isnull=False), name="claims_on_hold"
            ),
        ),
    ]
