"""docs/benchmarks.md: ratios against budgets, never bare times."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from django.db import connection

from bench.measuring import Figure
from bench.sizes import Size

INTRODUCTION = """\
# Benchmarks

Written by `make bench`, not by hand. Every figure is a ratio to a floor that was measured in the same run, in turns
with the portal: "at most 3.00" is so many times the floor's time, "at least 30% of it" so much of the floor's speed.
Figures are medians. The docstrings in `bench/` say what each floor does.

Machine: {machine}. PostgreSQL {postgres}; gunicorn with 2 workers; everything on loopback.
Load of the machine at the end of the run (1, 5, 15 minutes): {load}. Above the number of
cores others worked on it too, and the figures say little.
Data: {claims:,} claims over {partners:,} partners, one of them with {big:,}; {items:,} items; {events:,} lines of
History.

| work | floor | budget | measured | |
|---|---|---|---|---|
"""


def write_report(path: Path, figures: Sequence[Figure], *, size: Size) -> None:
    """Write the table, and below it why what missed its budget missed it."""
    version = connection.cursor().connection.info.server_version // 10_000
    head = INTRODUCTION.format(
        machine=f"{os.cpu_count()} cores, {_gigabytes():.0f} GB, Python {platform.python_version()}",
        postgres=version,
        load=", ".join(f"{each:.1f}" for each in os.getloadavg()),
        claims=size.claims,
        partners=size.partners,
        big=size.big_partner,
        items=2 * size.claims,
        events=size.events_a_claim * size.claims,
    )
    path.write_text(head + "".join(map(_line, figures)))


def _line(figure: Figure) -> str:
    limit, unit = ("at least", "of it") if figure.wants_more else ("at most", "")
    told = (figure.ratio, figure.budget)
    measured, budget = (f"{each:.0%} {unit}".strip() if figure.wants_more else f"{each:.2f}" for each in told)
    verdict = "holds" if figure.holds else "**missed**"
    note = f"; {figure.note}" if figure.note else ""
    return f"| {figure.work} | {figure.floor} | {limit} {budget} | {measured} | {verdict}{note} |\n"


def _gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
