from typing import ClassVar

from django.db import migrations, models

import accounts.languages


class Migration(migrations.Migration):
    """The languages to choose are those with translations: one more is no migration, and may have a longer code."""

    dependencies: ClassVar = [("accounts", "0006_secrets_of_second_factors_are_encrypted")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True, choices=accounts.languages.language_choices, max_length=10, verbose_name="language"
            ),
        ),
    ]
