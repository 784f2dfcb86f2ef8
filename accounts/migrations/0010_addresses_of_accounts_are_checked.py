from django.db import migrations, models

import accounts.text.validators


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_addresses_of_accounts_are_as_on_the_wire"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(
                max_length=254,
                unique=True,
                validators=[accounts.text.validators.validate_address],
                verbose_name="e-mail address",
            ),
        ),
    ]
