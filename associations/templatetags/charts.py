"""The table beside a chart, read from the same figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from django import template

register = template.Library()


@dataclass(frozen=True)
class ChartRow:
    """One label of a chart, its figure in every series, and its link."""

    label: str
    values: tuple[float | None, ...]
    url: str


@register.filter
def chart_rows(chart: Mapping[str, Any]) -> Iterator[ChartRow]:
    """Yield the rows of the chart, label by label. Raise ValueError if a series has another length than the labels."""
    urls = chart.get("urls") or repeat("", len(chart["labels"]))
    columns = [series["values"] for series in chart["series"]]
    for label, url, *values in zip(chart["labels"], urls, *columns, strict=True):
        yield ChartRow(label, tuple(values), url)
