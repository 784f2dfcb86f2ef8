import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0011_sort_and_find_claims_by_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
            options={
                "verbose_name": "result for one claim",
                "verbose_name_plural": "results for one claim",
                "ordering": ["pk"],
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
            ],
            options={
                "verbose_name": "action on many claims",
                "verbose_name_plural": "actions on many claims",
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(blank=True, editable=False, max_length=1000)),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with colleagues")),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="claim",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="associations.claim"
            ),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="draft",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="associations.claim",
            ),
        ),
        migrations.AddField(
            model_name="bulkrun",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="bulk_runs", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="associations.bulkrun"
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="saved_views", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to="associations.partner",
                verbose_name="company",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", ["disassociate", "renew", "add_proof"])), name="bulk_action_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.UniqueConstraint(fields=("run", "claim"), name="claim_is_taken_once_per_run"),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                fields=("partner", "owner", "name"), name="view_name_is_unique_per_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="saved_view_has_a_name"
            ),
        ),
    ]
