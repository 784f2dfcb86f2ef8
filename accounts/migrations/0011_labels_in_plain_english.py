from django.db import migrations, models

import accounts.models
import accounts.text.validators


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_addresses_of_accounts_are_checked"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(
                max_length=254,
                unique=True,
                validators=[accounts.text.validators.validate_address],
                verbose_name="email address",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="muted_mails",
            field=models.JSONField(
                blank=True, default=accounts.models.mails_off_at_first, verbose_name="emails switched off"
            ),
        ),
    ]
