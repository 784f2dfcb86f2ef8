"""A request is handed over twice at most, and that ends the link of its notice (domain.md D21)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("associations", "0048_find_notices_by_address"),
        ("notifications", "0001_squashed_0009_labels_in_plain_english"),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name="customernotice",
            name="answer_has_time_and_name",
        ),
        migrations.AddField(
            model_name="customernotice",
            name="hand_over_number",
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
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
                ],
                max_length=30,
                verbose_name="event",
            ),
        ),
        migrations.AlterField(
            model_name="customernotice",
            name="answer",
            field=models.CharField(
                blank=True,
                choices=[
                    ("approved", "Approved"),
                    ("opted_out", "Opted out"),
                    ("handed_over", "Handed over to a colleague"),
                ],
                max_length=20,
                verbose_name="answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="customernotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at", None), ("answered_by_name", "")),
                    models.Q(
                        ("answer__in", ["approved", "opted_out", "handed_over"]),
                        ("answered_at__isnull", False),
                        models.Q(
                            models.Q(("answered_by_name", ""), _negated=True),
                            ("revoked_at__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="answer_has_time_and_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="customernotice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("hand_over_number__isnull", False)),
                fields=("claim", "hand_over_number"),
                name="hand_overs_of_a_claim_are_numbered",
            ),
        ),
        migrations.AddConstraint(
            model_name="customernotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hand_over_number", None), models.Q(("answer", "handed_over"), _negated=True)),
                    models.Q(
                        ("answer", "handed_over"), ("hand_over_number__range", (1, 2)), ("revoked_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="hand_over_is_counted_and_ends_the_link",
            ),
        ),
    ]
