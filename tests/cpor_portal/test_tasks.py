"""Workers and the beat know every clock, by the names that messages in a broker carry."""

import pytest

from associations.files.waking import READINGS
from cpor_portal import tasks
from cpor_portal.celery import app
from notifications.models import ClockRun
from operations.clocks import CLOCKS

# A broker may hold messages of the release before.
NAMES_OF_THE_RELEASE_BEFORE = {
    "associations.tasks.approve_unopposed_claims",
    "associations.tasks.discard_ended_sessions",
    "associations.tasks.discard_expired_jobs",
    "associations.tasks.expire_answers",
    "associations.tasks.expire_associations",
    "associations.tasks.forget_closed_claims",
    "associations.tasks.hear_incoming_emails",
    "associations.tasks.note_undelivered_notices",
    "associations.tasks.open_windows",
    "associations.tasks.remove_loose_files",
    "associations.tasks.run_due_jobs",
    "associations.tasks.scan_proofs",
    "associations.tasks.send_due_reminders",
    "associations.tasks.send_review_digests",
    "associations.tasks.tell_watchers",
    "notifications.tasks.deliver_due_emails",
    "notifications.tasks.read_bounces",
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(NAMES_OF_THE_RELEASE_BEFORE))
def test_a_message_of_the_release_before_runs_its_clock(name):
    app.tasks[name].apply(throw=True)

    assert ClockRun.objects.get().clock == name.rpartition(".")[2]


def test_the_beat_starts_every_clock_by_a_task_that_workers_know():
    schedule = app.conf.beat_schedule

    assert set(schedule) == {clock.name for clock in CLOCKS}
    assert {entry["task"] for entry in schedule.values()} == {clock.task for clock in CLOCKS}
    assert {entry["task"] for entry in schedule.values()} <= set(app.tasks)


def test_messages_expire_before_they_pile_up_but_not_within_ten_seconds():
    assert tasks.SCHEDULE["deliver_due_emails"]["options"] == {"expires": 10, "queue": "celery"}
    assert tasks.SCHEDULE["expire_answers"]["options"] == {"expires": 300, "queue": "celery"}


def test_only_the_reading_of_proofs_has_a_queue_of_its_own():
    queues = {name: entry["options"]["queue"] for name, entry in tasks.SCHEDULE.items()}

    assert {name for name, queue in queues.items() if queue != "celery"} == {"read_proofs"}
    assert queues["read_proofs"] == READINGS
