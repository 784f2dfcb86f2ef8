"""The rows of the review queue, as Django's `result_list` draws them, but each row in one piece.

Django looks every column of every row up by its name, and asks the URLs for every row which filters its link keeps.
"""

from collections.abc import Iterator
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_value
from django.contrib.admin.views.main import ChangeList
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

register = template.Library()

# A narrow window draws a row as a card, whose cells say what they are.
CHECKBOX, LINKED = '<td class="action-checkbox">{}</td>', '<th class="field-{}">{}</th>'
CELL, EMPTY_CELL = '<td class="field-{}" data-label="{}">{}</td>', '<td class="field-{} is-empty">{}</td>'


@register.inclusion_tag("admin/change_list_results.html")
def queue(cl: ChangeList) -> dict[str, Any]:
    """Draw heads and rows of a list whose columns are methods of its admin, one of them a link."""
    headers = list(result_headers(cl))
    sorted_by = [header for header in headers if header["sortable"] and header["sorted"]]
    return {"cl": cl, "result_headers": headers, "num_sorted_fields": len(sorted_by), "results": list(rows_of(cl))}


def rows_of(cl: ChangeList) -> Iterator[list[SafeString]]:
    """Yield the cells of each row, in one piece."""
    names = [str(name) for name in cl.list_display]
    columns = [getattr(cl.model_admin, name) for name in names]
    (linked,) = (place for place, name in enumerate(names) if name in cl.list_display_links)
    labels = [capfirst(str(getattr(column, "short_description", ""))) for column in columns]
    empty, kept = cl.model_admin.get_empty_value_display(), kept_filters(cl)
    for claim in cl.result_list:
        values = [column(claim) for column in columns]
        link = format_html('<a href="{}{}">{}</a>', cl.url_for_result(claim), kept, shown(values[linked], empty))
        cells = []
        for place, value in enumerate(values):
            if place == linked:
                cells.append(format_html(LINKED, names[place], link))
            elif names[place] == "action_checkbox":  # not for the platform admin, who only reads claims
                cells.append(format_html(CHECKBOX, value))
            elif value in (None, ""):
                cells.append(format_html(EMPTY_CELL, names[place], shown(value, empty)))
            else:
                cells.append(format_html(CELL, names[place], labels[place], shown(value, empty)))
        yield [SafeString("".join(cells))]


def shown(value: object, empty: str) -> str:
    """Return what a column's method returned as the admin prints it."""
    return value if isinstance(value, SafeString) else display_for_value(value, empty)


def kept_filters(cl: ChangeList) -> str:
    """Return what every link to a claim carries so that the way back leads to the list as it is now."""
    context: dict[str, Any] = {"preserved_filters": cl.preserved_filters, "opts": cl.opts}
    return "".join(add_preserved_filters(context, "/").partition("?")[1:])
