"""The Celery task and the beat's entry of each clock."""

from typing import Any

from celery import Task

from cpor_portal.celery import app
from operations.clocks import CLOCKS, run_clock


def run(task: Task[[], None]) -> None:
    """Run the clock that *task* is named after."""
    run_clock(task.name.rpartition(".")[2])


for clock in CLOCKS:
    app.task(bind=True, name=clock.task)(run)

SCHEDULE: dict[str, dict[str, Any]] = {
    clock.name: {
        "task": clock.task,
        "schedule": clock.every,
        # Messages expire before they pile up behind a stopped worker.
        "options": {"expires": max(clock.every.total_seconds(), 10), "queue": clock.queue},
    }
    for clock in CLOCKS
}
app.conf.beat_schedule = SCHEDULE
