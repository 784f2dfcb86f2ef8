from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("associations", "0050_drafts_are_handed_to_a_colleague")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="customernotice",
            name="opened_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="opened by the customer"),
        ),
    ]
