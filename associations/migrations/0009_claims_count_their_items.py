from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("associations", "0008_report_viewers")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="item_count",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
