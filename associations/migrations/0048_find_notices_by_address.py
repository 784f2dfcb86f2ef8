from typing import ClassVar

from django.db import migrations, models
from django.db.models.functions import Lower

from associations.migrations._concurrently import AddIndexUnderLoad


class Migration(migrations.Migration):
    """A contact finds every notice to their address, in any case."""

    atomic = False
    dependencies: ClassVar = [("associations", "0047_links_to_all_requests")]

    operations: ClassVar = [
        AddIndexUnderLoad(
            model_name="customernotice", index=models.Index(Lower("contact_email"), name="notices_by_address")
        ),
    ]
