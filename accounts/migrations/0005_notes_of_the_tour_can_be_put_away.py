from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_nobody_asked_for_review_started_mails_yet"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="notes_put_away",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                verbose_name="notes put away",
            ),
        ),
    ]
