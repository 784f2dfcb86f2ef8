"""Readings of an imported sheet's columns: judged at the upload, shown before the import, changeable.

It is kept among the parameters of the job, as JSON.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from babel import Locale
from django.forms import Field
from django.utils import translation

from associations.files.tables.dates import DayOrder, DayReading, day_in, read_days
from associations.files.tables.whole_numbers import DecimalMark, count_in, read_counts
from associations.forms.imports.rows import CountField, DayField, Readings, RowForm
from associations.models import Job

Cells = Mapping[str, str]
Rows = Iterable[tuple[int, Cells]]
Stated = dict[str, Any]


def judged(form: type[RowForm], rows: Rows, *, is_1904: bool = False) -> Stated:
    """Return how the columns of *rows* are read, each judged as a whole.

    A column of days that shows no order takes it from the other columns of the sheet, then from the reader's
    language; without either its doubtful days are refused until the person has chosen.
    """
    cells = [row for _number, row in rows]
    fields = form.base_fields.items()
    days = {name: read_days(texts_of(cells, name)) for name, field in fields if isinstance(field, DayField)}
    counts = {name: read_counts(texts_of(cells, name)) for name, field in fields if isinstance(field, CountField)}
    examples = {name: next(texts_of(cells, name), "") for name in days}
    return {
        "days": {
            name: {
                "order": (helped := with_help(reading, days.values())).order or "",
                "decided_by": helped.decided_by,
                "text": helped.doubtful or examples[name],
                "is_doubtful": bool(helped.doubtful),
            }
            for name, reading in days.items()
            if examples[name]
        },
        "counts": {
            name: {"mark": reading.mark or "", "text": reading.doubtful, "is_certain": reading.is_certain}
            for name, reading in counts.items()
            if reading.doubtful
        },
        "is_1904": is_1904,
    }


def texts_of(cells: Iterable[Cells], name: str) -> Iterator[str]:
    """Yield the texts of one column."""
    return (row[name] for row in cells if row.get(name))


def with_help(reading: DayReading, others: Iterable[DayReading]) -> DayReading:
    """Return *reading* with an order from the other columns or the language, where its own column shows none."""
    if reading.order or reading.is_contradictory or not reading.doubtful:
        return reading
    shown = {other.order: other.decided_by for other in others if other.order}
    if len(shown) == 1:
        ((order, text),) = shown.items()
        return replace(reading, order=order, decided_by=text)
    return replace(reading, order=order_of_language())


def order_of_language() -> DayOrder | None:
    """Return the order in which the language in use writes dates; English is ambiguous."""
    language = translation.get_language() or "en"
    if language == "en":
        return None
    pattern = Locale.parse(translation.to_locale(language)).date_formats["short"].pattern
    return DayOrder.DAY_FIRST if pattern.lower().index("d") < pattern.lower().index("m") else DayOrder.MONTH_FIRST


def readings_of(job: Job) -> Readings:
    """Return how the rows of *job* are read."""
    stated: Stated = job.parameters.get("reading", {})
    return Readings(
        days={name: DayOrder(each["order"]) for name, each in stated.get("days", {}).items() if each["order"]},
        counts={name: DecimalMark(each["mark"]) for name, each in stated.get("counts", {}).items() if each["mark"]},
        is_1904=stated.get("is_1904", False),
    )


def cells_as_read(cells: Cells, keys: Iterable[str], form: type[RowForm], readings: Readings) -> list[str]:
    """Return the *cells* of a row for a sheet that can be read in one way only: days and numbers as they were read."""
    return [as_read(cells.get(key, ""), form.base_fields.get(key), key, readings) for key in keys]


def as_read(text: str, field: Field | None, key: str, readings: Readings) -> str:
    """Return the day or the number that *text* is by its column, in plain form; any other text as it is."""
    try:
        if text and isinstance(field, DayField):
            return day_in(text, order=readings.days.get(key), is_1904=readings.is_1904).isoformat()
        if text and isinstance(field, CountField):
            return str(count_in(text, mark=readings.counts.get(key)))
    except ValueError:
        return text
    return text
