"""The list as a file: its head and its rows, whether a page hands it out at once or a worker writes it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import User
from associations.background.claim_sheet import ClaimSheet, exportable_by
from associations.background.existing_sheet import ExistingSheet, existing_in, order_of
from associations.forms.claim_list.existing import TAB, ExistingFilter
from associations.forms.claim_list.filter import ClaimFilter
from associations.models import Association
from associations.models.claim_queries import ClaimQuerySet
from associations.models.partners import claim_scope_of
from associations.pagination import sorted_by

ROWS_A_CHUNK = 2000


def is_of_existing(address: Mapping[str, Any]) -> bool:
    """Return whether *address* is that of the tab of existing associations."""
    return address.get("tab") == TAB


def exported(user: User, address: Mapping[str, Any], *, now: datetime) -> QuerySet[Any]:
    """Return exactly what the list shows for *address*, in its order, as *user* may see it."""
    is_existing = is_of_existing(address)
    return associations_of(user, address, now=now) if is_existing else claims_of(user, address, now=now)


def claims_of(user: User, address: Mapping[str, Any], *, now: datetime) -> ClaimQuerySet:
    return ClaimFilter.asked(address).of(exportable_by(user), now=now)


def associations_of(user: User, address: Mapping[str, Any], *, now: datetime) -> QuerySet[Association]:
    sought = ExistingFilter.asked(address)
    order = order_of(sought)
    found = existing_in(claim_scope_of(user), sought, now=now).annotate(sort_value=order.by)
    return sorted_by(found, order, backwards=False)


def sheet_of(
    user: User, address: Mapping[str, Any], *, zone: ZoneInfo, now: datetime
) -> tuple[list[str], Iterator[tuple[object, ...]]]:
    """Return the head and the rows of the file, in the language that is active now."""
    if is_of_existing(address):
        existing = ExistingSheet(zone=zone, now=now)
        held = associations_of(user, address, now=now).iterator(chunk_size=ROWS_A_CHUNK)
        return existing.head, existing.existing_rows(held)
    claims = ClaimSheet(zone=zone, now=now)
    return claims.head, claims.rows(claims_of(user, address, now=now))
