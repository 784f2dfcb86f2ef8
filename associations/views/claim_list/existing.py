"""The tab of existing associations: those of before this process, in the list's columns (domain.md R5)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.models import User
from associations.background.existing_sheet import existing_in, order_of
from associations.forms.claim_list.columns import columns_of
from associations.forms.claim_list.existing import (
    EXISTING_SORTS,
    SORTED_COLUMNS,
    STATES,
    TAB,
    ExistingFilter,
    product_names,
)
from associations.forms.claim_list.filter import FLAGS, activity_names
from associations.models.partners import claim_scope_of
from associations.pagination import page_of
from associations.rules.shown_status import ShownStatus
from associations.status_words.claim_status import LABELS
from associations.views.claim_list.parts import (
    ColumnHead,
    ListLink,
    head_of,
    links_of,
    optional_columns,
    options_of,
    views_of,
)
from associations.views.existing.list_rows import list_row_of
from guides.editions import Edition, edition_in_force

ITEMS_A_PAGE = 25


@require_safe
def old_address(request: HttpRequest) -> HttpResponse:
    """Redirect the former address of existing associations to their tab, with its search."""
    words, state = request.GET.get("q", ""), ShownStatus.ENDED.value if request.GET.get("show") == "ended" else ""
    parts = {"tab": TAB, "q": words, "state": state}
    stated = {name: value for name, value in parts.items() if value}
    return redirect(f"{reverse('claim_list')}?{urlencode(stated)}")


def existing_tab(request: HttpRequest, user: User, *, now: datetime) -> HttpResponse:
    """Show the existing associations of the companies for all of which the person acts, filtered and sorted."""
    scope, columns = claim_scope_of(user), columns_of(user)
    products = product_names()
    edition = edition_in_force(now=now)
    sought = ExistingFilter.asked(request.GET, products=products, edition=edition)
    if sought.ignored:
        words = _("These parts of the address are not known and were left out: %(names)s.")
        messages.warning(request, words % {"names": ", ".join(sought.ignored)})
    page = page_of(existing_in(scope, sought, now=now), asked=request.GET, size=ITEMS_A_PAGE, order=order_of(sought))
    context = {
        "rows": [
            list_row_of(held, edition, may_renew=scope.may_draft(held.partner_id), now=now) for held in page.rows
        ],
        "sought": sought,
        "is_existing": True,
        "tabs": tabs_of(edition),
        "pills": sought.pills(edition, products=products),
        "choices": choices_of(sought, edition, products=products),
        "columns": columns,
        "heads": [existing_head(key, sought) for key in columns],
        "optional_columns": optional_columns(columns),
        "bulk_actions": [],
        "views": views_of(user, scope, sought.query()),
        "save_url": reverse("view_new") + sought.query(),
        "may_draft": scope.may_start,
        **links_of(page, sought, path=request.path),
    }
    return render(request, "associations/list.html", context)


def tabs_of(edition: Edition) -> list[ListLink]:
    """Return the tabs of claims, and this one."""
    areas = [
        ("", pgettext("claims", "All")),
        *((code, str(name)) for code, name in edition.area_names.items()),
    ]
    claims = [ListLink(label, f"?area={area}" if area else "?", is_current=False) for area, label in areas]
    return [*claims, ListLink(_("Existing associations"), f"?tab={TAB}", is_current=True)]


def existing_head(key: str, sought: ExistingFilter) -> ColumnHead:
    """Return the head of a column of existing associations."""
    sort = SORTED_COLUMNS.get(key, "")
    is_turned = bool(sort) and EXISTING_SORTS[sort].descends_first
    head = head_of(key, sought, sort=sort, first_way=f"-{sort}" if is_turned else sort)
    return replace(head, label=_("Association")) if key == "number" else head


def choices_of(sought: ExistingFilter, edition: Edition, *, products: dict[str, str]) -> dict[str, Any]:
    """Return the options of each field of the filter."""
    upward, downward = _("%(column)s, ascending"), _("%(column)s, descending")
    sorts = [
        (way, words % {"column": sort.label})
        for key, sort in EXISTING_SORTS.items()
        for way, words in ((key, upward), (f"-{key}", downward))
    ]
    states = [(state.value, LABELS[state]) for state in STATES]
    areas = [(code, str(name)) for code, name in edition.area_names.items()]
    return {
        "hidden": [("tab", TAB)],
        "selects": [
            ("state", _("Status"), options_of(states, sought.state)),
            ("area", _("Solution area"), options_of(areas, sought.area)),
            ("activity", _("Activity"), options_of(activity_names(edition).items(), sought.activity)),
            ("product", _("Product"), options_of(products.items(), sought.product)),
        ],
        "flags": [("ending", FLAGS["ending"], bool(sought.ending))],
        "sorts": options_of(sorts, sought.sort),
    }
