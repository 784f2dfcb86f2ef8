"""The History of a claim is whole, or the first broken line is named."""

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from associations.models import Claim, ClaimEvent
from associations.services.approval import approve_unopposed_claims
from tests import stories
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def tampering():
    """Take the triggers off, as somebody with the database in their hands could."""
    triggers = importlib.import_module("associations.migrations._append_only")
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
    line = claim.events.all()[1]
    ClaimEvent.objects.filter(pk=line.pk).update(note="Nothing to see here.")

    with pytest.raises(CommandError, match=f"{claim.number}: the History is broken at line {line.pk} of"):
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
