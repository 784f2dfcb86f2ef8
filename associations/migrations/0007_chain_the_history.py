"""Chain the lines that were written before Histories had a chain."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from associations.migrations._append_only import guard, unguard
from associations.rules import history_chain

FACTS = (
    "claim_id",
    "kind",
    "from_status",
    "to_status",
    "actor_role",
    "actor_id",
    "actor_name",
    "note",
    "details",
)


def chain(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    claims, events = apps.get_model("associations", "Claim"), apps.get_model("associations", "ClaimEvent")
    unguard(apps, schema_editor)
    heads: dict[int, str] = {}
    for line in events.objects.order_by("pk").iterator():
        line.previous_hash = heads.get(line.claim_id, history_chain.START)
        facts = {name: getattr(line, name) for name in FACTS}
        line.hash = heads[line.claim_id] = history_chain.link(line.previous_hash, at=line.at, facts=facts)
        line.save(update_fields=["previous_hash", "hash"])
    for claim_id, head in heads.items():
        claims.objects.filter(pk=claim_id).update(history_head=head)
    guard(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("associations", "0006_history_gets_a_chain")]
    operations: ClassVar = [migrations.RunPython(chain, migrations.RunPython.noop)]
