"""Emails, what comes back, notifications and the runs of the clocks.

A new database runs this file instead of the migrations in `replaces`; a database that ran some of them runs the
others one by one. Steps that only changed rows from before are left out.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import notifications.models.emails


class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0001_outbox_of_emails"),
        ("notifications", "0002_delivery_reports_come_back"),
        ("notifications", "0003_notices_in_the_portal"),
        ("notifications", "0004_clocks_say_that_they_ran"),
        ("notifications", "0005_find_notices_by_address"),
        ("notifications", "0006_replies_and_unclear_reports_reach_a_person"),
        ("notifications", "0007_troubles_of_the_post_are_noted"),
        ("notifications", "0008_incoming_mails_are_counted"),
        ("notifications", "0009_labels_in_plain_english"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClockRun",
            fields=[
                ("clock", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("ended_at", models.DateTimeField()),
                ("seconds", models.FloatField()),
            ],
            options={
                "ordering": ["clock"],
            },
        ),
        migrations.CreateModel(
            name="OutboxEmail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True, verbose_name="key")),
                ("template", models.CharField(max_length=100, verbose_name="template")),
                ("locale", models.CharField(max_length=10, verbose_name="language")),
                ("to", models.JSONField(verbose_name="to")),
                ("cc", models.JSONField(blank=True, default=list, verbose_name="Cc")),
                ("reply_to", models.CharField(blank=True, max_length=320, verbose_name="reply to")),
                ("context", models.JSONField(blank=True, default=dict, verbose_name="context")),
                ("secret", models.TextField(blank=True, editable=False)),
                ("carries_secret", models.BooleanField(default=False, verbose_name="carries a personal link")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("bounced", "Bounced"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("send_before", models.DateTimeField(blank=True, null=True, verbose_name="not to be sent from")),
                ("sending_since", models.DateTimeField(blank=True, null=True, verbose_name="being sent since")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled")),
                ("last_error", models.TextField(blank=True, verbose_name="what the mail server said")),
                (
                    "message_id",
                    models.CharField(
                        default=notifications.models.emails.new_message_id,
                        max_length=320,
                        unique=True,
                        verbose_name="Message-ID",
                    ),
                ),
                ("subject", models.TextField(blank=True, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("html", models.TextField(blank=True, verbose_name="HTML")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("bounced_at", models.DateTimeField(blank=True, null=True, verbose_name="came back")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered")),
                (
                    "has_own_envelope",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="left from an address of its own"
                    ),
                ),
                (
                    "hears_replies",
                    models.BooleanField(db_default=False, default=False, verbose_name="replies are read"),
                ),
            ],
            options={
                "verbose_name": "email",
                "verbose_name_plural": "emails",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "queued")), fields=["due_at", "id"], name="outbox_email_due"
                    ),
                    models.Index(
                        condition=models.Q(("status", "sending")),
                        fields=["sending_since"],
                        name="outbox_email_in_flight",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ("failed", "bounced"))),
                        fields=["id"],
                        name="outbox_email_undelivered",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "sending", "sent", "failed", "cancelled", "bounced"])
                        ),
                        name="outbox_email_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("status__in", ("sent", "bounced"))),
                            models.Q(
                                models.Q(("status__in", ("sent", "bounced")), _negated=True), ("sent_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="accepted_outbox_email_has_sent_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sending_since__isnull", False), ("status", "sending")),
                            models.Q(models.Q(("status", "sending"), _negated=True), ("sending_since__isnull", True)),
                            _connector="OR",
                        ),
                        name="outbox_email_in_flight_has_sending_since",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at__isnull", False), ("status", "cancelled")),
                            models.Q(models.Q(("status", "cancelled"), _negated=True), ("cancelled_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="cancelled_outbox_email_has_cancelled_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("queued", "sending")), ("secret", ""), _connector="OR"),
                        name="closed_outbox_email_has_no_secret",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("carries_secret", True), ("secret", ""), _connector="OR"),
                        name="outbox_email_with_secret_says_so",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bounced_at__isnull", False), ("status", "bounced")),
                            models.Q(models.Q(("status", "bounced"), _negated=True), ("bounced_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="bounced_outbox_email_has_bounced_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("delivered_at__isnull", True), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="delivered_outbox_email_was_sent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailTrouble",
            fields=[
                (
                    "kind",
                    models.CharField(
                        choices=[("envelope_refused", "Envelope Refused")],
                        max_length=30,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("words", models.TextField()),
            ],
            options={
                "ordering": ["kind"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["envelope_refused"])), name="mail_trouble_is_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomingCount",
            fields=[
                ("fate", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("total", models.PositiveBigIntegerField()),
            ],
            options={
                "ordering": ["fate"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, verbose_name="key")),
                ("kind", models.SlugField(db_index=False, verbose_name="kind")),
                ("context", models.JSONField(blank=True, default=dict, verbose_name="context")),
                ("url", models.CharField(max_length=200, verbose_name="address")),
                ("is_mandatory", models.BooleanField(default=False, verbose_name="mandatory")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("archived_at", None), ("read_at", None)),
                        fields=["user"],
                        name="notice_unread",
                    ),
                    models.Index(fields=["url"], name="notice_by_url"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "key"), name="person_is_told_once_per_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("archived_at", None), ("is_mandatory", False), ("done_at__isnull", False), _connector="OR"
                        ),
                        name="archived_mandatory_notice_is_done",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncomingEmail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("unclear_report", "Report that was not understood"), ("reply", "Reply")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("sender", models.CharField(blank=True, max_length=320, verbose_name="sender")),
                ("subject", models.CharField(blank=True, max_length=500, verbose_name="subject")),
                ("text", models.TextField(blank=True, max_length=20000, verbose_name="text")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "email",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="incoming_emails",
                        to="notifications.outboxemail",
                        verbose_name="email",
                    ),
                ),
            ],
            options={
                "verbose_name": "incoming email",
                "verbose_name_plural": "incoming emails",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["unclear_report", "reply"])),
                        name="incoming_email_kind_is_known",
                    )
                ],
            },
        ),
    ]
