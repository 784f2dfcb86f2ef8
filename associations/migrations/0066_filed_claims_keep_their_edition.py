from typing import ClassVar

from django.db import migrations

from associations.migrations import _filed_edition


class Migration(migrations.Migration):
    """The edition of drafts moves with the day (domain.md D22)."""

    dependencies: ClassVar = [("associations", "0065_the_old_columns_of_activities_go")]

    operations: ClassVar = [migrations.RunPython(_filed_edition.guard, _filed_edition.unguard)]
