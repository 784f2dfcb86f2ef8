"""The differences between two editions, in words of the reader's language."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guides.choices import ProductGroup
from guides.editions import Activity, Area, Edition, Product
from guides.models import GuideActivity, GuideArea, GuideProduct

Row = Area | Activity | Product
# What `is_same` and the pages leave out: it says which row it is.
IDENTITY = frozenset({"code"})
MODELS: dict[type[Row], type[models.Model]] = {Area: GuideArea, Activity: GuideActivity, Product: GuideProduct}


class Change(StrEnum):
    """The ways in which a row differs between two editions."""

    ADDED = "added"
    ENDED = "ended"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class ChangedValue:
    """One value of a row: its label, and what both editions say."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One row that differs: its name in the edition that has it, its kind, and the values that changed.

    A new area can stand *in_place_of* others.
    """

    change: Change
    row: Row
    name: str
    kind: str
    values: tuple[ChangedValue, ...] = ()
    in_place_of: str = ""


def differences(before: Edition, after: Edition) -> list[Difference]:
    """Return how *after* differs from *before*: areas, activities, then products, in the order of the editions."""
    return [
        *differing(before.areas, after.areas, before=before, after=after),
        *differing(before.activities, after.activities, before=before, after=after),
        *differing(before.products, after.products, before=before, after=after),
    ]


def differing(old: Iterable[Row], new: Iterable[Row], *, before: Edition, after: Edition) -> Iterator[Difference]:
    old_rows, new_rows = {row.code: row for row in old}, {row.code: row for row in new}
    for code, row in new_rows.items():
        if code not in old_rows:
            yield difference(Change.ADDED, row, after, in_place_of=replaced_by(row, before, after))
        elif values := changed_values(old_rows[code], row, before=before, after=after):
            yield difference(Change.CHANGED, row, after, values)
    for code, row in old_rows.items():
        if code not in new_rows:
            yield difference(Change.ENDED, row, before)


def difference(
    change: Change, row: Row, edition: Edition, values: tuple[ChangedValue, ...] = (), *, in_place_of: str = ""
) -> Difference:
    kind = capfirst(str(MODELS[type(row)]._meta.verbose_name))
    name = name_of(row, edition)
    return Difference(change=change, row=row, name=name, kind=kind, values=values, in_place_of=in_place_of)


def replaced_by(row: Row, before: Edition, after: Edition) -> str:
    """Return the names of the areas whose place a new one takes; an empty text for none, and for other rows."""
    gone = [area for area in before.areas if after.successor_of(area.code) is row]
    return ", ".join(str(area.name) for area in gone)


def name_of(row: Row, edition: Edition) -> str:
    """Return a row's name; an activity's with its solution area, because areas share names of activities."""
    if isinstance(row, Activity):
        return f"{row.name} ({edition.area_name(row.area)})"
    return str(row.name)


def changed_values(old: Row, new: Row, *, before: Edition, after: Edition) -> tuple[ChangedValue, ...]:
    """Return the values that differ, with their labels."""
    names = [field.name for field in fields(old) if field.name not in IDENTITY]
    return tuple(
        ChangedValue(
            label=capfirst(label_of(type(new), name)),
            before=in_words(name, getattr(old, name), before),
            after=in_words(name, getattr(new, name), after),
        )
        for name in names
        if getattr(old, name) != getattr(new, name) and not (name == "area" and follows(old, new, after))
    )


def follows(old: Row, new: Row, after: Edition) -> bool:
    """Return whether a row is in another area only because that one took the place of its own."""
    if isinstance(old, Area) or isinstance(new, Area):
        return False
    successor = after.successor_of(old.area)
    return successor is not None and successor.code == new.area


def label_of(row: type[Row], name: str) -> str:
    return str(getattr(MODELS[row]._meta.get_field(name), "verbose_name", name))


def in_words(name: str, value: Any, edition: Edition) -> str:
    """Return a value as a reader says it."""
    if value is None:
        return _("no limit")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int):
        return str(value)
    if name in WORDS:
        return WORDS[name](value, edition)
    return str(value)


def labels(values: Iterable[Any], edition: Edition) -> str:
    """Return the labels of several choices, in the order of their names."""
    return ", ".join(sorted(str(value.label) for value in values)) or _("nothing")


def names_of_activities(codes: Iterable[str], edition: Edition) -> str:
    return ", ".join(name_of(activity, edition) for activity in edition.activities_named(list(codes))) or _("nothing")


def texts(values: Iterable[str], edition: Edition) -> str:
    return ", ".join(values) or _("nothing")


def label(value: Any, edition: Edition) -> str:
    return str(value.label)


WORDS: Mapping[str, Callable[[Any, Edition], str]] = {
    "area": lambda code, edition: edition.area_name(code),
    "grain": label,
    "contact_policy": label,
    "asks": labels,
    "proof_elements": labels,
    "signature_kinds": labels,
    "sales_channels": labels,
    "group": lambda code, edition: str(ProductGroup(code).label),
    "activities": names_of_activities,
    "succeeds": texts,
    "former_names": texts,
    "synonyms": texts,
}
