from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("associations", "0053_reviewers_keep_unsent_entries")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="requestslink",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=5, verbose_name="language"),
        ),
        migrations.AlterField(
            model_name="requestslink",
            name="token_digest",
            field=models.CharField(blank=True, max_length=64, null=True, unique=True),
        ),
    ]
