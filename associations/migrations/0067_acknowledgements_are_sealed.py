from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A customer acknowledges the work with a code, and the portal seals it; a proof can be of the portal itself."""

    dependencies: ClassVar = [
        ("associations", "0066_filed_claims_keep_their_edition"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SealCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=64, unique=True, verbose_name="SHA-256 fingerprint")),
                ("pem", models.TextField()),
                ("first_used_at", models.DateTimeField(verbose_name="first used")),
            ],
            options={
                "verbose_name": "certificate of seals",
                "verbose_name_plural": "certificates of seals",
                "ordering": ["-pk"],
            },
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
                    ("submit_asked", "Colleague asked to submit"),
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
                    ("notice_bounced", "Notice not delivered, opt-out period stopped"),
                    ("notice_resent", "Notice sent again"),
                    ("contact_corrected", "Customer contact corrected"),
                    ("contact_replaced", "Customer contact replaced"),
                    ("contact_unconfirmed", "Customer contact not confirmed, claim on hold"),
                    ("contact_confirmed", "Customer contact confirmed"),
                    ("handed_over", "Request handed over to a colleague"),
                    ("ack_asked", "Customer asked to acknowledge the work"),
                    ("ack_not_asked", "Customer no longer asked to acknowledge the work"),
                    ("work_acknowledged", "Customer acknowledged the work"),
                    ("time_stamp_added", "Time stamp added to the sealed acknowledgement"),
                    ("window_opened", "Notice delivered, opt-out period started"),
                    ("window_closed", "Opt-out period ended without an opt-out"),
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
                    ("edition_changed", "Draft continued under the program guide in force"),
                ],
                max_length=30,
                verbose_name="event",
            ),
        ),
        migrations.AlterField(
            model_name="proofofexecution",
            name="uploaded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("given_at", models.DateTimeField(blank=True, null=True, verbose_name="acknowledged")),
                ("signer_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("signer_title", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                ("signer_email", models.EmailField(blank=True, max_length=254, verbose_name="email")),
                ("signer_ip", models.GenericIPAddressField(blank=True, null=True, verbose_name="IP address")),
                ("signer_user_agent", models.CharField(blank=True, max_length=300, verbose_name="browser")),
                ("language", models.CharField(blank=True, max_length=5, verbose_name="language")),
                ("code_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("code_sent_at", models.DateTimeField(blank=True, null=True, verbose_name="code sent")),
                ("statement", models.JSONField(blank=True, default=dict)),
                ("seal_due_at", models.DateTimeField(blank=True, null=True)),
                ("sealed_at", models.DateTimeField(blank=True, null=True, verbose_name="sealed")),
                ("sealed_sha256", models.CharField(blank=True, db_index=True, max_length=64)),
                ("stamp_due_at", models.DateTimeField(blank=True, null=True)),
                ("stamped_at", models.DateTimeField(blank=True, null=True, verbose_name="time stamp added")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acknowledgement",
                        to="associations.claim",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="associations.customernotice",
                    ),
                ),
                (
                    "proof",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="acknowledgement",
                        to="associations.proofofexecution",
                    ),
                ),
            ],
            options={
                "verbose_name": "acknowledgement of work",
                "verbose_name_plural": "acknowledgements of work",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("seal_due_at__isnull", False)),
                        fields=["seal_due_at"],
                        name="seals_due_by_time",
                    ),
                    models.Index(
                        condition=models.Q(("stamp_due_at__isnull", False)),
                        fields=["stamp_due_at"],
                        name="stamps_due_by_time",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_at", None), ("notice", None)),
                            models.Q(
                                ("code_sent_at__isnull", False), ("given_at__isnull", False), ("notice__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="acknowledgement_came_by_a_notice_and_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("proof", None), ("sealed_at", None), ("stamp_due_at", None), ("stamped_at", None)
                            ),
                            models.Q(("given_at__isnull", False), ("seal_due_at", None), ("sealed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="acknowledgement_is_sealed_once_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seal_due_at", None), ("given_at__isnull", False), _connector="OR"),
                        name="seal_is_due_once_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AcknowledgementCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField(db_index=True)),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acknowledgement_codes",
                        to="associations.customernotice",
                    ),
                ),
            ],
            options={
                "verbose_name": "code of an acknowledgement",
                "verbose_name_plural": "codes of acknowledgements",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "number"), name="codes_of_a_notice_are_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(("tries__lte", 5)), name="code_is_tried_so_often_at_most"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("sent_at"))), name="code_works_for_a_time"
                    ),
                ],
            },
        ),
    ]
