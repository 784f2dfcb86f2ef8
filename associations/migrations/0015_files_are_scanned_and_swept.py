from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A proof waits for its scan; a stored file that no proof holds is known by name (domain.md 4.3)."""

    dependencies: ClassVar = [("associations", "0014_a_calendar_address_for_each_person")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="LooseFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
                ("since_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "loose file",
                "verbose_name_plural": "loose files",
                "ordering": ["pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="proofofexecution",
            name="scan_status_is_known",
        ),
        migrations.AddField(
            model_name="proofofexecution",
            name="scan_due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="next malware scan"),
        ),
        migrations.AddField(
            model_name="proofofexecution",
            name="scan_tries",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="malware scans tried"),
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
                    ("customer_approved", "Customer approved"),
                    ("competing_found", "Competing claim found"),
                    ("competing_settled", "Competing claim settled"),
                    ("arbitrated", "Competing claims decided"),
                    ("assigned", "Reviewer assigned"),
                    ("association_ended", "Association ended"),
                ],
                max_length=30,
                verbose_name="event",
            ),
        ),
        migrations.AlterField(
            model_name="proofofexecution",
            name="scan_status",
            field=models.CharField(
                choices=[
                    ("not_scanned", "Not scanned"),
                    ("pending", "Being scanned"),
                    ("clean", "Clean"),
                    ("infected", "Infected"),
                ],
                default="not_scanned",
                max_length=20,
                verbose_name="malware scan",
            ),
        ),
        migrations.AddIndex(
            model_name="proofofexecution",
            index=models.Index(
                condition=models.Q(("scan_due_at__isnull", False)), fields=["scan_due_at"], name="scans_due_by_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="proofofexecution",
            constraint=models.CheckConstraint(
                condition=models.Q(("scan_status__in", ["not_scanned", "pending", "clean", "infected"])),
                name="scan_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="proofofexecution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("scan_due_at__isnull", False), ("scan_status", "pending")),
                    models.Q(models.Q(("scan_status", "pending"), _negated=True), ("scan_due_at__isnull", True)),
                    _connector="OR",
                ),
                name="a_scan_is_due_while_it_is_pending",
            ),
        ),
    ]
