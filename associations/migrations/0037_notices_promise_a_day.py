from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("associations", "0036_fewer_indexes_on_claims")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="customernotice",
            name="promised_closes_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="opt-out promised until"),
        ),
    ]
