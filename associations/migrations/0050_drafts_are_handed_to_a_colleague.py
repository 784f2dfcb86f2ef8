from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [
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
]


class Migration(migrations.Migration):
    """A finished draft is handed to a colleague who may submit it."""

    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("associations", "0049_requests_can_be_handed_over"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SubmitRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="submit_request",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
                (
                    "colleague",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="colleague",
                    ),
                ),
            ],
            options={
                "verbose_name": "request to submit",
                "verbose_name_plural": "requests to submit",
                "ordering": ["pk"],
            },
        ),
        migrations.AlterField(
            model_name="claimevent",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=30, verbose_name="event"),
        ),
    ]
