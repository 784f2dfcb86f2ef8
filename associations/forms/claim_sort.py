"""What the list of claims can be sorted by, as it stands in the address: `sort=-changed` (domain.md 6.1)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateTimeField, Expression, F, Field, IntegerField, UUIDField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations.models.claims import ACTIVITY_RANK, CLOSES_OR_NEVER, SUBMITTED_OR_NEVER


@dataclass(frozen=True)
class Sort:
    """One order of the list; *descends_first* is how most people want it when they choose it."""

    label: str | Promise
    by: F | Expression
    field: "Field[Any, Any]"
    descends_first: bool = False


SORTS: dict[str, Sort] = {
    "number": Sort(_("Claim number"), F("pk"), IntegerField(), descends_first=True),
    "name": Sort(_("Claim name"), F("name"), CharField()),
    "customer": Sort(_("Customer"), F("tenant__name"), CharField()),
    "domain": Sort(_("Domain"), F("domain_name"), CharField()),
    "tenant": Sort(_("Tenant ID"), F("tenant__tenant_id"), UUIDField()),
    "area": Sort(_("Solution area"), F("solution_area"), CharField()),
    "activity": Sort(_("Activity"), ACTIVITY_RANK, IntegerField()),
    "items": Sort(_("Items"), F("item_count"), IntegerField(), descends_first=True),
    "location": Sort(_("MPN location"), F("location__mpn_id"), CharField()),
    "status": Sort(_("Status"), F("status"), CharField()),
    "window": Sort(_("Customer period"), CLOSES_OR_NEVER, DateTimeField(), descends_first=True),
    "owner": Sort(_("Owner"), F("created_by__full_name"), CharField()),
    "created": Sort(_("Created"), F("created_at"), DateTimeField(), descends_first=True),
    "submitted": Sort(_("Submitted on"), SUBMITTED_OR_NEVER, DateTimeField(), descends_first=True),
    "changed": Sort(_("Last activity"), F("changed_at"), DateTimeField(), descends_first=True),
}
NEWEST_FIRST = "-number"
WAYS = frozenset(f"{sign}{key}" for key in SORTS for sign in ("", "-"))
