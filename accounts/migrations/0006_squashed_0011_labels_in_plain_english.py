"""Codes that are used once, and the labels of users.

This is a file of its own because the encrypted secrets came after a migration of `mfa`, which needs the first one.

A new database runs this file instead of the migrations in `replaces`; a database that ran some of them runs the
others one by one. Steps that only changed rows from before are left out.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.languages
import accounts.models
import accounts.text.validators


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0006_secrets_of_second_factors_are_encrypted"),
        ("accounts", "0007_languages_come_from_the_translations"),
        ("accounts", "0008_codes_of_apps_are_used_once"),
        ("accounts", "0009_addresses_of_accounts_are_as_on_the_wire"),
        ("accounts", "0010_addresses_of_accounts_are_checked"),
        ("accounts", "0011_labels_in_plain_english"),
    ]

    dependencies = [
        ("accounts", "0005_notes_of_the_tour_can_be_put_away"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True, choices=accounts.languages.language_choices, max_length=10, verbose_name="language"
            ),
        ),
        migrations.CreateModel(
            name="UsedCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8)),
                ("used_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "code"), name="code_is_used_once")],
            },
        ),
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
