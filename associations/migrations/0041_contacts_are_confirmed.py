from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A claim whose contact isn't of the customer is held until the contact is confirmed (domain.md D18).

    Claims that were filed before are not held.
    """

    dependencies: ClassVar = [
        ("associations", "0040_notices_have_a_code"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="claim",
            name="contact_confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="contact confirmed"),
        ),
        migrations.AddField(
            model_name="claim",
            name="contact_confirmed_by",
            field=models.CharField(
                blank=True,
                choices=[("domain", "Domain name of the customer"), ("reviewer", "Reviewer")],
                db_default="",
                default="",
                max_length=10,
                verbose_name="contact confirmed by",
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="contact_due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="decision on the contact due"),
        ),
        migrations.AddField(
            model_name="claim",
            name="contact_policy",
            field=models.CharField(
                choices=[("hold", "Hold the claim until the contact is confirmed"), ("allow", "Allow")],
                db_default="allow",
                default="allow",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="incentiveprogram",
            name="contact_policy",
            field=models.CharField(
                choices=[("hold", "Hold the claim until the contact is confirmed"), ("allow", "Allow")],
                db_default="hold",
                default="hold",
                max_length=10,
                verbose_name="contact who is not confirmed",
            ),
        ),
        migrations.AddField(
            model_name="tenantdomain",
            name="listed_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("directory", "Public directory"),
                    ("reviewer", "Reviewer"),
                    ("admin", "Platform admin"),
                    ("earlier", "Listed before sources were kept"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=10,
                verbose_name="listed by",
            ),
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
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contact_confirmed_at", None), ("contact_confirmed_by", "")),
                    models.Q(
                        ("contact_confirmed_at__isnull", False), ("contact_confirmed_by__in", ["domain", "reviewer"])
                    ),
                    _connector="OR",
                ),
                name="confirmed_contact_has_proof_and_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contact_policy", "allow"),
                    models.Q(
                        ("contact_policy", "hold"),
                        models.Q(
                            ("consent_status", "not_sent"),
                            ("contact_confirmed_at__isnull", False),
                            ("contact_due_at__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="unconfirmed_contact_has_a_due_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="incentiveprogram",
            constraint=models.CheckConstraint(
                condition=models.Q(("contact_policy__in", ["hold", "allow"])), name="program_contact_policy_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="tenantdomain",
            constraint=models.CheckConstraint(
                condition=models.Q(("listed_by__in", ["", "directory", "reviewer", "admin", "earlier"])),
                name="source_of_a_domain_is_known",
            ),
        ),
    ]
