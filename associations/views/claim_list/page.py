"""Shows **Customer associations**, the list a partner works in. Its address holds its whole state (domain.md 6.1)."""

from collections.abc import Iterable, Mapping
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

from accounts.models import User
from accounts.rate_limits import limited
from associations.forms.claim_list.columns import COLUMNS, columns_of
from associations.forms.claim_list.existing import TAB, product_names
from associations.forms.claim_list.filter import FLAGS, WINDOWS, ClaimFilter, activity_names
from associations.forms.claim_list.sort import NEWEST_FIRST, SORTS, first_way
from associations.models import Claim, Comment, PartnerLocation
from associations.models.partners import ClaimScope, claim_scope_of
from associations.pagination import Order, Page, page_of
from associations.rules.actors import ROLES
from associations.status_words.claim_status import LABELS, REVIEWS
from associations.views.actor import signed_in
from associations.views.claim_list.bulk import bulk_actions_for
from associations.views.claim_list.existing import existing_tab
from associations.views.claim_list.parts import (
    ColumnHead,
    ListLink,
    head_of,
    links_of,
    optional_columns,
    options_of,
    views_of,
)
from associations.views.claim_list.rows import ROW_CLAIMS, ClaimRow, items_of, row_of
from associations.views.company.permissions import global_admins_for
from associations.views.zones import in_own_zone
from guides.editions import Edition, edition_in_force

CLAIMS_A_PAGE = 25


@require_safe
@limited("search", when=lambda request: "q" in request.GET)
@in_own_zone
def claim_list(request: HttpRequest) -> HttpResponse:
    """Show the claims the person may see, as the address filters and sorts them."""
    user, now = signed_in(request), timezone.now()
    if request.GET.get("tab") == TAB:
        return existing_tab(request, user, now=now)
    scope, columns = claim_scope_of(user), columns_of(user)
    products, locations = product_names(), location_names(scope)
    edition = edition_in_force(now=now)
    sought = ClaimFilter.asked(request.GET).known(edition, products=products, locations=locations)
    if sought.ignored:
        words = _("These parts of the address are not known and were left out: %(names)s.")
        messages.warning(request, words % {"names": ", ".join(sought.ignored)})
    page = page_of_claims(request, sought, within=scope, locations=locations, now=now)
    context = {
        "rows": rows_of(page.rows, scope, reader=user, now=now),
        "sought": sought,
        "tabs": tabs_of(sought, edition),
        "pills": sought.pills(edition, products=products, locations=locations),
        "choices": choices_of(sought, edition, products=products, locations=locations),
        "columns": columns,
        "heads": [claim_head(key, sought) for key in columns],
        "optional_columns": optional_columns(columns),
        "bulk_actions": bulk_actions_for({ROLES[role] for role in scope.roles.values()}),
        "views": views_of(user, scope, sought.query()),
        "save_url": reverse("view_new") + sought.query(),
        "may_draft": scope.may_start,
        "admins": admins_to_ask(user, is_needed=not (page.rows or sought or scope.may_start)),
        **links_of(page, sought, path=request.path),
    }
    return render(request, "associations/list.html", context)


def page_of_claims(
    request: HttpRequest, sought: ClaimFilter, *, within: ClaimScope, locations: Mapping[str, str], now: datetime
) -> Page[Claim]:
    """Return the page of claims that the address names."""
    claims = sought.of(ROW_CLAIMS.within(within), now=now)
    if sought.sort.removeprefix("-") == "location":
        # Finds the same claims, and lets PostgreSQL use the index on the location.
        claims = claims.filter(location__mpn_id__in=list(locations))
    return page_of(claims, asked=request.GET, size=CLAIMS_A_PAGE, order=order_of(sought))


def rows_of(claims: list[Claim], scope: ClaimScope, *, reader: User, now: datetime) -> list[ClaimRow]:
    items = items_of(claims)
    new = Comment.objects.filter(claim__in=claims).new_to(reader, by_reviewers=True).counted()
    return [
        row_of(
            claim,
            items[claim.pk],
            new_comments=new.get(claim.pk, 0),
            now=now,
            may_renew=scope.may_draft(claim.partner_id),
        )
        for claim in claims
    ]


def order_of(sought: ClaimFilter) -> Order | None:
    """Return the chosen order; None for the default, newest first."""
    if sought.sort == NEWEST_FIRST:
        return None
    sort = SORTS[sought.sort.removeprefix("-")]
    is_descending = sought.sort.startswith("-")
    return Order(sought.sort, sort.by, sort.field, is_descending=is_descending, has_index=sort.has_index)


def tabs_of(sought: ClaimFilter, edition: Edition) -> list[ListLink]:
    """Return *All* and the solution areas of *edition*; a tab keeps every other filter."""
    areas = [("", pgettext("claims", "All")), *((area.code, str(area.name)) for area in edition.areas)]
    everywhere = sought.without("area")
    current = next(iter(edition.successors_of(sought.area)), sought.area)
    return [
        ListLink(label, everywhere.query(area=area) or "?", is_current=area == current) for area, label in areas
    ] + [ListLink(_("Existing associations"), f"?tab={TAB}", is_current=False)]


def claim_head(key: str, sought: ClaimFilter) -> ColumnHead:
    """Return the head of a column of claims."""
    sort = COLUMNS[key].sort
    return head_of(key, sought, sort=sort, first_way=first_way(sort) if sort else "")


def choices_of(
    sought: ClaimFilter, edition: Edition, *, products: Mapping[str, str], locations: Mapping[str, str]
) -> dict[str, Any]:
    """Return the options of each field of the filter."""
    upward, downward = _("%(column)s, ascending"), _("%(column)s, descending")
    sorts = [
        (way, words % {"column": sort.label})
        for key, sort in SORTS.items()
        for way, words in ((key, upward), (f"-{key}", downward))
    ]
    selects: list[tuple[str, str, str, Iterable[tuple[str, str | Promise]]]] = [
        ("state", _("Status"), sought.state, LABELS.items()),
        ("review", _("Review"), sought.review, REVIEWS.items()),
        ("activity", _("Activity"), sought.activity, activity_names(edition).items()),
        ("product", _("Product"), sought.product, products.items()),
        ("location", _("MPN location"), sought.location, locations.items()),
        ("window", _("Opt-out period"), sought.window, [(key, label) for key, (label, _q) in WINDOWS.items()]),
    ]
    hidden = [("area", sought.area), ("status", sought.status)]
    return {
        "hidden": [(name, value) for name, value in hidden if value],
        "selects": [(name, label, options_of(choices, chosen)) for name, label, chosen, choices in selects],
        "flags": [(name, label, bool(getattr(sought, name))) for name, label in FLAGS.items()],
        "sorts": options_of(sorts, sought.sort),
    }


def location_names(scope: ClaimScope) -> dict[str, str]:
    """Return the names of the locations in scope, by MPN ID."""
    rows = PartnerLocation.objects.filter(scope.of_locations()).order_by("mpn_id")
    return {mpn_id: f"{mpn_id} {name}" for mpn_id, name in rows.values_list("mpn_id", "name")}


def admins_to_ask(user: User, *, is_needed: bool) -> list[User]:
    return global_admins_for(user) if is_needed else []
