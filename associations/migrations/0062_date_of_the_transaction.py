from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("associations", "0061_reminders_wait_for_the_digest")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="claim",
            name="transaction_date",
            field=models.DateField(blank=True, null=True, verbose_name="date of the transaction"),
        ),
    ]
