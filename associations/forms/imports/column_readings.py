"""Shows how the columns of a sheet were read, and lets the person choose another reading."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from associations.files.tables.dates import DayOrder, NotADay, day_in
from associations.files.tables.whole_numbers import DecimalMark, NotACount, count_in
from associations.forms.imports.rows import day_in_words

CODE_PAGES = {
    "cp1252": _("Western European (Windows)"),
    "cp1250": _("Central European (Windows)"),
    "cp1251": _("Cyrillic (Windows)"),
    "cp1253": _("Greek (Windows)"),
    "cp1254": _("Turkish (Windows)"),
    "cp1255": _("Hebrew (Windows)"),
    "cp1256": _("Arabic (Windows)"),
    "cp1257": _("Baltic (Windows)"),
    "cp1258": _("Vietnamese (Windows)"),
    "cp874": _("Thai (Windows)"),
    "cp932": _("Japanese (Shift JIS)"),
    "cp936": _("Simplified Chinese (GBK)"),
    "cp949": _("Korean"),
    "cp950": _("Traditional Chinese (Big5)"),
    "mac_roman": _("Western European (Mac)"),
    "cp850": _("Western European (DOS)"),
    "cp852": _("Central European (DOS)"),
}
ORDERS = {
    DayOrder.DAY_FIRST: pgettext_lazy("the order of a date", "Day first"),
    DayOrder.MONTH_FIRST: pgettext_lazy("the order of a date", "Month first"),
}

Choices = list[tuple[str, str]]


class ReadingForm(forms.Form):
    """One question for each column that can be read in two ways, and one for the letters of a text without UTF-8."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, reading: Mapping[str, Any], labels: Mapping[str, str]) -> None:
        super().__init__(data)
        # Each question with the answer by which the sheet is read.
        self.answered: list[tuple[str, str]] = []
        if reading.get("code_page"):
            pages = code_pages(reading["letters"])
            why = _("The file is not in UTF-8. Select the line whose words are spelled right.")
            self.ask("code_page", str(_("Letters")), pages, reading["code_page"], why=str(why))
        for name, column in reading.get("days", {}).items():
            if column["is_doubtful"]:
                self.ask(f"days_{name}", labels[name], days(column["text"]), column["order"], why=why_so(column))
        for name, column in reading.get("counts", {}).items():
            self.ask(f"counts_{name}", labels[name], counts(column["text"]), column["mark"])

    def ask(self, name: str, label: str, choices: Choices, initial: str, *, why: str = "") -> None:
        """Add a question with its present answer; none where nothing decided."""
        self.answered.append((label, dict(choices).get(initial, "")))
        self.fields[name] = forms.ChoiceField(
            label=label, choices=choices, initial=initial, help_text=why, widget=forms.RadioSelect
        )


def why_so(column: Mapping[str, str]) -> str:
    """Return why a column of days is read as it is."""
    if column["decided_by"]:
        return str(_("%(day)s shows the order.") % {"day": column["decided_by"]})
    if column["order"]:
        return str(_("No day of the sheet shows the order."))
    return str(_("No day of the sheet shows the order, so it is up to you."))


def code_pages(letters: Iterable[tuple[str, list[str]]]) -> Choices:
    """Return the code pages with the words of the sheet as each of them reads it."""
    return [(page, f"{CODE_PAGES[page]}: {', '.join(words)}") for page, words in letters]


def days(text: str) -> Choices:
    """Return both orders with the day that *text* is by each."""
    return [(order.value, f"{label}: {in_words(text, order)}") for order, label in ORDERS.items()]


def counts(text: str) -> Choices:
    """Return both marks of decimals with the number that *text* is by each."""
    return list(numbers(text))


def numbers(text: str) -> Iterator[tuple[str, str]]:
    for mark in DecimalMark:
        try:
            number = number_format(count_in(text, mark=mark), use_l10n=True, force_grouping=True)
        except NotACount:
            continue
        yield mark.value, str(_("%(text)s is %(number)s") % {"text": text, "number": number})


def in_words(text: str, order: DayOrder | None, *, is_1904: bool = False) -> str:
    """Return "10/1/2020 is 10 January 2020", or *text* alone where it is no day."""
    try:
        day = day_in_words(day_in(text, order=order, is_1904=is_1904))
    except NotADay:
        return text
    return str(_("%(text)s is %(day)s") % {"text": text, "day": day})


def plain_days(reading: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the label of each column of days that can be read in one way only, and how its first day was read."""
    for name, column in reading.get("days", {}).items():
        if not column["is_doubtful"]:
            order = DayOrder(column["order"]) if column["order"] else None
            yield labels[name], in_words(column["text"], order, is_1904=reading.get("is_1904", False))
