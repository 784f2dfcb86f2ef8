from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_people_choose_their_columns"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="has_weekly_digest",
            field=models.BooleanField(db_default=False, default=False, verbose_name="weekly digest"),
        ),
    ]
