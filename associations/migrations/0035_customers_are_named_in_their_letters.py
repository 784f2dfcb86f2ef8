from typing import Any, ClassVar

from django.db import migrations
from django.db.models import F

from accounts.text.readable import readable_domain
from accounts.text.search_keys import search_key


def name_in_letters(apps: Any, schema_editor: Any) -> None:
    """Name customers whom only the directory knew by their domain in its own letters, as new ones are named."""
    tenants = apps.get_model("associations", "CustomerTenant").objects
    for tenant in tenants.filter(name__contains="xn--", domains__domain_name=F("name")).only("pk", "name"):
        name = readable_domain(tenant.name)
        tenants.filter(pk=tenant.pk, name=tenant.name).update(name=name, folded_name=search_key(name))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("associations", "0034_find_claims_on_hold")]

    operations: ClassVar = [migrations.RunPython(name_in_letters, migrations.RunPython.noop)]
