"""**Customer associations**: the list a partner works in, whose whole state is its address (domain.md 6.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.limits import limited
from accounts.models import User
from associations.choices import ClaimStatus, MemberRole, SolutionArea
from associations.forms.claim_filter import ACTIVITIES, FLAGS, WINDOWS, ClaimFilter
from associations.forms.claim_sort import NEWEST_FIRST, SORTS
from associations.keyset import Order, Page, page_of
from associations.models import Claim, PartnerLocation, Product, SavedView
from associations.models.partners import ClaimScope, claim_scope_of
from associations.views.access import global_admins_for
from associations.views.bulk import bulk_actions_for
from associations.views.claim_rows import ROW_CLAIMS, Row, items_of, row_of
from associations.views.moments import in_own_zone
from associations.views.people import ROLES, signed_in

CLAIMS_A_PAGE = 25
UP, DOWN = "\N{UPWARDS ARROW}", "\N{DOWNWARDS ARROW}"
# The columns of the table, each with the facts it shows, by which the list can be sorted.
COLUMNS = (
    ("number", "name"),
    ("customer", "domain", "tenant"),
    ("area", "activity"),
    ("items",),
    ("location",),
    ("status",),
    ("window",),
    ("owner",),
    ("created", "submitted", "changed"),
)


@dataclass(frozen=True)
class Link:
    """A way to another list: a solution area, or a saved view."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Heading:
    """A link in a column's head that sorts the list by one fact; *arrow* is there when it does now."""

    label: str
    url: str
    arrow: str


@dataclass(frozen=True)
class Column:
    """The head of a column, and how it is sorted, as `aria-sort` says it: empty when it is not."""

    headings: list[Heading]
    aria_sort: str


@require_safe
@limited("search", when=lambda request: "q" in request.GET)
@in_own_zone
def claim_list(request: HttpRequest) -> HttpResponse:
    """Show the claims the person may see, as the address filters and sorts them."""
    user, now = signed_in(request), timezone.now()
    scope = claim_scope_of(user)
    products, locations = product_names(), location_names(scope)
    sought = ClaimFilter.asked(request.GET).known(products=products, locations=locations)
    if sought.ignored:
        words = _("These parts of the address are not known and were left out: %(names)s.")
        messages.warning(request, words % {"names": ", ".join(sought.ignored)})
    page = page_of_claims(request, sought, within=scope, locations=locations)
    rows = rows_of(page.rows, scope, now=now)
    context = {
        "rows": rows,
        "facts": [row.facts() for row in rows],
        "sought": sought,
        "tabs": tabs_of(sought),
        "pills": sought.pills(products=products, locations=locations),
        "choices": choices_of(sought, products=products, locations=locations),
        "columns": columns_of(sought),
        "bulk_actions": bulk_actions_for({ROLES[MemberRole(role)] for role in scope.roles.values()}),
        "views": views_of(user, scope, sought),
        "save_url": reverse("view_new") + sought.query(),
        "may_draft": scope.may_start,
        "admins": admins_to_ask(user, is_needed=not (page.rows or sought or scope.may_start)),
        **links_of(request, page, sought),
    }
    return render(request, "associations/list.html", context)


def page_of_claims(
    request: HttpRequest, sought: ClaimFilter, *, within: ClaimScope, locations: Mapping[str, str]
) -> Page[Claim]:
    """Return the page of claims that the address names."""
    claims = sought.of(ROW_CLAIMS.within(within))
    if sought.sort.removeprefix("-") == "location":
        # Changes nothing but the way: the database need not walk everybody's locations to find these.
        claims = claims.filter(location__mpn_id__in=list(locations))
    return page_of(claims, asked=request.GET, size=CLAIMS_A_PAGE, order=order_of(sought))


def rows_of(claims: list[Claim], scope: ClaimScope, *, now: datetime) -> list[Row]:
    items = items_of(claims)
    return [row_of(claim, items[claim.pk], now=now, may_renew=scope.may_draft(claim.partner_id)) for claim in claims]


def order_of(sought: ClaimFilter) -> Order | None:
    """Return the order the person chose; None for the usual one, newest first."""
    if sought.sort == NEWEST_FIRST:
        return None
    sort = SORTS[sought.sort.removeprefix("-")]
    return Order(sought.sort, sort.by, sort.field, is_descending=sought.sort.startswith("-"))


def links_of(request: HttpRequest, page: Page[Claim], sought: ClaimFilter) -> dict[str, str]:
    """Return the addresses of the pages around *page*, empty where there is none."""
    above, below = bool(page.newer), bool(page.older)
    queries = {
        "first_url": (above, sought.query()),
        "newer_url": (above, sought.query(after=page.newer)),
        "older_url": (below, sought.query(before=page.older)),
        "last_url": (below, sought.query(end="1")),
    }
    return {name: request.path + query if is_there else "" for name, (is_there, query) in queries.items()}


def tabs_of(sought: ClaimFilter) -> list[Link]:
    """Return *All* and the solution areas; a tab keeps every other filter."""
    areas = [("", pgettext("claims", "All")), *((area.value, str(area.label)) for area in SolutionArea)]
    everywhere = sought.without("area")
    return [Link(label, everywhere.query(area=area) or "?", is_current=area == sought.area) for area, label in areas]


def columns_of(sought: ClaimFilter) -> list[Column]:
    """Return the heads of the table."""
    sorted_by, is_descending = sought.sort.removeprefix("-"), sought.sort.startswith("-")
    way = "descending" if is_descending else "ascending"
    return [Column([heading_of(key, sought) for key in keys], way if sorted_by in keys else "") for keys in COLUMNS]


def heading_of(key: str, sought: ClaimFilter) -> Heading:
    """Return the link that sorts by *key*: the other way round when the list is sorted by it already."""
    sort, is_descending = SORTS[key], sought.sort.startswith("-")
    if sought.sort.removeprefix("-") != key:
        return Heading(str(sort.label), sought.query(sort=f"-{key}" if sort.descends_first else key) or "?", "")
    other_way, arrow = (key, DOWN) if is_descending else (f"-{key}", UP)
    return Heading(str(sort.label), sought.query(sort=other_way) or "?", arrow)


def choices_of(sought: ClaimFilter, *, products: Mapping[str, str], locations: Mapping[str, str]) -> dict[str, Any]:
    """Return what can be chosen in each field of the filter."""
    upward, downward = _("%(column)s, ascending"), _("%(column)s, descending")
    sorts = [
        (way, words % {"column": sort.label})
        for key, sort in SORTS.items()
        for way, words in ((key, upward), (f"-{key}", downward))
    ]
    selects: list[tuple[str, str, str, Iterable[tuple[str, str | Promise]]]] = [
        ("status", _("Status"), sought.status, ClaimStatus.choices),
        ("activity", _("Activity"), sought.activity, [(key, label) for key, (label, _q) in ACTIVITIES.items()]),
        ("product", _("Product"), sought.product, products.items()),
        ("location", _("MPN location"), sought.location, locations.items()),
        ("window", _("Customer period"), sought.window, [(key, label) for key, (label, _q) in WINDOWS.items()]),
    ]
    return {
        "selects": [(name, label, options_of(choices, chosen)) for name, label, chosen, choices in selects],
        "flags": [(name, label, bool(getattr(sought, name))) for name, label in FLAGS.items()],
        "sorts": options_of(sorts, sought.sort),
    }


def options_of(choices: Iterable[tuple[str, str | Promise]], chosen: str) -> list[dict[str, object]]:
    """Return *choices* as the facts of options, the chosen one marked."""
    return [
        {"value": value, "words": words, "is_chosen": "yes" if value == chosen else ""} for value, words in choices
    ]


def product_names() -> dict[str, str]:
    """Return the names of all products by their code."""
    return dict(Product.objects.order_by("name").values_list("code", "name"))


def location_names(scope: ClaimScope) -> dict[str, str]:
    """Return the locations in scope by their MPN ID, and none of anybody else."""
    rows = PartnerLocation.objects.filter(scope.of_locations()).order_by("mpn_id")
    return {mpn_id: f"{mpn_id} {name}" for mpn_id, name in rows.values_list("mpn_id", "name")}


def views_of(user: User, scope: ClaimScope, sought: ClaimFilter) -> list[Link]:
    """Return the saved views the person may open."""
    found = SavedView.objects.open_in(scope.roles, user=user).values_list("name", "query")
    return [Link(name, f"{reverse('claim_list')}{query}", query == sought.query()) for name, query in found]


def admins_to_ask(user: User, *, is_needed: bool) -> list[User]:
    return global_admins_for(user) if is_needed else []
