from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A mark for each person and claim says how far the comments were read."""

    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("associations", "0055_keep_the_text_of_proofs"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CommentMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField(verbose_name="read")),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comment_marks",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
                (
                    "last_read",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="associations.comment",
                        verbose_name="last comment read",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "mark of comments read",
                "verbose_name_plural": "marks of comments read",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "user"), name="person_has_one_mark_per_claim"),
                    models.UniqueConstraint(
                        condition=models.Q(("user", None)), fields=("claim",), name="claim_has_one_mark_for_all"
                    ),
                ],
            },
        ),
    ]
