from typing import ClassVar

from django.db import migrations

from associations.migrations._concurrently import RemoveIndexUnderLoad

REMOVED = (
    "claims_by_domain",
    "claims_by_area",
    "claims_by_items",
    "claims_by_creation",
    "claims_by_activity",
    "claims_due_by_consent",
    "claims_in_status",
    "claims_competing",
    "claims_submitted",
    "claims_closing",
)


class Migration(migrations.Migration):
    """Orders that few people use are sorted without an index, so that writing a claim costs less (ADR 12)."""

    atomic = False
    dependencies: ClassVar = [("associations", "0035_customers_are_named_in_their_letters")]

    operations: ClassVar = [RemoveIndexUnderLoad(model_name="claim", name=name) for name in REMOVED]
