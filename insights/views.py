"""Usage of official associations: all customers, one customer, and the figures as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from associations.pagination import page_of
from associations.views.actor import signed_in
from associations.views.company.permissions import global_admins_for
from associations.views.csv_response import csv_response
from associations.views.zones import in_own_zone
from insights.figures import data_as_of, uses_of
from insights.sorting import SORTS, order_asked
from insights.visibility import DOWNLOADERS, items_open_to, matching, usage_of

ITEMS_A_PAGE = 25
LONGEST_SEARCH = 200
ITEMS_AT_ONCE = 500


@require_safe
@in_own_zone
def usage_list(request: HttpRequest) -> HttpResponse:
    """**Usage**: every official item the person may see, with its latest figures, the newest association first.

    The address says what is looked for and how it is sorted.
    """
    user, words = signed_in(request), words_asked(request)
    items, order = items_open_to(user), order_asked(request.GET)
    found = matching(items, words) if words else items
    page = page_of(found, asked=request.GET, size=ITEMS_A_PAGE, order=order)
    way = order.key if order else ""
    uses = uses_of(page.rows)
    context = {
        "uses": uses,
        "words": words,
        "way": way,
        "columns": columns_of(words=words, way=way),
        "as_of": data_as_of(uses),
        "newer_url": address(q=words, sort=way, after=page.newer) if page.newer else "",
        "older_url": address(q=words, sort=way, before=page.older) if page.older else "",
        "csv_url": address("usage_csv", q=words) if may_download(user) else "",
        "admins": [] if uses or words else global_admins_for(user),
    }
    return render(request, "insights/list.html", context)


@require_safe
@in_own_zone
def usage_customer(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """One customer: a chart with its table for each official item, over thirteen months."""
    items = list(items_open_to(signed_in(request)).filter(tenant__tenant_id=tenant_id).order_by("product__name", "pk"))
    if not items:
        raise Http404
    uses = uses_of(items)
    context = {"customer": items[0].tenant, "uses": uses, "as_of": data_as_of(uses)}
    return render(request, "insights/customer.html", context)


@require_safe
def usage_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every month of every item that the list finds and the person may take away, streamed."""
    user = signed_in(request)
    if not may_download(user):
        raise Http404
    rows = csv_rows(user, words=words_asked(request))
    return csv_response(request, name="usage.csv", head=csv_head(), rows=rows)


def csv_head() -> list[str]:
    return [
        _("Customer"),
        _("Directory ID (tenant ID)"),
        _("Product"),
        _("Subscription ID"),
        _("Month"),
        _("Active"),
        _("Assigned"),
        _("Available"),
    ]


def csv_rows(user: User, *, words: str) -> Iterator[list[object]]:
    """Yield a row per item and month, a few hundred items at a time."""
    open_to = items_open_to(user, roles=DOWNLOADERS)
    found = matching(open_to, words) if words else open_to
    items = found.order_by("pk").iterator(chunk_size=ITEMS_AT_ONCE)
    while piece := list(islice(items, ITEMS_AT_ONCE)):
        months = usage_of(piece)
        for item in piece:
            subscription = item.subscription.subscription_id if item.subscription else ""
            for month in months[item.pk]:
                figures = (month.active, "" if month.assigned is None else month.assigned, month.available)
                named = (item.tenant.name, item.tenant.tenant_id, item.product.name, subscription)
                yield [*named, month.month.isoformat(), *figures]


def may_download(user: User) -> bool:
    """Return whether the person may take figures away as a file."""
    return items_open_to(user, roles=DOWNLOADERS).exists()


@dataclass(frozen=True)
class Column:
    """The head of a column: a link that sorts by it, or the other way round when the list is sorted by it already."""

    label: str
    url: str
    aria_sort: str = ""


def columns_of(*, words: str, way: str) -> list[Column]:
    """Return the heads of the table."""
    return [column_of(key, words=words, way=way) for key in SORTS]


def column_of(key: str, *, words: str, way: str) -> Column:
    sort, is_descending = SORTS[key], way.startswith("-")
    if way.removeprefix("-") != key:
        return Column(str(sort.label), address(q=words, sort=f"-{key}" if sort.descends_first else key))
    other_way = key if is_descending else f"-{key}"
    return Column(str(sort.label), address(q=words, sort=other_way), "descending" if is_descending else "ascending")


def words_asked(request: HttpRequest) -> str:
    """Return what is looked for."""
    return request.GET.get("q", "").replace("\x00", "")[:LONGEST_SEARCH].strip()


def address(name: str = "usage_list", **parts: str) -> str:
    """Return the address of the list, or of another page about what it finds, empty parts left out."""
    stated = {key: value for key, value in parts.items() if value}
    return f"{reverse(name)}{f'?{urlencode(stated)}' if stated else ''}"
