import datetime

import django.contrib.postgres.indexes
import django.db.models.functions.comparison
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from associations.migrations._concurrently import AddIndexUnderLoad


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("associations", "0010_count_the_items_of_old_claims"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        AddIndexUnderLoad(
            model_name="claim",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_text"], name="claims_by_search_text", opclasses=["gin_trgm_ops"]
            ),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["partner", "name", "id"], name="claims_by_name"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["partner", "domain_name", "id"], name="claims_by_domain"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["partner", "solution_area", "id"], name="claims_by_area"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["partner", "status", "id"], name="claims_by_status"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["partner", "item_count", "id"], name="claims_by_items"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["partner", "created_at", "id"], name="claims_by_creation"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["partner", "changed_at", "id"], name="claims_by_activity_time"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                models.F("partner"),
                django.db.models.functions.comparison.Coalesce(
                    "submitted_at",
                    models.Value(
                        datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                ),
                models.F("id"),
                name="claims_by_submission",
            ),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                models.F("partner"),
                django.db.models.functions.comparison.Coalesce(
                    "opt_out_closes_at",
                    models.Value(
                        datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                ),
                models.F("id"),
                name="claims_by_window",
            ),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                models.F("partner"),
                models.Case(
                    models.When(models.Q(claims_revenue=True), then=models.Value(4)),
                    models.When(models.Q(claims_presales=True, claims_usage=True), then=models.Value(2)),
                    models.When(models.Q(claims_presales=True), then=models.Value(3)),
                    models.When(models.Q(claims_usage=True), then=models.Value(1)),
                    default=models.Value(0),
                    output_field=models.IntegerField(),
                ),
                models.F("id"),
                name="claims_by_activity",
            ),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                models.Case(
                    models.When(
                        status__in=["action_required", "awaiting_customer", "disputed", "submitted", "under_review"],
                        then=django.db.models.functions.comparison.Coalesce(
                            "review_due_at",
                            models.Value(
                                datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                output_field=models.DateTimeField(),
                            ),
                        ),
                    ),
                    default=models.Value(
                        datetime.datetime(9001, 1, 1, 0, 0, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                    output_field=models.DateTimeField(),
                ),
                models.F("id"),
                name="claims_due",
            ),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                models.F("status"),
                models.Case(
                    models.When(
                        status__in=["action_required", "awaiting_customer", "disputed", "submitted", "under_review"],
                        then=django.db.models.functions.comparison.Coalesce(
                            "review_due_at",
                            models.Value(
                                datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                output_field=models.DateTimeField(),
                            ),
                        ),
                    ),
                    default=models.Value(
                        datetime.datetime(9001, 1, 1, 0, 0, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                    output_field=models.DateTimeField(),
                ),
                models.F("id"),
                name="claims_due_by_status",
            ),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                models.F("consent_status"),
                models.Case(
                    models.When(
                        status__in=["action_required", "awaiting_customer", "disputed", "submitted", "under_review"],
                        then=django.db.models.functions.comparison.Coalesce(
                            "review_due_at",
                            models.Value(
                                datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                output_field=models.DateTimeField(),
                            ),
                        ),
                    ),
                    default=models.Value(
                        datetime.datetime(9001, 1, 1, 0, 0, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                    output_field=models.DateTimeField(),
                ),
                models.F("id"),
                name="claims_due_by_consent",
            ),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                models.Case(
                    models.When(
                        status__in=["action_required", "awaiting_customer", "disputed", "submitted", "under_review"],
                        then=django.db.models.functions.comparison.Coalesce(
                            "review_due_at",
                            models.Value(
                                datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.UTC),
                                output_field=models.DateTimeField(),
                            ),
                        ),
                    ),
                    default=models.Value(
                        datetime.datetime(9001, 1, 1, 0, 0, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                    output_field=models.DateTimeField(),
                ),
                models.F("id"),
                condition=models.Q(("has_competing_claim", True)),
                name="claims_due_competing",
            ),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["status", "id"], name="claims_in_status"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["has_competing_claim", "id"], name="claims_competing"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "submitted_at",
                    models.Value(
                        datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                ),
                models.F("id"),
                name="claims_submitted",
            ),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "opt_out_closes_at",
                    models.Value(
                        datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                ),
                models.F("id"),
                name="claims_closing",
            ),
        ),
        AddIndexUnderLoad(
            model_name="customertenant",
            index=models.Index(fields=["name", "id"], name="tenants_by_name"),
        ),
        AddIndexUnderLoad(
            model_name="partner",
            index=models.Index(fields=["name", "id"], name="partners_by_name"),
        ),
    ]
