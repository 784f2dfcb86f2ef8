import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0008_incoming_mails_are_counted"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="incomingemail",
            options={"ordering": ["-pk"], "verbose_name": "incoming email", "verbose_name_plural": "incoming emails"},
        ),
        migrations.AlterModelOptions(
            name="notice",
            options={"ordering": ["-pk"], "verbose_name": "notification", "verbose_name_plural": "notifications"},
        ),
        migrations.AlterModelOptions(
            name="outboxemail",
            options={"ordering": ["-pk"], "verbose_name": "email", "verbose_name_plural": "emails"},
        ),
        migrations.AlterField(
            model_name="incomingemail",
            name="email",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="incoming_emails",
                to="notifications.outboxemail",
                verbose_name="email",
            ),
        ),
    ]
