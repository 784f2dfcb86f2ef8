from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MAIL = "review_started"
BATCH = 1000


def switch_off(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Spare everybody who has an account already a mail that comes only to those who ask for it."""
    users = apps.get_model("accounts", "User")
    changed = [user for user in users.objects.iterator(chunk_size=BATCH) if MAIL not in user.muted_mails]
    for user in changed:
        user.muted_mails = [*user.muted_mails, MAIL]
    users.objects.bulk_update(changed, ["muted_mails"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_started_mail_is_off_at_first"),
    ]

    operations = [
        migrations.RunPython(switch_off, migrations.RunPython.noop),
    ]
