"""The last run of each clock: one row per clock, which shows operators one that has stopped."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from notifications.models import ClockRun

# The quickest clock runs every two seconds; nobody needs to know it that well.
AT_MOST_EVERY = timedelta(seconds=3)


@contextmanager
def run_of(clock: str) -> Iterator[None]:
    """Note, as a decorator or a `with` block, that *clock* came to the end of a run; one that fails is not noted."""
    started = time.monotonic()
    yield
    note_run(clock, seconds=time.monotonic() - started)


def note_run(clock: str, *, seconds: float) -> None:
    """Write that *clock* ran until now and took *seconds*, unless it said so a moment ago."""
    now = timezone.now()
    if not ClockRun.objects.filter(clock=clock, ended_at__gt=now - AT_MOST_EVERY, ended_at__lte=now).exists():
        ClockRun.objects.bulk_create(
            [ClockRun(clock=clock, ended_at=now, seconds=seconds)],
            update_conflicts=True,
            unique_fields=["clock"],
            update_fields=["ended_at", "seconds"],
        )
