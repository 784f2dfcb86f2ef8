from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Reminders wait for the weekly digest of a person who chose it."""

    dependencies: ClassVar = [
        ("associations", "0060_replies_become_comments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="DigestLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("answer_due", "Answer due soon"),
                            ("customer_period_ending", "Opt-out period ending"),
                            ("draft_unfinished", "Draft unfinished"),
                            ("subscription_ending", "Subscription ending"),
                        ],
                        max_length=30,
                        verbose_name="kind",
                    ),
                ),
                ("noted_at", models.DateTimeField(verbose_name="noted")),
                (
                    "association",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="associations.association",
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="digest_lines",
                        to="associations.claim",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "line of the weekly digest",
                "verbose_name_plural": "lines of the weekly digest",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "claim", "kind"), name="digest_names_a_claim_once"),
                    models.UniqueConstraint(fields=("person", "association"), name="digest_names_an_association_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("association__isnull", False), ("claim", None)),
                            models.Q(("association", None), ("claim__isnull", False)),
                            _connector="OR",
                        ),
                        name="digest_line_is_about_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["draft_unfinished", "subscription_ending"])),
                        name="digest_line_is_of_a_kind_that_can_wait",
                    ),
                ],
            },
        ),
    ]
