from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from associations.migrations._concurrently import AddIndexUnderLoad


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("associations", "0020_fold_the_names_of_old_rows")]

    operations: ClassVar = [
        AddIndexUnderLoad(
            model_name="partner",
            index=GinIndex(fields=["folded_name"], name="partners_by_folded_name", opclasses=["gin_trgm_ops"]),
        ),
    ]
