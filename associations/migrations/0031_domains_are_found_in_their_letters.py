from typing import ClassVar

from django.db import migrations

import associations.models.folding


class Migration(migrations.Migration):
    dependencies: ClassVar = [("associations", "0030_copies_say_what_to_correct")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="tenantdomain",
            name="folded_name",
            field=associations.models.folding.FoldedDomainField(
                blank=True, db_default="", editable=False, of="domain_name"
            ),
        ),
    ]
