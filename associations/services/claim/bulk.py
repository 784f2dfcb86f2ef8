"""A partner's bulk action: each claim in its own transaction, once per run, and a failure stops no other claim."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.files import File
from django.db import transaction

from associations.job_choices import BulkAction, BulkOutcome
from associations.models import BulkRow, BulkRun, Claim
from associations.rules import lifecycle
from associations.rules.actors import Actor, Role
from associations.services.association import association
from associations.services.association.association import NothingToEnd
from associations.services.claim import copy
from associations.services.claim.disputes import CheckedProof
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import TooManyProofs, attach_stored, takes_proofs
from associations.services.files.proof_files import StoredFile, store

logger = logging.getLogger(__name__)


class RunOfAnother(Exception):
    """The run's address belongs to another person, or to another action."""


@dataclass(frozen=True)
class BulkAnswers:
    """The answers that apply to all claims of a bulk action."""

    reason: str = ""
    proofs: tuple[CheckedProof, ...] = ()
    max_files: int = 0
    # The proofs as they lie in the storage for one claim: stored before its transaction, swept if it takes none.
    stored: tuple[StoredFile, ...] = ()


def start_run(*, public_id: UUID, action: BulkAction, user_id: int, now: datetime) -> BulkRun:
    """Return the run of that address: a new one, or what an earlier press started; raise RunOfAnother."""
    run, _is_new = BulkRun.objects.get_or_create(
        public_id=public_id, defaults={"owner_id": user_id, "action": action, "started_at": now}
    )
    if run.owner_id != user_id or run.action != action:
        raise RunOfAnother
    return run


def take_each(run: BulkRun, actors: Mapping[int, Actor], *, answers: BulkAnswers, now: datetime) -> None:
    """Do the run's action on every claim of *actors* (by key, each with who acts on it) that it has not taken yet."""
    for claim_id, by in actors.items():
        try:
            stored = tuple(store_copy(proof, now=now) for proof in answers.proofs)
            take(run, claim_id, by=by, answers=replace(answers, stored=stored), now=now)
        except Exception:
            logger.exception("Claim %s was not taken by run %s.", claim_id, run.pk)
            BulkRow.objects.get_or_create(run=run, claim_id=claim_id, defaults={"outcome": BulkOutcome.FAILED})


@transaction.atomic
def take(run: BulkRun, claim_id: int, *, by: Actor, answers: BulkAnswers, now: datetime) -> BulkRow:
    """Do the run's action on one claim, or note why not; a claim that was taken before stays as it is."""
    # The line goes in first: who presses twice at once waits here for the first press to commit.
    row, is_new = BulkRow.objects.get_or_create(run=run, claim_id=claim_id, defaults={"outcome": BulkOutcome.DONE})
    if not is_new:
        return row
    action = BulkAction(run.action)
    claim = Claim.objects.prefetch_related("items__association__subscription").get(pk=claim_id)
    row.outcome = foreseen(claim, action, by=by, answers=answers, now=now)
    if row.outcome == BulkOutcome.DONE:
        try:
            with transaction.atomic():
                row.draft = ACTS[action](row, by, answers, now)
        except tuple(REFUSALS) as refusal:
            row.outcome = REFUSALS[type(refusal)][action]
    row.save(update_fields=["outcome", "draft"])
    return row


def foreseen(
    claim: Claim, action: BulkAction, *, by: Actor, now: datetime, answers: BulkAnswers | None = None
) -> BulkOutcome:
    """Return what would become of *claim*; the services ask again under their locks."""
    if by.role not in MAY[action]:
        return BulkOutcome.NOT_ALLOWED
    if action is BulkAction.DISASSOCIATE:
        in_force = [item for item in claim.items.all() if item.association and item.association.ended_at is None]
        return BulkOutcome.DONE if in_force else BulkOutcome.NOTHING_IN_FORCE
    if action is BulkAction.RENEW:
        return BulkOutcome.DONE if copy.items_to_renew(claim, now=now) else BulkOutcome.NOTHING_TO_RENEW
    if not takes_proofs(claim):
        return BulkOutcome.CLOSED
    if answers and claim.proofs.count() + len(answers.proofs) > answers.max_files:
        return BulkOutcome.TOO_MANY_PROOFS
    return BulkOutcome.DONE


def _disassociate(row: BulkRow, by: Actor, answers: BulkAnswers, now: datetime) -> Claim | None:
    association.disassociate(claim_id=row.claim_id, reason=answers.reason, by=by, now=now)
    return None


def _renew(row: BulkRow, by: Actor, answers: BulkAnswers, now: datetime) -> Claim | None:
    if not copy.items_to_renew(Claim.objects.get(pk=row.claim_id), now=now):
        raise ClaimLocked
    draft_id = uuid5(row.run.public_id, str(row.claim_id))
    return copy.copy_claim(claim_id=row.claim_id, by=by, now=now, draft_id=draft_id)


def store_copy(proof: CheckedProof, *, now: datetime) -> StoredFile:
    """Store the proof for one claim more; the upload itself stays for the next, whatever the storage does."""
    return store(File(proof.file.file, name=proof.name), now=now)


def _add_proofs(row: BulkRow, by: Actor, answers: BulkAnswers, now: datetime) -> Claim | None:
    for proof, stored in zip(answers.proofs, answers.stored, strict=True):
        attach_stored(
            claim_id=row.claim_id,
            stored=stored,
            name=proof.name,
            kind=proof.kind,
            max_files=answers.max_files,
            by=by,
            now=now,
        )
    return None


ACTS: dict[BulkAction, Callable[[BulkRow, Actor, BulkAnswers, datetime], Claim | None]] = {
    BulkAction.DISASSOCIATE: _disassociate,
    BulkAction.RENEW: _renew,
    BulkAction.ADD_PROOF: _add_proofs,
}
MOST_AT_ONCE = 50
MAY: dict[BulkAction, frozenset[Role]] = {
    BulkAction.DISASSOCIATE: frozenset({Role.INCENTIVES_ADMIN}),
    BulkAction.RENEW: lifecycle.EDITORS,
    BulkAction.ADD_PROOF: lifecycle.EDITORS,
}
REFUSALS: dict[type[Exception], dict[BulkAction, Any]] = {
    NothingToEnd: {BulkAction.DISASSOCIATE: BulkOutcome.NOTHING_IN_FORCE},
    ClaimLocked: {BulkAction.RENEW: BulkOutcome.NOTHING_TO_RENEW, BulkAction.ADD_PROOF: BulkOutcome.CLOSED},
    TooManyProofs: {BulkAction.ADD_PROOF: BulkOutcome.TOO_MANY_PROOFS},
}
