from typing import Any, ClassVar

from django.db import migrations

BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """Give every claim the first edition, by whose rules all of them were judged, in batches."""
    claims = apps.get_model("associations", "Claim").objects.filter(guide=None)
    guides = apps.get_model("guides", "ProgramGuide").objects.exclude(published_at=None)
    first = guides.order_by("valid_from").first()
    reached = 0
    while ids := list(claims.filter(pk__gt=reached).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        reached = ids[-1]
        claims.filter(pk__in=ids).update(guide=first)


class Migration(migrations.Migration):
    # Each batch is a transaction of its own, so that claims are not locked while the portal is used.
    atomic = False

    dependencies: ClassVar = [("associations", "0058_claims_name_their_edition")]

    operations: ClassVar = [migrations.RunPython(fill, migrations.RunPython.noop)]
