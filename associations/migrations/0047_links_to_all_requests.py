from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("associations", "0046_find_claims_by_shown_status")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="RequestsLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(max_length=254, verbose_name="email")),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
            ],
            options={
                "verbose_name": "link to all requests",
                "verbose_name_plural": "links to all requests",
                "indexes": [models.Index(fields=["expires_at"], name="requests_links_by_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="requests_link_works_for_a_time",
                    )
                ],
            },
        ),
    ]
