"""Jobs: one worker at a time, resumed after a death, told once, deleted in time."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from associations.job_choices import JobPhase
from associations.models import Job
from associations.services.background import jobs
from associations.services.background.jobs import JobNotReady, LeaseLost
from notifications.models import Notification
from tests.factories import MONDAY, JobFactory, JobFileFactory, JobRowFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LATER = MONDAY + timedelta(minutes=3)


def take() -> Job:
    job = jobs.take_job(now=MONDAY)
    assert job
    return job


def test_take_job_gives_a_job_to_one_worker():
    JobFactory()

    first, second = jobs.take_job(now=MONDAY), jobs.take_job(now=MONDAY)

    assert first
    assert second is None


def test_a_job_whose_worker_died_is_taken_again_and_the_dead_one_writes_nothing():
    JobFactory()
    dead = take()

    assert jobs.take_job(now=MONDAY + timedelta(minutes=1)) is None
    alive = jobs.take_job(now=LATER)

    assert alive
    for write in (
        lambda: jobs.renew(dead, done=1, now=LATER),
        lambda: jobs.give_back(dead),
        lambda: jobs.finish(dead, now=LATER),
        lambda: jobs.fail(dead, now=LATER),
    ):
        with pytest.raises(LeaseLost):
            write()
    jobs.finish(alive, now=LATER)
    assert Job.objects.get().state == "done"


def test_a_job_that_kills_its_workers_is_given_up_and_its_owner_told():
    job = JobFactory()

    taken = [jobs.take_job(now=MONDAY + n * timedelta(minutes=3)) for n in range(4)]

    assert [each is not None for each in taken] == [True, True, True, False]
    job.refresh_from_db()
    assert job.state == "failed"
    assert Notification.objects.get().context["state"] == "failed"


def test_a_job_that_goes_forward_is_never_given_up():
    JobFactory(total=100)

    for n in range(6):
        job = jobs.take_job(now=MONDAY + n * timedelta(minutes=3))
        assert job
        jobs.renew(job, done=n + 1, now=MONDAY + n * timedelta(minutes=3))

    assert Job.objects.get().done == 6


def test_cancel_takes_the_job_from_its_worker():
    job = JobFactory()
    taken = take()

    jobs.cancel(job_id=job.pk, now=MONDAY)

    with pytest.raises(LeaseLost):
        jobs.renew(taken, done=1, now=MONDAY)
    with pytest.raises(JobNotReady):
        jobs.cancel(job_id=job.pk, now=MONDAY)
    assert not Notification.objects.exists()


def test_go_on_is_for_an_import_that_was_checked_and_has_something_to_do():
    job = JobFactory(kind="tenants", phase="check")
    JobRowFactory(job=job, outcome="invalid")

    with pytest.raises(JobNotReady):
        jobs.go_on(job_id=job.pk, phase=JobPhase.APPLY, now=MONDAY)
    jobs.finish(take(), now=MONDAY)
    with pytest.raises(JobNotReady):
        jobs.go_on(job_id=job.pk, phase=JobPhase.APPLY, now=MONDAY)
    JobRowFactory(job=job, outcome="valid")
    moved = jobs.go_on(job_id=job.pk, phase=JobPhase.APPLY, now=MONDAY)

    assert (moved.state, moved.phase, moved.total) == ("queued", "apply", 1)
    with pytest.raises(JobNotReady):
        jobs.go_on(job_id=job.pk, phase=JobPhase.APPLY, now=MONDAY)


def test_a_job_is_deleted_with_its_files_after_fourteen_days(django_capture_on_commit_callbacks):
    JobFactory()
    job = take()
    jobs.finish(job, now=MONDAY, file=ContentFile(b"a,b"), name="list.csv")
    proof = JobFileFactory(job=job)
    storage, names = job.file.storage, (str(job.file.name), str(proof.file.name))

    with django_capture_on_commit_callbacks(execute=True):
        assert jobs.discard_expired(now=MONDAY + timedelta(days=14) - timedelta(seconds=1)) == 0
        assert all(storage.exists(name) for name in names)
        assert jobs.discard_expired(now=MONDAY + timedelta(days=14)) == 1

    assert not Job.objects.exists()
    assert not any(storage.exists(name) for name in names)


def test_a_job_in_hand_is_not_deleted():
    JobFactory(expires_at=MONDAY)
    take()

    assert jobs.discard_expired(now=MONDAY + timedelta(days=30)) == 0
