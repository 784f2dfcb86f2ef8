from typing import Any, ClassVar

from django.db import migrations
from django.db.models import Case, Exists, OuterRef, Subquery, Value, When

from associations.migrations._concurrently import ValidateCheck

BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """Write on each approved claim what made it official, and when and why it ended, in batches."""
    claims = apps.get_model("associations", "Claim").objects.filter(status="approved")
    items = apps.get_model("associations", "ClaimedProduct").objects
    events = apps.get_model("associations", "ClaimEvent").objects
    held = items.filter(claim=OuterRef("pk"), association__isnull=False)
    last = held.order_by("-association__ended_at", "-pk")
    # A customer who opted out later is not asked any more what they answered before: the History knows.
    answers = events.filter(claim=OuterRef("pk"), kind__in=["customer_approved", "window_closed"]).order_by("-pk")
    reached = 0
    while ids := list(claims.filter(pk__gt=reached).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        reached = ids[-1]
        batch = claims.filter(pk__in=ids)
        unsaid = batch.filter(official_by="").annotate(answer=Subquery(answers.values("kind")[:1]))
        unsaid.update(
            official_by=Case(
                When(consent_status="acknowledged", then=Value("approval")),
                When(consent_status="declined", answer="customer_approved", then=Value("approval")),
                default=Value("no_reply"),
            )
        )
        over = batch.filter(Exists(held), ~Exists(held.filter(association__ended_at=None)), ended_at=None)
        over.update(
            ended_at=Subquery(last.values("association__ended_at")[:1]),
            end_reason=Subquery(last.values("association__end_reason")[:1]),
        )


class Migration(migrations.Migration):
    # Each batch is a transaction of its own, so that claims are not locked while the portal is used.
    atomic = False

    dependencies: ClassVar = [("associations", "0044_claims_say_when_they_ended")]

    operations: ClassVar = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        ValidateCheck("claim", "official_claim_says_by_what"),
        ValidateCheck("claim", "ended_claim_was_official_and_says_why"),
    ]
