"""Moves claims from status to status."""

from datetime import timedelta

import pytest

from associations.choices import ClaimAction, ConsentStatus, EventKind
from associations.models import Claim
from associations.rules.actors import PORTAL
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.claim.history import Entry
from associations.services.claim.lifecycle import act, lock_claim_on_its_tenant
from tests import stories
from tests.factories import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = MONDAY + timedelta(days=1)


def test_act_moves_a_batch_and_adds_one_line_to_each_history():
    claims = [stories.noticed_claim(), stories.claim_under_review()]

    act(claims, ClaimAction.APPROVE, by=PORTAL, now=LATER)

    for claim, before in zip(claims, ["submitted", "under_review"], strict=True):
        stored, line = stories.fresh(claim), claim.events.latest("pk")
        assert (stored.status, stored.changed_at, stored.closed_at) == ("approved", LATER, LATER)
        assert (line.kind, line.from_status, line.to_status, line.at) == ("approve", before, "approved", LATER)
        assert (line.actor_role, line.actor_id) == ("portal", None)


def test_act_moves_none_when_one_may_not_move():
    claims = [stories.noticed_claim(), stories.draft_claim()]

    with pytest.raises(ActionNotAllowed):
        act(claims, ClaimAction.APPROVE, by=PORTAL, now=LATER)

    assert [stories.fresh(claim).status for claim in claims] == ["submitted", "draft"]
    assert not claims[0].events.filter(kind="approve").exists()


def test_an_approval_closes_a_window_that_has_run_out_and_no_other():
    run_out, answered = stories.noticed_claim(), stories.noticed_claim()
    Claim.objects.filter(pk=answered.pk).update(consent_status=ConsentStatus.ACKNOWLEDGED)
    claims, closes_at = [stories.fresh(run_out), stories.fresh(answered)], run_out.opt_out_closes_at
    assert closes_at is not None

    act(claims, ClaimAction.APPROVE, by=PORTAL, now=closes_at)

    assert [stories.fresh(claim).consent_status for claim in claims] == ["no_objection", "acknowledged"]
    assert [claim.consent_status for claim in claims] == ["no_objection", "acknowledged"]
    assert [stories.fresh(claim).official_by for claim in claims] == ["no_reply", "approval"]
    assert list(run_out.events.values_list("kind", flat=True))[-2:] == ["window_closed", "approve"]
    assert not answered.events.filter(kind="window_closed").exists()
    assert stories.fresh(run_out).history_head == run_out.events.latest("pk").hash


def test_act_keeps_the_note_and_the_details():
    claim = stories.draft_claim()

    act([claim], ClaimAction.CANCEL_DRAFT, Entry("Twice.", {"of": 1}), by=stories.admin_of(claim), now=LATER)

    line = claim.events.latest("pk")
    assert (line.note, line.details, line.actor_id) == ("Twice.", {"of": 1}, claim.created_by_id)


def test_an_undecided_claim_has_no_closing_time():
    assert stories.claim_under_review().closed_at is None


def test_every_action_has_its_line_in_the_history():
    assert {action.value for action in ClaimAction} <= set(EventKind.values)


def test_a_claim_that_is_not_there_cannot_be_locked():
    with pytest.raises(Claim.DoesNotExist):
        lock_claim_on_its_tenant(0)
