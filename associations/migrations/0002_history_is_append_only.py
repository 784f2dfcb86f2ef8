"""History rows and comments are only ever added: a trigger on both engines refuses everything else."""

from typing import ClassVar

from django.db import migrations

from associations.migrations._append_only import guard, unguard


class Migration(migrations.Migration):
    dependencies: ClassVar = [("associations", "0001_claims_and_what_comes_of_them")]
    operations: ClassVar = [migrations.RunPython(guard, unguard)]
