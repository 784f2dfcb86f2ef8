"""Claims and associations, with their triggers, reference data and the group of reviewers.

A new database runs this file instead of the migrations in `replaces`; a database that ran some of them runs the
others one by one. Steps that only changed rows from before are left out.
"""

import datetime
import uuid

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import accounts.languages
import associations.models.folding
import associations.models.jobs
import associations.models.proofs
from associations.migrations import _forgetting, _reference_data, _reviewers_group


class Migration(migrations.Migration):
    replaces = [
        ("associations", "0001_claims_and_what_comes_of_them"),
        ("associations", "0002_history_is_append_only"),
        ("associations", "0003_reference_data"),
        ("associations", "0004_reviewers_group"),
        ("associations", "0005_disputes_reminders_and_bounces"),
        ("associations", "0006_history_gets_a_chain"),
        ("associations", "0007_chain_the_history"),
        ("associations", "0008_report_viewers"),
        ("associations", "0009_claims_count_their_items"),
        ("associations", "0010_count_the_items_of_old_claims"),
        ("associations", "0011_sort_and_find_claims_by_index"),
        ("associations", "0012_saved_views_and_runs_over_many_claims"),
        ("associations", "0013_holidays_can_be_overridden"),
        ("associations", "0014_a_calendar_address_for_each_person"),
        ("associations", "0015_files_are_scanned_and_swept"),
        ("associations", "0016_jobs_and_watches"),
        ("associations", "0017_partners_may_demand_a_second_factor"),
        ("associations", "0018_proofs_of_associations_without_a_claim"),
        ("associations", "0019_names_are_kept_folded"),
        ("associations", "0020_fold_the_names_of_old_rows"),
        ("associations", "0021_find_partners_by_name"),
        ("associations", "0022_history_can_forget"),
        ("associations", "0023_seal_the_history"),
        ("associations", "0024_claims_can_be_forgotten"),
        ("associations", "0025_find_claims_to_forget"),
        ("associations", "0026_count_and_sort_by_covering_indexes"),
        ("associations", "0027_languages_come_from_the_translations"),
        ("associations", "0028_find_erasures_to_finish"),
        ("associations", "0029_sort_by_tenant_from_an_index"),
        ("associations", "0030_copies_say_what_to_correct"),
        ("associations", "0031_domains_are_found_in_their_letters"),
        ("associations", "0032_fold_what_people_can_not_type"),
        ("associations", "0033_a_reviewer_settles_holds"),
        ("associations", "0034_find_claims_on_hold"),
        ("associations", "0035_customers_are_named_in_their_letters"),
        ("associations", "0036_fewer_indexes_on_claims"),
        ("associations", "0037_notices_promise_a_day"),
        ("associations", "0038_keep_the_promises_of_old_notices"),
        ("associations", "0039_labels_in_plain_english"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("notifications", "0009_labels_in_plain_english"),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="CustomerTenant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant_id", models.UUIDField(unique=True, verbose_name="tenant ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                (
                    "time_zone",
                    models.CharField(blank=True, max_length=64, verbose_name="time zone, when not the country's"),
                ),
                (
                    "folded_name",
                    associations.models.folding.FoldedField(blank=True, db_default="", editable=False, of="name"),
                ),
            ],
            options={
                "verbose_name": "customer tenant",
                "verbose_name_plural": "customer tenants",
                "ordering": ["name"],
                "indexes": [models.Index(fields=["name", "id"], name="tenants_by_name")],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="legal name")),
                ("global_mpn_id", models.CharField(max_length=10, unique=True, verbose_name="global MPN ID")),
                (
                    "requires_second_factor",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Its people sign in with an authenticator app or a passkey as well.",
                        verbose_name="second factor required",
                    ),
                ),
                (
                    "folded_name",
                    associations.models.folding.FoldedField(blank=True, db_default="", editable=False, of="name"),
                ),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "ordering": ["name"],
                "indexes": [
                    models.Index(fields=["name", "id"], name="partners_by_name"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["folded_name"], name="partners_by_folded_name", opclasses=["gin_trgm_ops"]
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerLocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mpn_id", models.CharField(max_length=10, unique=True, verbose_name="MPN ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("partner_type", models.CharField(blank=True, max_length=80, verbose_name="partner type")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locations",
                        to="associations.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner location",
                "verbose_name_plural": "partner locations",
                "ordering": ["mpn_id"],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("domain_name", models.CharField(max_length=253, verbose_name="customer domain name")),
                (
                    "solution_area",
                    models.CharField(
                        blank=True,
                        choices=[("M365", "Microsoft 365"), ("BA", "Business Applications")],
                        max_length=10,
                        verbose_name="solution area",
                    ),
                ),
                ("claims_usage", models.BooleanField(default=False, verbose_name="usage")),
                ("claims_presales", models.BooleanField(default=False, verbose_name="pre-sales")),
                ("claims_revenue", models.BooleanField(default=False, verbose_name="revenue association")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="claim name")),
                (
                    "dynamics_solution_seller_name",
                    models.CharField(blank=True, max_length=200, verbose_name="Dynamics solution seller name"),
                ),
                ("revenue_customer_name", models.CharField(blank=True, max_length=200, verbose_name="customer name")),
                (
                    "isv_product_solution_name",
                    models.CharField(blank=True, max_length=200, verbose_name="ISV product/solution name"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("under_review", "Under review"),
                            ("action_required", "Action required"),
                            ("awaiting_customer", "Validated - opt-out period"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("disputed", "Disputed"),
                            ("rejected_final", "Rejected (final)"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "consent_status",
                    models.CharField(
                        choices=[
                            ("not_sent", "Not sent"),
                            ("queued", "Queued"),
                            ("sent", "Opt-out period open"),
                            ("bounced", "Not delivered"),
                            ("no_objection", "Ended without an opt-out"),
                            ("acknowledged", "Approved by the customer"),
                            ("declined", "Customer opted out"),
                        ],
                        default="not_sent",
                        max_length=20,
                        verbose_name="customer's answer",
                    ),
                ),
                (
                    "review_outcome",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("validated", "Validated"),
                            ("returned", "Returned"),
                            ("rejected", "Rejected"),
                        ],
                        default="pending",
                        max_length=20,
                        verbose_name="review",
                    ),
                ),
                ("has_competing_claim", models.BooleanField(default=False, verbose_name="competing claim")),
                ("reason_codes", models.JSONField(blank=True, default=list, verbose_name="reasons")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("changed_at", models.DateTimeField(verbose_name="last activity")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="submitted")),
                ("answer_due_at", models.DateTimeField(blank=True, null=True, verbose_name="answer due")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "requires_validation",
                    models.BooleanField(default=False, verbose_name="needs a reviewer's validation"),
                ),
                (
                    "opt_out_business_days",
                    models.PositiveSmallIntegerField(default=5, verbose_name="opt-out period in business days"),
                ),
                (
                    "window_zone",
                    models.CharField(blank=True, max_length=64, verbose_name="time zone of the opt-out period"),
                ),
                (
                    "opt_out_opens_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="opt-out period opened"),
                ),
                (
                    "opt_out_closes_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="customer can opt out until"),
                ),
                ("search_text", models.TextField(blank=True, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewer",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="associations.customertenant",
                        verbose_name="directory ID (tenant ID)",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="associations.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="associations.partnerlocation",
                        verbose_name="MPN ID",
                    ),
                ),
                (
                    "dispute_closes_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="dispute possible until"),
                ),
                ("disputed_at", models.DateTimeField(blank=True, null=True, verbose_name="disputed")),
                ("review_due_at", models.DateTimeField(blank=True, null=True, verbose_name="review due")),
                ("history_head", models.CharField(blank=True, editable=False, max_length=64)),
                ("item_count", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ("forgotten_at", models.DateTimeField(blank=True, null=True, verbose_name="personal data removed")),
                ("to_correct", models.CharField(blank=True, db_default="", default="", editable=False, max_length=20)),
                (
                    "hold_kinds",
                    models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="on hold"),
                ),
                ("hold_due_at", models.DateTimeField(blank=True, null=True, verbose_name="decision on the hold due")),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["status", "submitted_at"], name="claims_in_the_queue"),
                    models.Index(
                        condition=models.Q(
                            ("status__in", ["action_required", "awaiting_customer", "submitted", "under_review"])
                        ),
                        fields=["opt_out_closes_at"],
                        name="claims_with_a_window",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search_text"], name="claims_by_search_text", opclasses=["gin_trgm_ops"]
                    ),
                    models.Index(fields=["partner", "name", "id"], name="claims_by_name"),
                    models.Index(fields=["partner", "status", "id"], name="claims_by_status"),
                    models.Index(fields=["partner", "changed_at", "id"], name="claims_by_activity_time"),
                    models.Index(
                        models.F("partner"),
                        django.db.models.functions.comparison.Coalesce(
                            "submitted_at",
                            models.Value(
                                datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                output_field=models.DateTimeField(),
                            ),
                        ),
                        models.F("id"),
                        name="claims_by_submission",
                    ),
                    models.Index(
                        models.F("partner"),
                        django.db.models.functions.comparison.Coalesce(
                            "opt_out_closes_at",
                            models.Value(
                                datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                output_field=models.DateTimeField(),
                            ),
                        ),
                        models.F("id"),
                        name="claims_by_window",
                    ),
                    models.Index(
                        models.Case(
                            models.When(
                                status__in=[
                                    "action_required",
                                    "awaiting_customer",
                                    "disputed",
                                    "submitted",
                                    "under_review",
                                ],
                                then=django.db.models.functions.comparison.Coalesce(
                                    "review_due_at",
                                    models.Value(
                                        datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                        output_field=models.DateTimeField(),
                                    ),
                                ),
                            ),
                            default=models.Value(
                                datetime.datetime(9001, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                output_field=models.DateTimeField(),
                            ),
                            output_field=models.DateTimeField(),
                        ),
                        models.F("id"),
                        name="claims_due",
                    ),
                    models.Index(
                        models.F("status"),
                        models.Case(
                            models.When(
                                status__in=[
                                    "action_required",
                                    "awaiting_customer",
                                    "disputed",
                                    "submitted",
                                    "under_review",
                                ],
                                then=django.db.models.functions.comparison.Coalesce(
                                    "review_due_at",
                                    models.Value(
                                        datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                        output_field=models.DateTimeField(),
                                    ),
                                ),
                            ),
                            default=models.Value(
                                datetime.datetime(9001, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                output_field=models.DateTimeField(),
                            ),
                            output_field=models.DateTimeField(),
                        ),
                        models.F("id"),
                        name="claims_due_by_status",
                    ),
                    models.Index(
                        models.Case(
                            models.When(
                                status__in=[
                                    "action_required",
                                    "awaiting_customer",
                                    "disputed",
                                    "submitted",
                                    "under_review",
                                ],
                                then=django.db.models.functions.comparison.Coalesce(
                                    "review_due_at",
                                    models.Value(
                                        datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                        output_field=models.DateTimeField(),
                                    ),
                                ),
                            ),
                            default=models.Value(
                                datetime.datetime(9001, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                output_field=models.DateTimeField(),
                            ),
                            output_field=models.DateTimeField(),
                        ),
                        models.F("id"),
                        condition=models.Q(("has_competing_claim", True)),
                        name="claims_due_competing",
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False), ("forgotten_at", None)),
                        fields=["closed_at", "id"],
                        name="claims_to_forget",
                    ),
                    models.Index(
                        fields=["partner", "-id"],
                        include=(
                            "location",
                            "created_by",
                            "status",
                            "consent_status",
                            "submitted_at",
                            "closed_at",
                            "reason_codes",
                        ),
                        name="claims_within_a_partner",
                    ),
                    models.Index(fields=["location", "-id"], include=("partner",), name="claims_at_a_location"),
                    models.Index(fields=["tenant", "status"], include=("partner", "id"), name="claims_to_a_tenant"),
                    models.Index(
                        condition=models.Q(("hold_due_at__isnull", False)),
                        fields=["hold_due_at", "id"],
                        name="claims_on_hold",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "consent_status__in",
                                ["not_sent", "queued", "sent", "bounced", "no_objection", "acknowledged", "declined"],
                            )
                        ),
                        name="claim_consent_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("review_outcome__in", ["pending", "validated", "returned", "rejected"])),
                        name="claim_review_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("submitted_at", None), ("submitted_by", None)),
                            models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="claim_submission_has_time_and_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "cancelled"]), ("submitted_at__isnull", False), _connector="OR"
                        ),
                        name="filed_claim_was_submitted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("opt_out_closes_at", None), ("opt_out_opens_at", None)),
                            models.Q(
                                ("opt_out_closes_at__gt", models.F("opt_out_opens_at")),
                                ("opt_out_closes_at__isnull", False),
                                ("opt_out_opens_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="opt_out_window_has_both_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("consent_status", "sent"), _negated=True),
                            ("opt_out_closes_at__isnull", False),
                            _connector="OR",
                        ),
                        name="open_window_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "action_required"), _negated=True),
                            ("answer_due_at__isnull", False),
                            _connector="OR",
                        ),
                        name="required_action_has_a_due_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claims_revenue", False),
                            models.Q(("claims_presales", False), ("claims_usage", False)),
                            _connector="OR",
                        ),
                        name="revenue_association_stands_alone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "submitted",
                                    "under_review",
                                    "action_required",
                                    "awaiting_customer",
                                    "approved",
                                    "rejected",
                                    "disputed",
                                    "rejected_final",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="claim_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("forgotten_at", None), ("closed_at__isnull", False), _connector="OR"),
                        name="forgotten_claim_was_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hold_due_at", None), ("hold_kinds", "")),
                            models.Q(models.Q(("hold_kinds", ""), _negated=True), ("hold_due_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="claim_on_hold_says_why_and_until_when",
                    ),
                ],
                "permissions": [("review_claim", "Can review claims")],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("author_role", models.CharField(max_length=20)),
                ("text", models.TextField(max_length=4000, verbose_name="comment")),
                ("at", models.DateTimeField(verbose_name="date")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="IncentiveProgram",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "activity",
                    models.CharField(
                        choices=[
                            ("M365_USAGE", "Usage"),
                            ("BA_USAGE", "Usage"),
                            ("BA_PRESALES", "Pre-sales"),
                            ("BA_REVENUE", "Revenue association"),
                        ],
                        max_length=20,
                        unique=True,
                        verbose_name="activity",
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("is_paid", models.BooleanField(default=True, verbose_name="pays incentives")),
                (
                    "requires_validation",
                    models.BooleanField(default=False, verbose_name="needs a reviewer's validation"),
                ),
                (
                    "opt_out_business_days",
                    models.PositiveSmallIntegerField(default=5, verbose_name="opt-out period in business days"),
                ),
            ],
            options={
                "verbose_name": "incentive program",
                "verbose_name_plural": "incentive programs",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("opt_out_business_days__gte", 1), ("opt_out_business_days__lte", 60)),
                        name="opt_out_window_is_1_to_60_business_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("activity__in", ["M365_USAGE", "BA_USAGE", "BA_PRESALES", "BA_REVENUE"])),
                        name="program_activity_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("incentives_admin", "Incentives admin"),
                            ("incentives_user", "Incentives user"),
                            ("global_admin", "Global admin"),
                            ("billing_admin", "Billing admin"),
                            ("report_viewer", "Report viewer"),
                            ("exec_report_viewer", "Executive report viewer"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("all_locations", models.BooleanField(default=True, verbose_name="all locations")),
                (
                    "locations",
                    models.ManyToManyField(
                        blank=True,
                        related_name="members",
                        to="associations.partnerlocation",
                        verbose_name="only these locations",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="associations.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner member",
                "verbose_name_plural": "partner members",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "partner"), name="person_has_one_role_per_partner"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "incentives_admin",
                                    "incentives_user",
                                    "global_admin",
                                    "billing_admin",
                                    "report_viewer",
                                    "exec_report_viewer",
                                ],
                            )
                        ),
                        name="member_role_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "solution_area",
                    models.CharField(
                        choices=[("M365", "Microsoft 365"), ("BA", "Business Applications")],
                        max_length=10,
                        verbose_name="solution area",
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("M365", "Microsoft 365 workloads"),
                            ("CE", "Customer Engagement"),
                            ("FO", "Finance and Operations"),
                            ("SMB", "Small and medium business"),
                            ("X", "Across Dynamics 365"),
                            ("PP", "Power Platform"),
                        ],
                        max_length=10,
                        verbose_name="group",
                    ),
                ),
                ("is_dynamics_365", models.BooleanField(default=False, verbose_name="is Dynamics 365")),
                ("is_claimable", models.BooleanField(default=True, verbose_name="can be claimed")),
                ("is_revenue_only", models.BooleanField(default=False, verbose_name="for revenue association only")),
                ("is_paid_eligible", models.BooleanField(default=True, verbose_name="counts for payment")),
            ],
            options={
                "verbose_name": "product or workload",
                "verbose_name_plural": "products and workloads",
                "ordering": ["solution_area", "group", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("solution_area__in", ["M365", "BA"])),
                        name="product_solution_area_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subscription_id", models.UUIDField(unique=True, verbose_name="subscription ID")),
                ("sku", models.CharField(blank=True, max_length=80, verbose_name="SKU")),
                ("region", models.CharField(blank=True, max_length=80, verbose_name="region")),
                ("seats_available", models.PositiveIntegerField(default=0, verbose_name="seats available")),
                ("seats_assigned", models.PositiveIntegerField(default=0, verbose_name="seats assigned")),
                ("seats_active", models.PositiveIntegerField(default=0, verbose_name="seats active")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="starts on")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="ends on")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("Active", "Active"),
                            ("InGracePeriod", "In grace period"),
                            ("Disabled", "Disabled"),
                            ("Suspended", "Suspended"),
                            ("Deprovisioned", "Deprovisioned"),
                            ("Expired", "Expired"),
                        ],
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("VL", "Volume Licensing"), ("WEB_DIRECT", "Web Direct"), ("CSP", "CSP")],
                        max_length=20,
                        verbose_name="channel",
                    ),
                ),
                ("is_provisioned", models.BooleanField(default=True, verbose_name="activated by the customer")),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="associations.product", verbose_name="product"
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="associations.customertenant",
                        verbose_name="customer tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "subscription",
                "verbose_name_plural": "subscriptions",
                "ordering": ["tenant", "product", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["Active", "InGracePeriod", "Disabled", "Suspended", "Deprovisioned", "Expired"],
                            )
                        ),
                        name="subscription_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["VL", "WEB_DIRECT", "CSP"])),
                        name="subscription_channel_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Association",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("for_usage", models.BooleanField(default=False)),
                ("for_presales", models.BooleanField(default=False)),
                ("for_revenue", models.BooleanField(default=False)),
                ("is_migrated", models.BooleanField(default=False, verbose_name="migrated")),
                ("starts_at", models.DateTimeField(verbose_name="official since")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("customer_opt_out", "The customer opted out"),
                            ("partner_disassociated", "Ended by the partner"),
                            ("subscription_expired", "The subscription expired"),
                            ("superseded", "Another partner was preferred"),
                            ("revoked_by_microsoft", "Revoked by Microsoft"),
                        ],
                        max_length=30,
                        verbose_name="why it ended",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="associations",
                        to="associations.customertenant",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="associations",
                        to="associations.partner",
                    ),
                ),
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="associations.product")),
                (
                    "subscription",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="associations.subscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "association",
                "verbose_name_plural": "associations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None), ("subscription__isnull", False)),
                        fields=["partner"],
                        name="subscriptions_of_a_partner",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("subscription", None)),
                        fields=("tenant", "product"),
                        name="workload_has_one_active_association",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("subscription__isnull", False)),
                        fields=("subscription",),
                        name="subscription_has_one_active_association",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_reason", ""), ("ended_at", None)),
                            models.Q(
                                (
                                    "end_reason__in",
                                    [
                                        "customer_opt_out",
                                        "partner_disassociated",
                                        "subscription_expired",
                                        "superseded",
                                        "revoked_by_microsoft",
                                    ],
                                ),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="ended_association_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="association_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProofOfExecution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("file", models.FileField(max_length=200, upload_to=associations.models.proofs.proof_path)),
                ("name", models.CharField(max_length=255, verbose_name="document name")),
                ("kind", models.CharField(max_length=10, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "scan_status",
                    models.CharField(
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
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                (
                    "claim",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("scan_due_at", models.DateTimeField(blank=True, null=True, verbose_name="next malware scan")),
                (
                    "scan_tries",
                    models.PositiveIntegerField(db_default=0, default=0, verbose_name="malware scans tried"),
                ),
                (
                    "association",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="associations.association",
                        verbose_name="association",
                    ),
                ),
            ],
            options={
                "verbose_name": "proof of execution",
                "verbose_name_plural": "proofs of execution",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("scan_due_at__isnull", False)),
                        fields=["scan_due_at"],
                        name="scans_due_by_time",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="proof_is_not_empty"),
                    models.CheckConstraint(
                        condition=models.Q(("scan_status__in", ["not_scanned", "pending", "clean", "infected"])),
                        name="scan_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scan_due_at__isnull", False), ("scan_status", "pending")),
                            models.Q(
                                models.Q(("scan_status", "pending"), _negated=True), ("scan_due_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="a_scan_is_due_while_it_is_pending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("association", None), ("claim__isnull", False)),
                            models.Q(("association__isnull", False), ("claim", None)),
                            _connector="OR",
                        ),
                        name="proof_backs_one_claim_or_association",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimedProduct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "association",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claimed_products",
                        to="associations.association",
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="associations.product", verbose_name="product"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="associations.subscription",
                        verbose_name="subscription ID",
                    ),
                ),
            ],
            options={
                "verbose_name": "claimed product",
                "verbose_name_plural": "claimed products",
                "ordering": ["product__name", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "product"), name="product_is_claimed_once_per_claim")
                ],
            },
        ),
        migrations.CreateModel(
            name="TenantDomain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain_name", models.CharField(max_length=253, unique=True, verbose_name="domain name")),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="domains",
                        to="associations.customertenant",
                        verbose_name="customer tenant",
                    ),
                ),
                (
                    "folded_name",
                    associations.models.folding.FoldedDomainField(
                        blank=True, db_default="", editable=False, of="domain_name"
                    ),
                ),
            ],
            options={
                "verbose_name": "domain name",
                "verbose_name_plural": "domain names",
                "ordering": ["domain_name"],
            },
        ),
        migrations.CreateModel(
            name="ClaimEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
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
                (
                    "from_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("under_review", "Under review"),
                            ("action_required", "Action required"),
                            ("awaiting_customer", "Validated - opt-out period"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("disputed", "Disputed"),
                            ("rejected_final", "Rejected (final)"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("under_review", "Under review"),
                            ("action_required", "Action required"),
                            ("awaiting_customer", "Validated - opt-out period"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("disputed", "Disputed"),
                            ("rejected_final", "Rejected (final)"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=20,
                    ),
                ),
                ("actor_role", models.CharField(max_length=20)),
                ("actor_name", models.CharField(blank=True, max_length=120)),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("details", models.JSONField(blank=True, default=dict)),
                ("at", models.DateTimeField(verbose_name="date")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
                ("hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("previous_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("personal_salt", models.CharField(blank=True, editable=False, max_length=64)),
                ("personal_digest", models.CharField(blank=True, editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "history entry",
                "verbose_name_plural": "history",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["claim", "id"], name="history_of_a_claim")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "actor_role__in",
                                ["incentives_admin", "incentives_user", "observer", "reviewer", "customer", "portal"],
                            )
                        ),
                        name="actor_role_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("customer", "Customer contact"),
                            ("technical", "Technical contact"),
                            ("partner", "Your company's contact"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email")),
                (
                    "language",
                    models.CharField(
                        blank=True, choices=accounts.languages.language_choices, max_length=10, verbose_name="language"
                    ),
                ),
                (
                    "mismatch_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="why the email domain differs"),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "kind"), name="claim_has_one_contact_of_a_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["customer", "technical", "partner"])),
                        name="contact_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("contact_name", models.CharField(max_length=120, verbose_name="contact")),
                ("contact_email", models.EmailField(max_length=254, verbose_name="email")),
                ("language", models.CharField(max_length=5, verbose_name="language")),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("covers", models.JSONField(default=dict)),
                ("queued_at", models.DateTimeField(verbose_name="queued")),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted by the mail server")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="opt-out possible until")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("approved", "Approved"), ("opted_out", "Opted out")],
                        max_length=20,
                        verbose_name="answer",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("answered_by_name", models.CharField(blank=True, max_length=120, verbose_name="answered by")),
                (
                    "answer_reason",
                    models.CharField(
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
                ("answer_text", models.TextField(blank=True, verbose_name="in their words")),
                ("answer_ip", models.GenericIPAddressField(blank=True, null=True, verbose_name="IP address")),
                ("answer_user_agent", models.CharField(blank=True, max_length=300, verbose_name="browser")),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
                (
                    "email",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="notifications.outboxemail",
                        verbose_name="email",
                    ),
                ),
                ("reminder_token_digest", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ("undelivered_at", models.DateTimeField(blank=True, null=True, verbose_name="found undelivered")),
                (
                    "promised_closes_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="opt-out promised until"),
                ),
            ],
            options={
                "verbose_name": "customer notice",
                "verbose_name_plural": "customer notices",
                "ordering": ["claim", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "number"), name="notices_of_a_claim_are_numbered"),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("claim",),
                        name="claim_has_one_current_notice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closes_at", None), ("opens_at", None)),
                            models.Q(
                                ("closes_at__gt", models.F("opens_at")),
                                ("closes_at__isnull", False),
                                ("opens_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="notice_window_has_both_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None), ("answered_by_name", "")),
                            models.Q(
                                ("answer__in", ["approved", "opted_out"]),
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
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("contact_email", ""), models.Q(("answered_by_name", ""), _negated=True)),
                        fields=["id"],
                        name="notices_with_erasure_to_finish",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LocationEnrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("action_required", "Action required"),
                            ("discontinued", "Discontinued"),
                            ("enrolled", "Enrolled"),
                            ("enrolling", "Enrolling"),
                            ("inactive", "Inactive"),
                            ("invited", "Invited"),
                            ("validating", "Validating enrolment"),
                        ],
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="associations.incentiveprogram",
                        verbose_name="incentive program",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enrolments",
                        to="associations.partnerlocation",
                        verbose_name="partner location",
                    ),
                ),
            ],
            options={
                "verbose_name": "enrolment",
                "verbose_name_plural": "enrolments",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("location", "program"), name="location_is_enrolled_once_per_program"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "action_required",
                                    "discontinued",
                                    "enrolled",
                                    "enrolling",
                                    "inactive",
                                    "invited",
                                    "validating",
                                ],
                            )
                        ),
                        name="enrolment_status_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("answer_due", "Answer due soon"),
                            ("customer_period_ending", "Opt-out period ending"),
                            ("draft_unfinished", "Draft unfinished"),
                            ("subscription_ending", "Subscription ending"),
                        ],
                        max_length=30,
                        verbose_name="kind",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "ordering": ["due_at", "pk"],
                "indexes": [
                    models.Index(condition=models.Q(("done_at", None)), fields=["due_at"], name="reminders_not_done")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "kind", "due_at"), name="reminder_is_written_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["answer_due", "customer_period_ending", "draft_unfinished", "subscription_ending"],
                            )
                        ),
                        name="reminder_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("disassociate", "Disassociate customer"),
                            ("renew", "Renew"),
                            ("add_proof", "Add a proof of execution"),
                        ],
                        max_length=20,
                        verbose_name="action",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bulk_runs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "action on many claims",
                "verbose_name_plural": "actions on many claims",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["disassociate", "renew", "add_proof"])),
                        name="bulk_action_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("done", "Done"),
                            ("not_allowed", "Your role does not allow it."),
                            ("nothing_in_force", "It has no association in force."),
                            ("nothing_to_renew", "No subscription of it has ended or ends within 60 days."),
                            ("closed", "It is closed: no proof of execution can be added any more."),
                            ("too_many_proofs", "It would hold too many files."),
                            ("failed", "Something went wrong. Nothing was changed on this claim: try again."),
                        ],
                        max_length=20,
                        verbose_name="result",
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="associations.claim"
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="associations.claim",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="associations.bulkrun"
                    ),
                ),
            ],
            options={
                "verbose_name": "result for one claim",
                "verbose_name_plural": "results for one claim",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "claim"), name="claim_is_taken_once_per_run"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                [
                                    "done",
                                    "not_allowed",
                                    "nothing_in_force",
                                    "nothing_to_renew",
                                    "closed",
                                    "too_many_proofs",
                                    "failed",
                                ],
                            )
                        ),
                        name="bulk_outcome_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(blank=True, editable=False, max_length=1000)),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with colleagues")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to="associations.partner",
                        verbose_name="company",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "owner", "name"), name="view_name_is_unique_per_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="saved_view_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HolidayOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("falls_on", models.DateField(verbose_name="day")),
                ("is_holiday", models.BooleanField(default=True, verbose_name="public holiday")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
            ],
            options={
                "verbose_name": "holiday override",
                "verbose_name_plural": "holiday overrides",
                "ordering": ["-falls_on", "country"],
                "constraints": [
                    models.UniqueConstraint(fields=("country", "falls_on"), name="day_of_a_country_is_overridden_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feed",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar address",
                "verbose_name_plural": "calendar addresses",
                "ordering": ["pk"],
            },
        ),
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
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("export", "Export of customer associations"),
                            ("reassociation", "Re-association of Microsoft 365 customers"),
                            ("migration", "Existing Business Applications associations"),
                            ("tenants", "Customer tenants"),
                            ("subscriptions", "Subscriptions"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("write", "Writing the file"),
                            ("check", "Checking the rows"),
                            ("apply", "Importing the rows"),
                            ("submit", "Submitting the claims"),
                        ],
                        max_length=10,
                        verbose_name="step",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("parameters", models.JSONField(blank=True, default=dict)),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="total")),
                ("lease", models.UUIDField(blank=True, editable=False, null=True)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("file", models.FileField(blank=True, max_length=200, upload_to=associations.models.jobs.job_path)),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("expires_at", models.DateTimeField(verbose_name="kept until")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="jobs", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "background job",
                "verbose_name_plural": "background jobs",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["owner", "-id"], name="jobs_of_a_person"),
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "running"))), fields=["id"], name="jobs_to_run"
                    ),
                    models.Index(fields=["expires_at"], name="jobs_to_discard"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["export", "reassociation", "migration", "tenants", "subscriptions"])
                        ),
                        name="job_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phase__in", ["write", "check", "apply", "submit"])),
                        name="job_phase_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "running", "done", "failed", "cancelled"])),
                        name="job_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease__isnull", False), ("leased_until__isnull", False), ("state", "running")),
                            models.Q(
                                models.Q(("state", "running"), _negated=True), ("lease", None), ("leased_until", None)
                            ),
                            _connector="OR",
                        ),
                        name="running_job_has_a_lease",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("state__in", ("queued", "running"))),
                            models.Q(
                                models.Q(("state__in", ("queued", "running")), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="finished_job_says_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(max_length=200, upload_to=associations.models.jobs.job_path)),
                ("name", models.CharField(max_length=255)),
                ("kind", models.CharField(max_length=10)),
                ("is_shared", models.BooleanField(default=False)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="associations.job"
                    ),
                ),
            ],
            options={
                "verbose_name": "file of an import",
                "verbose_name_plural": "files of imports",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("job", "name", "is_shared"), name="file_of_a_job_is_there_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="JobRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="row")),
                ("cells", models.JSONField(default=dict)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("valid", "Valid"),
                            ("invalid", "With errors"),
                            ("imported", "Imported"),
                            ("existing", "Already there"),
                            ("submitted", "Submitted"),
                            ("refused", "Not submitted"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=300)),
                ("notes", models.JSONField(blank=True, default=list, verbose_name="notes")),
                (
                    "claim",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="associations.claim",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="associations.job"
                    ),
                ),
            ],
            options={
                "verbose_name": "row of an import",
                "verbose_name_plural": "rows of imports",
                "ordering": ["number"],
                "indexes": [models.Index(fields=["job", "outcome", "number"], name="rows_of_a_job_to_do")],
                "constraints": [
                    models.UniqueConstraint(fields=("job", "number"), name="row_of_a_job_is_there_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                ["waiting", "valid", "invalid", "imported", "existing", "submitted", "refused"],
                            )
                        ),
                        name="row_outcome_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubscriptionWatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="told")),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="watches", to="associations.claim"
                    ),
                ),
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="associations.product")),
                (
                    "watcher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "watched subscription",
                "verbose_name_plural": "watched subscriptions",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(condition=models.Q(("told_at", None)), fields=["id"], name="watches_that_wait")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("told_at", None)),
                        fields=("claim", "product", "watcher"),
                        name="person_watches_a_product_once_per_claim",
                    )
                ],
            },
        ),
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
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="associations.claim",
                        verbose_name="claim",
                    ),
                ),
                (
                    "incoming",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim_hold",
                        to="notifications.incomingemail",
                        verbose_name="incoming email",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="associations.customernotice",
                        verbose_name="customer notice",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="settled by",
                    ),
                ),
            ],
            options={
                "verbose_name": "hold",
                "verbose_name_plural": "holds",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["customer_wrote", "delivery_unclear"])),
                        name="hold_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("reason", ""), ("settled_at", None), ("settled_by", None)),
                            models.Q(
                                (
                                    "outcome__in",
                                    ["opted_out", "sent_again", "lifted", "arrived", "not_arrived", "overtaken"],
                                ),
                                ("settled_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="settled_hold_has_time_and_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_at", None),
                            ("outcome", "overtaken"),
                            ("settled_by__isnull", False),
                            _connector="OR",
                        ),
                        name="hold_was_decided_by_a_person",
                    ),
                ],
            },
        ),
        migrations.RunPython(_reference_data.load, _reference_data.unload),
        migrations.RunPython(_reviewers_group.add_group, _reviewers_group.remove_group),
        migrations.RunPython(_forgetting.guard, _forgetting.unguard),
    ]
