from typing import Any

from django.db import migrations
from django.db.models import Count

CLAIMS_AT_ONCE = 2_000


def count_items(apps: Any, schema_editor: Any) -> None:
    """Fill `item_count` in small transactions, so that no claim is locked for long; safe to run again."""
    Claim = apps.get_model("associations", "Claim")
    last = 0
    while keys := list(Claim.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CLAIMS_AT_ONCE]):
        claims = Claim.objects.filter(pk__in=keys).annotate(held=Count("items")).exclude(held=0).only("pk")
        by_count: dict[int, list[int]] = {}
        for claim in claims:
            by_count.setdefault(claim.held, []).append(claim.pk)
        for held, those in by_count.items():
            Claim.objects.filter(pk__in=those).update(item_count=held)
        last = keys[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("associations", "0009_claims_count_their_items")]

    operations = [migrations.RunPython(count_items, migrations.RunPython.noop)]
