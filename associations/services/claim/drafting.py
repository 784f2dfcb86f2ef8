"""Starts the draft of a claim, and moves it to the edition of the program guide in force (domain.md D22)."""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from associations.choices import ClaimStatus, EventKind
from associations.models import (
    Claim,
    ClaimedProduct,
    Contact,
    CustomerTenant,
    PartnerLocation,
)
from associations.rules import lifecycle
from associations.rules.actors import PORTAL, Actor
from associations.services.claim.answers import contacts_from
from associations.services.claim.history import Entry, add_lines, line_of_history, record
from associations.services.claim.lifecycle import ClaimLocked, lock_claim
from associations.services.claim.search_columns import SEARCH_COLUMNS, renew_search_columns
from associations.services.customer.reminders import plan_draft_reminders
from associations.services.files.proof_files import ReadyProof, keep_as_proof
from guides.editions import edition_in_force

# The number that tells one claim from another of the same name.
COUNTED = re.compile(r" \(\d{1,3}\)$")
# How many drafts one run of the clock moves.
DRAFTS_AT_ONCE = 500

logger = logging.getLogger(__name__)


@transaction.atomic
def start_claim(
    *,
    location: PartnerLocation,
    domain_name: str,
    tenant: CustomerTenant,
    by: Actor,
    now: datetime,
    draft_id: UUID | None = None,
) -> Claim:
    """Return a new draft for a confirmed customer; raise ClaimLocked when the role may not draft (domain.md D6).

    A page that names its *draft_id* makes one draft, however often it is sent.
    """
    if by.role not in lifecycle.EDITORS:
        raise ClaimLocked
    claim, is_new = Claim.objects.get_or_create(
        public_id=draft_id or uuid4(),
        defaults={
            "partner_id": location.partner_id,
            "location": location,
            "domain_name": domain_name,
            "tenant": tenant,
            "guide_id": edition_in_force(now=now).id,
            "created_at": now,
            "created_by_id": by.account_id,
            "changed_at": now,
        },
    )
    if is_new:
        plan_draft_reminders(claim, now=now)
        claim.search_text = claim.searchable(())
        claim.save(update_fields=["search_text"])
    record([claim], EventKind.CREATED, by=by, now=now)
    return claim


def is_behind(claim: Claim, *, now: datetime) -> bool:
    """Return whether a draft still has an earlier edition than the one in force."""
    return claim.status == ClaimStatus.DRAFT and claim.guide_id != edition_in_force(now=now).id


@transaction.atomic
def move_draft(*, claim_id: int, now: datetime) -> bool:
    """Let a draft go by the edition in force, and return whether it went by another one.

    What it states stays as it is. What the edition lacks is asked again, and a filed claim keeps its edition for ever.
    """
    claim = lock_claim(claim_id)
    if not is_behind(claim, now=now):
        return False
    edition = edition_in_force(now=now)
    claim.guide_id = edition.id
    claim.save(update_fields=["guide"])
    record([claim], EventKind.EDITION_CHANGED, Entry(edition.title), by=PORTAL, now=now)
    return True


def move_drafts(*, now: datetime) -> int:
    """Let the drafts of an earlier edition go by the one in force, a batch at a time, and return how many."""
    drafts = Claim.objects.filter(status=ClaimStatus.DRAFT).exclude(guide=edition_in_force(now=now).id)
    moved = 0
    for pk in list(drafts.order_by("pk").values_list("pk", flat=True)[:DRAFTS_AT_ONCE]):
        try:
            moved += move_draft(claim_id=pk, now=now)
        except Exception:
            logger.exception("Draft %s was left under its edition for the next run.", pk)
    return moved


def unused_name(wanted: str, *, partner_id: int) -> str:
    """Return *wanted* as the name of a claim, with the next number if the company has a claim of that name already."""
    longest = Claim._meta.get_field("name").max_length or len(wanted)
    stem = COUNTED.sub("", wanted)[: longest - len(" (999)")].rstrip()
    claims = Claim.objects.filter(partner=partner_id, name__startswith=stem)
    used, name, number = set(claims.values_list("name", flat=True)), wanted, 1
    while name in used:
        number += 1
        name = f"{stem} ({number})"
    return name


@transaction.atomic(savepoint=False)
def draft_at_once(
    *,
    location: PartnerLocation,
    tenant: CustomerTenant,
    facts: Mapping[str, Any],
    product_ids: Iterable[int],
    contacts: Mapping[str, str],
    proof: ReadyProof | None,
    by: Actor,
    now: datetime,
) -> Claim:
    """Return a new draft that states all of this from the start, as `<kind>_<field>` *contacts* and columns *facts*.

    For who drafts many claims at a time; raise ClaimLocked when the role may not draft (domain.md D6), and
    StorageUnavailable when the *proof* was swept.
    """
    if by.role not in lifecycle.EDITORS:
        raise ClaimLocked
    claim = Claim.objects.create(
        partner_id=location.partner_id,
        location=location,
        tenant=tenant,
        guide_id=edition_in_force(now=now).id,
        created_at=now,
        created_by_id=by.account_id,
        changed_at=now,
        **facts,
    )
    ClaimedProduct.objects.bulk_create(ClaimedProduct(claim=claim, product_id=pk) for pk in product_ids)
    Contact.objects.bulk_create(
        contacts_from(contacts, claim=claim, kinds={name.partition("_")[0] for name in contacts})
    )
    plan_draft_reminders(claim, now=now)
    stated = Entry(details={"contacts": sorted(contacts)})
    lines = [line_of_history(claim, EventKind.CREATED, stated, by=by, now=now)]
    if proof is not None:
        kept = keep_as_proof(
            proof.stored, claim=claim, name=proof.name, kind=proof.kind, uploaded_by=by.account_id, now=now
        )
        entry = Entry(kept.name, {"sha256": kept.sha256})
        lines.append(line_of_history(claim, EventKind.PROOF_ADDED, entry, by=by, now=now))
    add_lines(lines)
    renew_search_columns(claim)
    claim.history_head = lines[-1].hash
    claim.save(update_fields=[*SEARCH_COLUMNS, "history_head"])
    return claim
