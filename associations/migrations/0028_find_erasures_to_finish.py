from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from associations.migrations._concurrently import AddIndexUnderLoad


class Migration(migrations.Migration):
    """The hourly sweep finds the erasures it has to finish by index, however many notices there are."""

    atomic = False
    dependencies: ClassVar = [("associations", "0027_languages_come_from_the_translations")]

    operations: ClassVar = [
        AddIndexUnderLoad(
            model_name="customernotice",
            index=models.Index(
                fields=["id"],
                condition=Q(contact_email="") & ~Q(answered_by_name=""),
                name="notices_with_erasure_to_finish",
            ),
        ),
    ]
