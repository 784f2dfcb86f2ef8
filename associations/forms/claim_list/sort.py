"""Orders of the list of claims, as the address names them: `sort=-changed` (domain.md 6.1)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateTimeField, Expression, F, Field, IntegerField, UUIDField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations.models.claim_queries import CLOSES_OR_NEVER, SHOWN_PLACE, SUBMITTED_OR_NEVER
from associations.stored_activities import ACTIVITY_RANK


@dataclass(frozen=True)
class Sort:
    """One order of the list; *descends_first* is the direction that most people want first."""

    label: str | Promise
    by: F | Expression
    field: "Field[Any, Any]"
    descends_first: bool = False
    has_index: bool = True


SORTS: dict[str, Sort] = {
    "number": Sort(_("Claim number"), F("pk"), IntegerField(), descends_first=True),
    "name": Sort(_("Claim name"), F("name"), CharField()),
    "customer": Sort(_("Customer"), F("tenant__name"), CharField()),
    "domain": Sort(_("Domain"), F("domain_name"), CharField(), has_index=False),
    "tenant": Sort(_("Tenant ID"), F("tenant__tenant_id"), UUIDField()),
    "area": Sort(_("Solution area"), F("solution_area"), CharField(), has_index=False),
    "activity": Sort(_("Activity"), ACTIVITY_RANK, IntegerField(), has_index=False),
    "items": Sort(_("Items"), F("item_count"), IntegerField(), descends_first=True, has_index=False),
    "location": Sort(_("MPN location"), F("location__mpn_id"), CharField()),
    "status": Sort(_("Status"), SHOWN_PLACE, IntegerField()),
    "window": Sort(_("Opt-out period"), CLOSES_OR_NEVER, DateTimeField(), descends_first=True),
    "owner": Sort(_("Owner"), F("created_by__full_name"), CharField()),
    "created": Sort(_("Created"), F("created_at"), DateTimeField(), descends_first=True, has_index=False),
    "submitted": Sort(_("Submitted on"), SUBMITTED_OR_NEVER, DateTimeField(), descends_first=True),
    "changed": Sort(_("Last activity"), F("changed_at"), DateTimeField(), descends_first=True),
}
NEWEST_FIRST = "-number"
WAYS = frozenset(f"{sign}{key}" for key in SORTS for sign in ("", "-"))


def first_way(key: str) -> str:
    """Return the order by *key* in the direction that most people want first."""
    return f"-{key}" if SORTS[key].descends_first else key
