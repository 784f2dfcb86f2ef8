"""One run: build the data, measure everything, write the report."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.core.management import call_command

from bench import data, delivering, pages, starting, sweeping, wizard
from bench.measuring import Figure
from bench.report import write_report
from bench.sizes import Size

# In this order: what adds claims comes after what looks at them.
BENCHMARKS: dict[str, Callable[[Size], Iterator[Figure]]] = {
    "pages": pages.read_pages,
    "wizard": wizard.file_claims,
    "sweep": sweeping.sweep_due_claims,
    "delivery": delivering.deliver_mails,
    "start": starting.start_serving,
}


def run(size: Size, *, only: Sequence[str], report: Path) -> bool:
    """Measure what *only* names, or everything, and return whether every budget holds."""
    tell("Building the data")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    data.build(size)
    figures = []
    for name, benchmark in BENCHMARKS.items():
        if only and name not in only:
            continue
        tell(f"Measuring: {name}")
        for figure in benchmark(size):
            tell(f"  {figure.work}: {figure.ratio:.2f} ({'holds' if figure.holds else 'MISSED'}) {figure.note}")
            figures.append(figure)
    write_report(report, figures, size=size)
    return all(figure.holds for figure in figures)


def tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
