from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A reply by email to an email about a comment has an outcome."""

    dependencies: ClassVar = [
        ("associations", "0059_fill_the_edition_of_claims"),
        ("notifications", "0011_replies_become_comments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CommentReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("added", "Comment added"),
                            ("wrong_sender", "Not from the address of the account"),
                            ("no_access", "The person can no longer comment"),
                            ("empty", "No text above the quoted email"),
                            ("too_long", "Longer than a comment can be"),
                            ("closed", "The claim is closed"),
                            ("too_many", "Too many replies in an hour"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                ("handled_at", models.DateTimeField(verbose_name="handled")),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comment_replies",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
                (
                    "comment",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="associations.comment",
                        verbose_name="comment",
                    ),
                ),
                (
                    "incoming",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comment_reply",
                        to="notifications.incomingemail",
                        verbose_name="incoming email",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "reply to a comment",
                "verbose_name_plural": "replies to comments",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                ["added", "wrong_sender", "no_access", "empty", "too_long", "closed", "too_many"],
                            )
                        ),
                        name="comment_reply_outcome_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("comment__isnull", False), ("outcome", "added")),
                            models.Q(models.Q(("outcome", "added"), _negated=True), ("comment", None)),
                            _connector="OR",
                        ),
                        name="added_comment_reply_has_a_comment",
                    ),
                ],
            },
        ),
    ]
