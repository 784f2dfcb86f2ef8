from typing import Any, ClassVar

from django.db import migrations
from django.db.models import Max
from django.utils import timezone

BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """Write one mark for everybody on each claim with comments, in batches."""
    comments = apps.get_model("associations", "Comment").objects.order_by()
    marks = apps.get_model("associations", "CommentMark")
    now, reached = timezone.now(), 0
    newest = comments.values_list("claim").annotate(last=Max("pk")).order_by("claim")
    while batch := list(newest.filter(claim__gt=reached)[:BATCH]):
        reached = batch[-1][0]
        rows = [marks(user=None, claim_id=claim, last_read_id=last, read_at=now) for claim, last in batch]
        marks.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    # Each batch is a transaction of its own; run again, it writes what is missing.
    atomic = False

    dependencies: ClassVar = [("associations", "0056_comments_are_marked_as_read")]

    operations: ClassVar = [migrations.RunPython(fill, migrations.RunPython.noop)]
