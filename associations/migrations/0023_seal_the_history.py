"""Chain the lines of every History afresh, by the digest of what they say of people: docs/adr/0005."""

from secrets import token_hex
from typing import Any, ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from associations.migrations import _append_only, _forgetting
from associations.rules import history_chain

LASTING = ("claim_id", "kind", "from_status", "to_status", "actor_role", "actor_id")
PERSONAL = ("actor_name", "note")
WRITTEN = ("personal_salt", "personal_digest", "previous_hash", "hash")


class BrokenHistory(Exception):
    """A line is not what was written. To chain it afresh would hide that."""


def chain_afresh(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    claims, events = apps.get_model("associations", "Claim"), apps.get_model("associations", "ClaimEvent")
    _append_only.unguard(apps, schema_editor)
    for claim_id, old_head in claims.objects.order_by("pk").values_list("pk", "history_head").iterator():
        lines = list(events.objects.filter(claim_id=claim_id).order_by("pk"))
        check(lines, head=old_head)
        head = history_chain.START
        for line in lines:
            line.previous_hash = head
            head = seal_and_link(line)
        events.objects.bulk_update(lines, WRITTEN, batch_size=200)
        claims.objects.filter(pk=claim_id).update(history_head=head)
    _forgetting.guard(apps, schema_editor)


def check(lines: list[Any], *, head: str) -> None:
    """Raise BrokenHistory unless *lines* are chained as they were until now, and end in *head*."""
    found = history_chain.START
    for line in lines:
        facts = {name: getattr(line, name) for name in (*LASTING, *PERSONAL, "details")}
        if line.previous_hash != found or line.hash != history_chain.link(found, at=line.at, facts=facts):
            raise BrokenHistory(f"Line {line.pk} of claim {line.claim_id}: run verify_history of the former version.")
        found = line.hash
    if found != head:
        raise BrokenHistory(f"The end of the History of claim {lines[0].claim_id if lines else '?'} is missing.")


def seal_and_link(line: Any) -> str:
    """Write salt, digest and hash of *line*, unsaved, and return its hash."""
    line.personal_salt = token_hex(16)
    said = {name: getattr(line, name) for name in PERSONAL} | {"details": history_chain.personal(line.details)}
    line.personal_digest = history_chain.seal(line.personal_salt, said)
    facts = {name: getattr(line, name) for name in LASTING}
    facts |= {"details": history_chain.lasting(line.details), "personal": line.personal_digest}
    line.hash = history_chain.link(line.previous_hash, at=line.at, facts=facts)
    return str(line.hash)


def back_to_append_only(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _forgetting.unguard(apps, schema_editor)
    _append_only.guard(apps, schema_editor)


class Migration(migrations.Migration):
    """The lines stay sealed when this is undone: the version before can add to them, and verify none of them."""

    dependencies: ClassVar = [("associations", "0022_history_can_forget")]
    operations: ClassVar = [migrations.RunPython(chain_afresh, back_to_append_only)]
