from typing import ClassVar

from django.db import migrations, models

from associations.migrations._append_only import guard, unguard


class Migration(migrations.Migration):
    """Lines of a History get a salt and a digest for what they say of people."""

    dependencies: ClassVar = [("associations", "0021_find_partners_by_name")]

    operations: ClassVar = [
        migrations.RunPython(unguard, guard),
        migrations.AddField(
            model_name="claimevent",
            name="personal_salt",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="claimevent",
            name="personal_digest",
            field=models.CharField(blank=True, editable=False, max_length=64),
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
                    ("forgotten", "Personal data removed"),
                ],
                max_length=30,
                verbose_name="event",
            ),
        ),
        migrations.RunPython(guard, unguard),
    ]
