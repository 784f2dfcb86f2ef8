"""The History of a claim is whole, or the first broken line is named."""

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from associations.choices import EventKind
from associations.models import Claim, ClaimEvent
from associations.rules import history_chain
from associations.rules.actors import PORTAL
from associations.services.association.approval import approve_unopposed_claims
from associations.services.claim.history import Entry, record
from tests import stories
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.both]

triggers = importlib.import_module("associations.migrations._forgetting")
former_triggers = importlib.import_module("associations.migrations._append_only")
sealing = importlib.import_module("associations.migrations.0023_seal_the_history")


@pytest.fixture
def tampering():
    """Take the triggers off, as somebody with the database in their hands could."""
    triggers.unguard(apps, SimpleNamespace(connection=connection))


def test_the_history_of_a_whole_life_is_whole(capsys):
    stories.approved_claim()
    claim = stories.claim_needing_action()

    call_command("verify_history")

    lines = ClaimEvent.objects.count()
    assert capsys.readouterr().out == f"The History of 2 claims is whole: {lines} lines.\n"
    assert claim.events.order_by("-pk")[0].hash == stories.fresh(claim).history_head


@pytest.mark.usefixtures("tampering")
def test_a_changed_line_is_named():
    claim = stories.submitted_claim()
    line = claim.events.get(kind="notice_queued")
    changes = (
        {"note": "Nothing to see here."},
        {"actor_name": "Nobody"},
        {"details": line.details | {"to": "somebody@else.example"}},
        {"details": line.details | {"notice": 2}},
        {"kind": "notice_resent"},
        {"at": MONDAY.replace(year=2019)},
        {"details": {"notice": 1}},
        {"personal_salt": ""},
        {"personal_digest": "0" * 64},
    )
    for change in changes:
        with transaction.atomic():
            ClaimEvent.objects.filter(pk=line.pk).update(**change)

            with pytest.raises(CommandError, match=f"{claim.number}: the History is broken at line {line.pk} of"):
                call_command("verify_history")
            transaction.set_rollback(True)

    call_command("verify_history")


def test_a_line_that_was_emptied_without_a_word_is_named():
    claim = stories.submitted_claim()
    line = claim.events.get(kind="notice_queued")
    line.forget()
    line.save(update_fields=["actor_name", "note", "details", "personal_salt"])

    with pytest.raises(CommandError, match=f"line {line.pk} of .* was emptied, and no later line says so"):
        call_command("verify_history")

    record([claim], EventKind.FORGOTTEN, Entry(details={"lines": [line.pk]}), by=PORTAL, now=MONDAY)
    call_command("verify_history")


@pytest.mark.usefixtures("tampering")
def test_nothing_can_be_put_in_the_place_of_what_was_forgotten():
    claim = stories.submitted_claim()
    line = claim.events.get(kind="notice_queued")
    line.forget()
    line.note = "It never went to anybody."
    line.save()
    record([claim], EventKind.FORGOTTEN, Entry(details={"lines": [line.pk]}), by=PORTAL, now=MONDAY)

    with pytest.raises(CommandError, match=f"is broken at line {line.pk} of"):
        call_command("verify_history")


@pytest.mark.usefixtures("tampering")
def test_a_line_taken_out_is_noticed_at_the_next():
    claim = stories.submitted_claim()
    first, second = claim.events.all()[:2]
    first.delete()

    with pytest.raises(CommandError, match=f"is broken at line {second.pk} of"):
        call_command("verify_history")


@pytest.mark.usefixtures("tampering")
def test_a_line_taken_from_the_end_is_noticed():
    claim = stories.submitted_claim()
    count = claim.events.count()
    claim.events.order_by("-pk")[0].delete()

    with pytest.raises(CommandError, match=f"lines are missing at the end of the History, after {count - 1}"):
        call_command("verify_history")


def test_lines_of_several_claims_written_at_once_keep_their_own_chains():
    first, second = stories.noticed_claim(), stories.noticed_claim()

    approve_unopposed_claims(now=MONDAY.replace(month=11))

    assert Claim.objects.filter(status="approved").count() == 2
    call_command("verify_history")
    assert first.events.order_by("-pk")[0].hash != second.events.order_by("-pk")[0].hash


@pytest.mark.usefixtures("tampering")
def test_a_history_of_the_former_version_is_chained_afresh_unless_it_is_broken():
    claim = stories.claim_needing_action()
    head = chain_as_before(claim)
    Claim.objects.filter(pk=claim.pk).update(history_head=head)
    lines = claim.events.order_by("pk")
    said = list(lines.values("at", "kind", "actor_name", "note", "details"))
    connection.check_constraints()
    former_triggers.guard(apps, SimpleNamespace(connection=connection))

    sealing.chain_afresh(apps, SimpleNamespace(connection=connection))

    call_command("verify_history")
    assert list(lines.values("at", "kind", "actor_name", "note", "details")) == said
    assert len(set(lines.values_list("personal_salt", flat=True))) == len(said)
    with pytest.raises(sealing.BrokenHistory, match=f"of claim {claim.pk}: run verify_history of the former version"):
        sealing.check(list(lines), head=head)


def chain_as_before(claim: Claim) -> str:
    """Chain the lines by the former formula, which hashed everything a line says, and return the last hash."""
    head = history_chain.START
    for line in claim.events.order_by("pk"):
        facts = {name: getattr(line, name) for name in (*sealing.LASTING, *sealing.PERSONAL, "details")}
        line.previous_hash = head
        line.hash = head = history_chain.link(head, at=line.at, facts=facts)
        line.personal_salt = line.personal_digest = ""
        line.save()
    return head
