"""The first edition gets the names by which the proof reader finds its products; they were code before."""

from pathlib import Path
from typing import ClassVar

import yaml
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from guides.migrations import _published

FILE = Path(__file__).parent.parent / "first_edition" / "2020-09.yaml"
CODES = ("2020-09", "2020-09-local")


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off for it: nothing that was decided by the edition reads these names."""
    named = {row["product"]: row for row in yaml.safe_load(FILE.read_text())["products"]}
    products = apps.get_model("guides", "GuideProduct").objects.filter(guide__code__in=CODES)
    _published.unguard(schema_editor.connection)
    for product in products.filter(product__code__in=named).select_related("product"):
        row = named[product.product.code]
        product.former_names, product.synonyms = row["former_names"], row["synonyms"]
        product.save(update_fields=["former_names", "synonyms"])
    _published.guard(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("guides", "0003_published_editions_do_not_change")]
    operations: ClassVar = [migrations.RunPython(fill, migrations.RunPython.noop)]
