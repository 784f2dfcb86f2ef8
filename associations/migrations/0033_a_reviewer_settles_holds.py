from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """An email that a person has to read holds its claim until a reviewer has decided."""

    dependencies: ClassVar = [
        ("associations", "0032_fold_what_people_can_not_type"),
        ("notifications", "0006_replies_and_unclear_reports_reach_a_person"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ClaimHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("customer_wrote", "Customer wrote"), ("delivery_unclear", "Delivery unclear")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="on hold since")),
                ("due_at", models.DateTimeField(verbose_name="decision due")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("opted_out", "Opt-out recorded"),
                            ("sent_again", "Link sent again"),
                            ("lifted", "Hold lifted"),
                            ("arrived", "The notice arrived"),
                            ("not_arrived", "The notice did not arrive"),
                            ("overtaken", "No longer needed"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
            ],
            options={
                "verbose_name": "hold",
                "verbose_name_plural": "holds",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="claim",
            name="hold_kinds",
            field=models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="on hold"),
        ),
        migrations.AddField(
            model_name="claim",
            name="hold_due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="decision on the hold due"),
        ),
        migrations.AlterField(
            model_name="claimevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("created", "Draft created"),
                    ("copied", "Answers copied from another claim"),
                    ("changed", "Answers changed"),
                    ("products_changed", "Products changed"),
                    ("contacts_changed", "Contacts changed"),
                    ("proof_added", "Proof of execution added"),
                    ("proof_removed", "Proof of execution removed"),
                    ("proof_infected", "Virus found, file removed"),
                    ("commented", "Comment added"),
                    ("edit_refused", "Change refused: the claim is locked"),
                    ("submit", "Claim submitted"),
                    ("cancel_draft", "Draft deleted"),
                    ("withdraw", "Claim withdrawn"),
                    ("start_review", "Review started"),
                    ("request_action", "More information requested"),
                    ("resubmit", "Claim resubmitted"),
                    ("validate", "Claim validated"),
                    ("reject", "Claim rejected"),
                    ("decline", "Customer opted out"),
                    ("approve", "Association official"),
                    ("expire_answer", "Claim rejected: no answer in time"),
                    ("lose_item", "Claim rejected: another partner was preferred"),
                    ("dispute", "Rejection disputed"),
                    ("uphold_rejection", "Rejection upheld"),
                    ("accept_dispute", "Dispute accepted"),
                    ("notice_queued", "Notice to the customer queued"),
                    ("notice_revoked", "Earlier notice revoked"),
                    ("notice_bounced", "Notice not delivered, customer period stopped"),
                    ("notice_resent", "Notice sent again"),
                    ("contact_corrected", "Customer contact corrected"),
                    ("window_opened", "Notice delivered, customer period started"),
                    ("window_closed", "Customer period ended without an opt-out"),
                    ("customer_wrote", "Customer wrote to Microsoft"),
                    ("delivery_unclear", "Unclear whether the notice arrived"),
                    ("hold_settled", "Hold ended"),
                    ("customer_approved", "Customer approved"),
                    ("competing_found", "Competing claim found"),
                    ("competing_settled", "Competing claim settled"),
                    ("arbitrated", "Competing claims decided"),
                    ("assigned", "Reviewer assigned"),
                    ("association_ended", "Association ended"),
                    ("forgotten", "Personal data removed"),
                ],
                max_length=30,
                verbose_name="event",
            ),
        ),
        migrations.AlterField(
            model_name="customernotice",
            name="answer_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_relation", "We don't work with this partner"),
                    ("other_partner", "Another partner does this work for us"),
                    ("unknown_request", "We don't know what this request is about"),
                    ("other", "Another reason"),
                    ("written", "The customer wrote it to Microsoft"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
        migrations.AddField(
            model_name="claimhold",
            name="claim",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="associations.claim",
                verbose_name="claim",
            ),
        ),
        migrations.AddField(
            model_name="claimhold",
            name="incoming",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claim_hold",
                to="notifications.incomingemail",
                verbose_name="incoming e-mail",
            ),
        ),
        migrations.AddField(
            model_name="claimhold",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="associations.customernotice",
                verbose_name="customer notice",
            ),
        ),
        migrations.AddField(
            model_name="claimhold",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="settled by",
            ),
        ),
        migrations.AddConstraint(
            model_name="claimhold",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["customer_wrote", "delivery_unclear"])), name="hold_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="claimhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", ""), ("reason", ""), ("settled_at", None), ("settled_by", None)),
                    models.Q(
                        ("outcome__in", ["opted_out", "sent_again", "lifted", "arrived", "not_arrived", "overtaken"]),
                        ("settled_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="settled_hold_has_time_and_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="claimhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_at", None), ("outcome", "overtaken"), ("settled_by__isnull", False), _connector="OR"
                ),
                name="hold_was_decided_by_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(hold_kinds="", hold_due_at=None)
                | (~models.Q(hold_kinds="") & models.Q(hold_due_at__isnull=False)),
                name="claim_on_hold_says_why_and_until_when",
            ),
        ),
    ]
