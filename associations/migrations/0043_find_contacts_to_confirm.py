from typing import ClassVar

from django.db import migrations, models

from associations.migrations._concurrently import AddIndexUnderLoad, RemoveIndexUnderLoad


class Migration(migrations.Migration):
    """One small index finds the claims on hold, for whichever reason a reviewer has to look at them."""

    atomic = False
    dependencies: ClassVar = [("associations", "0042_sources_of_earlier_domains")]

    operations: ClassVar = [
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("hold_due_at__isnull", False), ("contact_due_at__isnull", False), _connector="OR"),
                fields=["hold_due_at", "contact_due_at", "id"],
                name="claims_held_for_reviewers",
            ),
        ),
        RemoveIndexUnderLoad(model_name="claim", name="claims_on_hold"),
    ]
