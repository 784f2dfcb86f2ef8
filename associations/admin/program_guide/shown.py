"""The values of a published row as the admin shows them: nothing can be entered there."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext

from guides.fields import ListField, NamesField

Shown = str | Callable[[models.Model], Any]


def shown_fields(model: type[models.Model], names: Iterable[str]) -> list[Shown]:
    """Return what the admin shows of each column: texts in every language, and lists in words."""
    return [shown(model, name) for name in names]


def shown(model: type[models.Model], name: str) -> Shown:
    field = model._meta.get_field(name)
    if isinstance(field, NamesField):
        return described(field, lambda row: in_every_language(getattr(row, name)))
    if isinstance(field, ListField):
        return described(field, lambda row: in_a_list(field, getattr(row, name)))
    return name


def described(field: Any, value: Callable[[Any], str]) -> Callable[[models.Model], str]:
    @admin.display(description=field.verbose_name)
    def column(row: models.Model) -> str:
        return value(row)

    column.__name__ = field.name
    return column


def in_every_language(texts: dict[str, str]) -> SafeString | str:
    """Return each text with its language, a line each."""
    lines = [(get_language_info(code)["name_translated"], code, text) for code, text in texts.items()]
    return format_html_join("", '<div>{}: <span lang="{}">{}</span></div>', lines) or "-"


def in_a_list(field: ListField, values: list[str]) -> str:
    labels = dict(field.codes.choices) if field.codes is not None else {}
    return ", ".join(str(labels.get(value, value)) for value in values) or gettext("nothing")
