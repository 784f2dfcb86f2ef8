"""Prints the rows of the list of claims with Jinja2, which takes a fraction of the time (ADR 29)."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from jinja2 import Environment, StrictUndefined

from associations.templatetags.dates import short_day
from associations.templatetags.icons import badge, copy_button

register = template.Library()


def environment(**options: Any) -> Environment:
    """Return the environment of the templates in `associations/jinja2/`, with the functions that they may call."""
    made = Environment(**options | {"undefined": StrictUndefined})  # noqa: S701 - Django turns autoescape on
    made.globals |= {
        "_": gettext,
        "badge": badge,
        "copy_button": copy_button,
        "short_day": short_day,
    }
    return made


@register.simple_tag
def claim_rows(rows: Iterable[object], columns: Iterable[str] = (), bulk_form: str = "") -> SafeString:
    """Return a table row with *columns* for each of *rows* (`ClaimRow`).

    A row begins with a checkbox of the form *bulk_form* if there is one.
    """
    context = {
        "rows": rows,
        "columns": columns,
        "bulk_form": bulk_form,
        "copy_label": gettext("Copy tenant ID"),
    }
    page = render_to_string("associations/claim_rows.html", context, using="jinja2")
    return mark_safe(page)  # noqa: S308 - Jinja2 has escaped every value
