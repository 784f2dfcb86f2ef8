"""Earlier notices get no code: their emails print none."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("associations", "0039_labels_in_plain_english")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="customernotice",
            name="code",
            field=models.CharField(blank=True, db_default="", default="", max_length=8, verbose_name="code"),
        ),
    ]
