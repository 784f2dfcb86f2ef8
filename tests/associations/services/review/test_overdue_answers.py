"""A question that a partner does not answer in time rejects the claim (T9)."""

from datetime import UTC, datetime, timedelta

import pytest

from associations.models import Claim
from associations.services.claim import submission
from associations.services.review import overdue_answers
from notifications.models import OutboxEmail
from tests import stories

pytestmark = [pytest.mark.django_db, pytest.mark.both]

MINUTE = timedelta(minutes=1)
ANSWER_DUE = datetime(2020, 10, 26, 23, tzinfo=UTC)


def mails(claim):
    emails = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:").order_by("pk")
    return list(emails.values_list("template", flat=True))


def test_a_question_without_an_answer_rejects_the_claim_on_the_sixth_day():
    claim = stories.claim_needing_action()

    assert overdue_answers.expire_answers(now=ANSWER_DUE) == 1

    stored = stories.fresh(claim)
    assert (stored.status, stored.reason_codes) == ("rejected", ["NO_PARTNER_RESPONSE"])
    assert (stored.closed_at, stored.answer_due_at) == (ANSWER_DUE, None)
    assert stored.dispute_closes_at == datetime(2020, 11, 26, 23, tzinfo=UTC)
    line = claim.events.get(kind="expire_answer")
    assert (line.actor_role, line.to_status) == ("portal", "rejected")
    assert mails(claim)[-2:] == ["request_closed", "claim_rejected"]


def test_a_question_is_open_until_the_last_moment():
    claim = stories.claim_needing_action()

    assert overdue_answers.expire_answers(now=ANSWER_DUE - timedelta(seconds=1)) == 0

    assert stories.fresh(claim).status == "action_required"


def test_a_question_runs_out_once_however_often_the_clock_runs():
    claim = stories.claim_needing_action()

    assert [overdue_answers.expire_answers(now=ANSWER_DUE + MINUTE * turn) for turn in range(3)] == [1, 0, 0]

    assert mails(claim).count("claim_rejected") == 1


def test_a_question_that_was_answered_meanwhile_does_not_run_out():
    claim = stories.claim_needing_action()
    by = stories.admin_of(claim)
    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=by, now=ANSWER_DUE - MINUTE)

    assert overdue_answers.expire_answers(now=ANSWER_DUE) == 0
    assert overdue_answers.expire_answer(claim.pk, now=ANSWER_DUE) is False

    assert stories.fresh(claim).status == "under_review"


def test_a_claim_that_ran_out_leaves_the_field_to_the_other_partner():
    claim = stories.claim_needing_action()
    rival = stories.noticed_claim(tenant=claim.tenant)

    overdue_answers.expire_answers(now=ANSWER_DUE)

    assert stories.fresh(rival).has_competing_claim is False


def test_one_question_that_fails_is_left_and_stops_no_other(caplog):
    broken, sound = stories.claim_needing_action(), stories.claim_needing_action()
    Claim.objects.filter(pk=broken.pk).update(window_zone="Nowhere/At_All")

    assert overdue_answers.expire_answers(now=ANSWER_DUE) == 1

    assert stories.fresh(broken).status == "action_required"
    assert stories.fresh(sound).status == "rejected"
    assert "was left for the next run" in caplog.text
