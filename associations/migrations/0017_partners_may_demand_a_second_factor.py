from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The default stays in the database, so that the version before this one can still add partners."""

    dependencies: ClassVar = [("associations", "0016_jobs_and_watches")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="partner",
            name="requires_second_factor",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Its people sign in with an authenticator app or a passkey as well.",
                verbose_name="second factor required",
            ),
        ),
    ]
