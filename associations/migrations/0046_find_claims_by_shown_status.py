from typing import ClassVar

from django.db import migrations, models
from django.db.models import Case, F, Value, When

from associations.migrations._concurrently import AddIndexUnderLoad, RemoveIndexUnderLoad

COUNTED = [
    "location",
    "created_by",
    "status",
    "consent_status",
    "submitted_at",
    "closed_at",
    "ended_at",
    "reason_codes",
]
SHOWN_PLACE = Case(
    When(status="draft", then=Value(0)),
    When(status="approved", ended_at__isnull=True, then=Value(6)),
    When(status="approved", then=Value(7)),
    When(status="cancelled", then=Value(9)),
    When(status="rejected", then=Value(8)),
    When(status="rejected_final", then=Value(8)),
    When(status="disputed", then=Value(5)),
    When(status="action_required", then=Value(4)),
    When(consent_status="not_sent", then=Value(1)),
    When(consent_status="queued", then=Value(1)),
    When(consent_status="sent", then=Value(2)),
    default=Value(3),
    output_field=models.IntegerField(),
)


class Migration(migrations.Migration):
    """A partner's claims are found, sorted and counted by the status that people read."""

    atomic = False
    dependencies: ClassVar = [("associations", "0045_fill_when_claims_ended")]

    operations: ClassVar = [
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(F("partner"), SHOWN_PLACE, F("id"), name="claims_by_shown_status"),
        ),
        AddIndexUnderLoad(
            model_name="claim",
            index=models.Index(fields=["partner", "-id"], include=COUNTED, name="claims_counted_in_a_partner"),
        ),
        RemoveIndexUnderLoad(model_name="claim", name="claims_by_status"),
        RemoveIndexUnderLoad(model_name="claim", name="claims_within_a_partner"),
    ]
