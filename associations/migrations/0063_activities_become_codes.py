from django.db import migrations

from associations.stored_activities import CodesField


class Migration(migrations.Migration):
    dependencies = [("associations", "0062_date_of_the_transaction")]

    operations = [
        migrations.AddField(
            model_name=model,
            name="activity_codes",
            field=CodesField(verbose_name="activity"),
        )
        for model in ("claim", "association")
    ]
