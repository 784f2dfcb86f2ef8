from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """An incoming email says whether files came along."""

    dependencies: ClassVar = [
        ("notifications", "0010_notices_are_called_notifications"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="incomingemail",
            name="has_attachments",
            field=models.BooleanField(db_default=False, default=False, verbose_name="has attachments"),
        ),
    ]
