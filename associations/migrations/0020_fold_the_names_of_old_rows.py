from typing import Any, ClassVar

from django.db import migrations

from accounts.text.search_keys import search_key

ROWS_AT_ONCE = 2_000


def fold_names(apps: Any, schema_editor: Any) -> None:
    """Fill `folded_name` in small transactions, so that nothing is locked for long; safe to run again."""
    for model_name in ("Partner", "CustomerTenant"):
        model = apps.get_model("associations", model_name)
        last = 0
        while rows := list(model.objects.filter(pk__gt=last).order_by("pk").only("pk", "name")[:ROWS_AT_ONCE]):
            for row in rows:
                row.folded_name = search_key(row.name)
            model.objects.bulk_update(rows, ["folded_name"])
            last = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("associations", "0019_names_are_kept_folded")]

    operations: ClassVar = [migrations.RunPython(fold_names, migrations.RunPython.noop)]
