from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Every notice about a page is found by index, not only those that ask for something."""

    dependencies: ClassVar = [("notifications", "0004_clocks_say_that_they_ran")]

    operations: ClassVar = [
        migrations.AddIndex(model_name="notice", index=models.Index(fields=["url"], name="notice_by_url")),
        migrations.RemoveIndex(model_name="notice", name="notice_to_be_done"),
    ]
