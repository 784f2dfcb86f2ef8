"""Stopwatches: portal and floor in turns, so that a machine that slows down slows both; medians; memory; locks."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Event, Thread

import psycopg2
from django.db import connection

MEGABYTE = 1024 * 1024
PAGE = 4096
LOOKS_A_SECOND = 50


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the report. *ratio* is time over the floor's, or speed over the floor's where *wants_more*."""

    work: str
    floor: str
    ratio: float
    budget: float
    wants_more: bool = False
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.ratio >= self.budget if self.wants_more else self.ratio <= self.budget


def seconds(act: Callable[[], object]) -> float:
    """Return how long *act* takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def in_turns(portal: Callable[[], object], floor: Callable[[], object], *, times: int) -> tuple[float, float]:
    """Return the median seconds of both, each done *times* times in turns after one go that does not count."""
    portal(), floor()
    pairs = [(seconds(portal), seconds(floor)) for _ in range(times)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def memory(process: int | str = "self") -> float:
    """Return the megabytes that a process holds."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE / MEGABYTE


@dataclass
class Peak:
    """The peak that `peak_memory` has seen so far, in megabytes."""

    start: float
    highest: float

    @property
    def growth(self) -> float:
        return self.highest - self.start


@contextmanager
def peak_memory(*processes: int) -> Iterator[Peak]:
    """Watch the memory of *processes* together, or of this one, and tell how far it rose."""
    watched = processes or ("self",)
    start = sum(map(memory, watched))
    peak, done = Peak(start, start), Event()
    watcher = Thread(target=_weigh, args=(watched, peak, done))
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _weigh(processes: tuple[int | str, ...], peak: Peak, done: Event) -> None:
    while not done.wait(1 / LOOKS_A_SECOND):
        peak.highest = max(peak.highest, sum(map(memory, processes)))


def growth_of_a_worker(*, first: str, then: str) -> float:
    """Return by how many megabytes a process of its own grows over *then*, after *first* has loaded all it needs.

    Both are statements about modules of `bench`. This process has held much, so its own growth would say little.
    """
    modules = {statement.partition(".")[0] for statement in (first, then)}
    lines = (
        "import django",
        "django.setup()",
        f"from bench import {', '.join(modules)}",
        "from bench.measuring import peak_memory",
        first,
        f"with peak_memory() as peak: {then}",
        "print(peak.growth)",
    )
    told = subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, capture_output=True, text=True).stdout
    return float(told.split()[-1])


@dataclass
class Longest:
    """The longest transaction that `longest_transaction` has seen so far."""

    seconds: float = 0.0


@contextmanager
def longest_transaction() -> Iterator[Longest]:
    """Watch this process's connection from another one, and tell how long its longest transaction held its locks."""
    connection.ensure_connection()
    longest, done = Longest(), Event()
    watcher = Thread(target=_watch, args=(connection.connection.info.backend_pid, longest, done))
    watcher.start()
    try:
        yield longest
    finally:
        done.set()
        watcher.join()


def _watch(backend: int, longest: Longest, done: Event) -> None:
    watching = psycopg2.connect(**connection.get_connection_params())
    watching.autocommit = True
    with watching.cursor() as cursor:
        while not done.wait(1 / LOOKS_A_SECOND):
            cursor.execute(
                "SELECT extract(epoch FROM clock_timestamp() - xact_start)::float8 FROM pg_stat_activity"
                " WHERE pid = %s AND xact_start IS NOT NULL",
                [backend],
            )
            for (running,) in cursor.fetchall():
                longest.seconds = max(longest.seconds, running)
    watching.close()
