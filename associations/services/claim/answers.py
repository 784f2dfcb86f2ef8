"""Records the answers of a draft, and what the partner may still change afterwards (domain.md D15)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from associations.choices import ContactKind, EventKind
from associations.models import (
    Claim,
    ClaimedProduct,
    Contact,
)
from associations.questions import DETAILS, columns_of
from associations.rules.actors import Actor
from associations.rules.requirements import CORRECTED_WITH
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import lock_claim, lock_for_edit
from associations.services.claim.search_columns import SEARCH_COLUMNS, SEARCHED_COLUMNS, renew_search_columns


class StaleAnswers(Exception):
    """Somebody else, or another tab, changed these answers since the page was drawn."""


@dataclass(frozen=True)
class ItemChoice:
    """One product to claim, with its subscription in Business Applications."""

    product_id: int
    subscription_id: int | None = None


def version_of(answers: Mapping[str, Any]) -> str:
    """Return the fingerprint of *answers* (plain values); a page carries it to show what it was drawn from."""
    text = json.dumps(answers, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stored_facts(claim: Claim, names: Iterable[str]) -> dict[str, Any]:
    """Return the current values of the claim's columns *names*."""
    return {name: getattr(claim, name) for name in names}


def stored_products(claim: Claim) -> dict[str, Any]:
    """Return the claimed items by product, as ids."""
    return {str(item.product_id): item.subscription_id for item in claim.items.all()}


def stored_contacts(claim: Claim) -> dict[str, Any]:
    """Return every contact's fields by `<kind>_<field>`; what is not stated is empty."""
    contacts = {contact.kind: contact for contact in claim.contacts.all()}
    return {
        f"{kind.value}_{field}": getattr(contacts.get(kind.value), field, "")
        for kind in ContactKind
        for field in Contact.FIELDS
    }


def contacts_from(facts: Mapping[str, Any], *, claim: Claim, kinds: Iterable[str]) -> list[Contact]:
    """Return the unsaved contacts of these *kinds* as `<kind>_<field>` *facts* state them."""
    return [
        Contact(claim=claim, kind=kind, **{field: facts.get(f"{kind}_{field}", "") for field in Contact.FIELDS})
        for kind in sorted(kinds)
    ]


@transaction.atomic
def record_facts(
    *, claim_id: int, group: str, facts: Mapping[str, Any], version: str, by: Actor, now: datetime
) -> Claim:
    """Write the columns named in *facts*; raise ClaimLocked or StaleAnswers and write nothing.

    The items go with the customer or the area they belonged to, since they exist nowhere else.
    """
    claim = lock_for_edit(claim_id, group=group, by=by)
    before, group_before = stored_facts(claim, facts), claim.choice_group
    _refuse_stale(before, version)
    changed = {name: value for name, value in facts.items() if before[name] != value}
    if claim.to_correct in CORRECTED_WITH.get(group, ()):
        claim.to_correct = ""
        claim.save(update_fields=["to_correct"])
    if not changed:
        return claim
    for name, value in changed.items():
        setattr(claim, name, value)
    has_lost_items = False
    if changed.keys() & {"tenant_id", "solution_area"} or claim.choice_group != group_before:
        has_lost_items = claim.items.all().delete()[0] > 0
    not_asked = columns_of(question for question in DETAILS if not question.is_asked(claim))
    for column in not_asked:
        setattr(claim, column, getattr(Claim(), column))
    if has_lost_items or changed.keys() & SEARCHED_COLUMNS:
        renew_search_columns(claim)
    claim.save(update_fields=[*changed, *not_asked, *SEARCH_COLUMNS])
    record([claim], EventKind.CHANGED, Entry(details=_differences(before, changed)), by=by, now=now)
    return claim


@transaction.atomic
def choose_products(*, claim_id: int, choices: Iterable[ItemChoice], version: str, by: Actor, now: datetime) -> Claim:
    """Make *choices* the claim's items; raise ClaimLocked or StaleAnswers and write nothing."""
    claim = lock_for_edit(claim_id, group="products", by=by)
    before = stored_products(claim)
    _refuse_stale(before, version)
    wanted = {str(choice.product_id): choice.subscription_id for choice in choices}
    if wanted == before:
        return claim
    kept = {product for product, subscription in before.items() if wanted.get(product, 0) == subscription}
    claim.items.exclude(product_id__in=kept).delete()
    ClaimedProduct.objects.bulk_create(
        ClaimedProduct(claim=claim, product_id=int(product), subscription_id=subscription)
        for product, subscription in wanted.items()
        if product not in kept
    )
    codes = claim.items.order_by("product__code").values_list("product__code", flat=True)
    renew_search_columns(claim)
    claim.save(update_fields=SEARCH_COLUMNS)
    record([claim], EventKind.PRODUCTS_CHANGED, Entry(details={"products": list(codes)}), by=by, now=now)
    return claim


@transaction.atomic
def record_contacts(*, claim_id: int, facts: Mapping[str, Any], version: str, by: Actor, now: datetime) -> Claim:
    """Write the contacts from `<kind>_<field>` *facts*; raise ClaimLocked or StaleAnswers and write nothing."""
    claim = lock_for_edit(claim_id, group="contacts", by=by)
    before = stored_contacts(claim)
    _refuse_stale(before, version)
    changed = {name: value for name, value in facts.items() if before[name] != value}
    if not changed:
        return claim
    Contact.objects.bulk_create(
        contacts_from(facts, claim=claim, kinds={name.partition("_")[0] for name in changed}),
        update_conflicts=True,
        unique_fields=["claim", "kind"],
        update_fields=Contact.FIELDS,
    )
    record([claim], EventKind.CONTACTS_CHANGED, Entry(details={"contacts": sorted(changed)}), by=by, now=now)
    return claim


@transaction.atomic
def note_refused_edit(*, claim_id: int, group: str, by: Actor, now: datetime) -> None:
    """Add to the History that somebody tried to change a locked claim (domain.md 12, scenario 13)."""
    record([lock_claim(claim_id)], EventKind.EDIT_REFUSED, Entry(details={"facts": group}), by=by, now=now)


def _refuse_stale(stored: Mapping[str, Any], version: str) -> None:
    if version_of(stored) != version:
        raise StaleAnswers


def _differences(before: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    return {"changed": {name: [_as_text(before[name]), _as_text(value)] for name, value in changed.items()}}


def _as_text(value: Any) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)
