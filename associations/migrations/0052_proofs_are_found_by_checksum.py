from typing import ClassVar

from django.db import migrations, models

from associations.migrations._concurrently import AddIndexUnderLoad


class Migration(migrations.Migration):
    """Reviewers are shown the same file in another company's claim."""

    atomic = False
    dependencies: ClassVar = [("associations", "0051_notices_note_when_they_are_opened")]

    operations: ClassVar = [
        AddIndexUnderLoad(
            model_name="proofofexecution", index=models.Index(fields=["sha256"], name="proofs_by_checksum")
        ),
    ]
