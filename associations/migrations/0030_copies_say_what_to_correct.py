from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0029_sort_by_tenant_from_an_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="to_correct",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=20),
        ),
    ]
