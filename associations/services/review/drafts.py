"""Saves what a reviewer has entered about a claim and not sent. Nothing is decided by it (domain.md 6.4)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from associations.choices import ClaimAction
from associations.models import ReviewDraft
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.services.claim.lifecycle import lock_claim
from associations.services.review.decisions import refuse_own_company


@transaction.atomic
def save_draft(*, claim_id: int, form: str, answers: dict[str, Any], by: Actor, now: datetime) -> ReviewDraft:
    """Save the person's own *answers* to one form about a claim that is under review.

    The claim's lock lets no late save follow the decision. Raise ActionNotAllowed or OwnCompany.
    """
    claim = lock_claim(claim_id)
    refuse_own_company(claim, by)
    if ClaimAction.REQUEST_ACTION not in lifecycle.actions_for(claim.status, by.role):
        raise lifecycle.ActionNotAllowed(ClaimAction.REQUEST_ACTION, claim.status, by.role)
    draft, _is_new = ReviewDraft.objects.update_or_create(
        claim=claim, reviewer_id=by.account_id, form=form, defaults={"answers": answers, "saved_at": now}
    )
    return draft
