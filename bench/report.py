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

# Why the portal takes longer than its floor, by how the work begins: said when it takes too long.
REASONS = {
    "big partner's": "The floor's view knows no session, person, language or filter. The list says who is asking and"
    " what can be chosen in seven small queries, and prints tabs, saved views and a form of 130 options around its"
    " rows. Half of its time is Django's ORM, which builds each of nine queries in Python.",
    "list of a reviewer": "The queue is Django's admin: each of its 500 cells is a call of its own, and three columns"
    " in nine hold a badge or a deadline. Permissions and the counts of the three tabs are queries besides.",
    "search of a reviewer": "As the list of a reviewer.",
    "claim page": "It asks a dozen queries where the floor asks five: usage, arbitration, notices and History each"
    " have their own, and Django builds every one anew.",
    "overview": "It counts, groups by month and ranks all claims of the partner in six statements; the floor fetches"
    " 25 rows of an index.",
    "whole wizard": "Every post reads the whole claim to ask the rules, locks it, reads it again, and writes the"
    " search text, a chained line of History and the reminders; the floor inserts and redirects. A quarter of the"
    " processor time is the process of its own that reads the proof (ADR 20).",
    "import of 1,000 rows": "Each row is a transaction of its own that locks it, checks it anew and writes nine rows"
    " with the services of the wizard. It is a time, not a ratio: others on the machine count in full.",
    "sweep": "Each claim is nine rows that Django builds one by one in Python, with their hashes and the facts of two"
    " mails; the floor lets the database make them.",
    "longest transaction": "A batch is fifty claims. On a busy machine it waits for the processor with its locks.",
    "delivery": "Each email is rendered in its language, and its state is committed before and after it is sent; the"
    " floor's messages are ready made. Renderer, mail server and database share the cores.",
    "usage import": "Every row is checked, and its customer and workload are looked up; what is there is replaced.",
    "upload": "The file travels twice: from the browser to a temporary file, where it is checked and hashed, and from"
    " there to the bucket.",
    "start": "The portal imports its views, forms and mails besides; the floor one view.",
}


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
    path.write_text(head + "".join(map(_line, figures)) + _reasons(figures))


def _reasons(figures: Sequence[Figure]) -> str:
    """Return why what was missed was missed, in a sentence or two for each kind of work."""
    missed = [figure.work for figure in figures if not figure.holds]
    told = [(start, why) for start, why in REASONS.items() if any(work.startswith(start) for work in missed)]
    return (
        "\n## Why what is missed is missed\n\n" + "".join(f"- {start}: {why}\n" for start, why in told) if told else ""
    )


def _line(figure: Figure) -> str:
    limit, unit = ("at least", "of it") if figure.wants_more else ("at most", "")
    told = (figure.ratio, figure.budget)
    measured, budget = (f"{each:.0%} {unit}".strip() if figure.wants_more else f"{each:.2f}" for each in told)
    verdict = "holds" if figure.holds else "**missed**"
    note = f"; {figure.note}" if figure.note else ""
    return f"| {figure.work} | {figure.floor} | {limit} {budget} | {measured} | {verdict}{note} |\n"


def _gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
