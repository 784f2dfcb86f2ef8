from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.text.email_addresses import account_name

BATCH = 1000


def normalize(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the addresses of accounts as sign-in now looks for them; one that another account has by now stays."""
    users, addresses = apps.get_model("accounts", "User"), apps.get_model("account", "EmailAddress")
    for pk, email in users.objects.values_list("pk", "email").iterator(chunk_size=BATCH):
        name = email if email.isascii() else account_name(email)
        if name != email and not users.objects.filter(email=name).exists():
            users.objects.filter(pk=pk).update(email=name)
            addresses.objects.filter(user=pk, email=email).update(email=name)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_codes_of_apps_are_used_once"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.RunPython(normalize, migrations.RunPython.noop),
    ]
