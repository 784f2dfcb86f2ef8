from datetime import datetime
from typing import Any, ClassVar

from django.db import migrations

BATCH = 500


def keep_promises(apps: Any, schema_editor: Any) -> None:
    """Give every notice the end that its email names, in batches; an email that forgot its facts names none."""
    notices = apps.get_model("associations", "CustomerNotice").objects
    last = 0
    while rows := list(notices.filter(pk__gt=last).order_by("pk").select_related("email")[:BATCH]):
        last = rows[-1].pk
        promising = [notice for notice in rows if notice.email.context.get("closes_at")]
        for notice in promising:
            notice.promised_closes_at = datetime.fromisoformat(notice.email.context["closes_at"])
        notices.bulk_update(promising, ["promised_closes_at"])


class Migration(migrations.Migration):
    # Each batch is a transaction of its own, so that notices are not locked while the portal is used.
    atomic = False

    dependencies: ClassVar = [("associations", "0037_notices_promise_a_day")]

    operations: ClassVar = [migrations.RunPython(keep_promises, migrations.RunPython.noop)]
