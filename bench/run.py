"""One run: build the data, measure everything, write the report."""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from django.core.management import call_command

from bench import (
    data,
    delivering,
    exporting,
    growing,
    importing,
    metering,
    pages,
    starting,
    sweeping,
    uploading,
    wizard,
)
from bench.measuring import Figure
from bench.report import write_report
from bench.sizes import Size

# In this order: what adds claims comes after what looks at them.
BENCHMARKS: dict[str, Callable[[Size], Iterator[Figure]]] = {
    "pages": pages.read_pages,
    "export": exporting.export_claims,
    "usage": metering.import_usage_report,
    "upload": uploading.upload_proofs,
    "wizard": wizard.file_claims,
    "import": importing.import_customers,
    "sweep": sweeping.sweep_due_claims,
    "delivery": delivering.deliver_mails,
    "start": starting.start_serving,
}
GROWTH = "growth"


def run(size: Size, *, only: Sequence[str], report: Path) -> bool:
    """Measure what *only* names, or everything, and return whether every budget holds."""
    tell("Building the data")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    wanted = [name for name in (GROWTH, *BENCHMARKS) if not only or name in only]
    with_few = growing.list_with_few_claims() if GROWTH in wanted else 1.0
    data.build(size)
    benchmarks = {GROWTH: partial(growing.list_with_all_claims, with_few=with_few)} | BENCHMARKS
    figures = []
    for name in wanted:
        tell(f"Measuring: {name}")
        for figure in benchmarks[name](size):
            tell(f"  {figure.work}: {figure.ratio:.2f} ({'holds' if figure.holds else 'MISSED'}) {figure.note}")
            figures.append(figure)
        # After each of them: what breaks late takes nothing of a long run with it.
        write_report(report, figures, size=size)
    return all(figure.holds for figure in figures)


def tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
