from typing import ClassVar

from django.db import migrations, models

import accounts.languages


class Migration(migrations.Migration):
    """The languages to choose are those with translations: one more is no migration, and may have a longer code."""

    dependencies: ClassVar = [("associations", "0026_count_and_sort_by_covering_indexes")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="contact",
            name="language",
            field=models.CharField(
                blank=True, choices=accounts.languages.language_choices, max_length=10, verbose_name="language"
            ),
        ),
    ]
