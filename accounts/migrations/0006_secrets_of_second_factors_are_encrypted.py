from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.kept_input.encryption import keys

SECRETS = {"totp": "secret", "recovery_codes": "seed"}


def encrypt(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Encrypt what allauth kept as it was typed into the app."""
    factors = apps.get_model("mfa", "Authenticator")
    for factor in factors.objects.filter(type__in=SECRETS).iterator():
        name = SECRETS[factor.type]
        if name in factor.data:
            factor.data = factor.data | {name: keys().encrypt(factor.data[name].encode()).decode()}
            factor.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_notes_of_the_tour_can_be_put_away"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunPython(encrypt, migrations.RunPython.noop),
    ]
