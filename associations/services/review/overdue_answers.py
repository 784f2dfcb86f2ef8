"""Rejects claims whose partner didn't answer a reviewer's question in time."""

import logging
from datetime import datetime

from django.db import transaction

from associations import emails
from associations.choices import ClaimAction, ReasonCode
from associations.models import Claim
from associations.rules.actors import PORTAL
from associations.services.claim.lifecycle import act, lock_claim_on_its_tenant
from associations.services.review.competing_claims import mark_competing_claims
from associations.services.review.decisions import close_for_good

logger = logging.getLogger(__name__)


def expire_answers(*, now: datetime) -> int:
    """Reject every claim whose partner didn't answer in time, and return how many (T9)."""
    done = 0
    for claim_id in list(Claim.objects.answer_overdue(now).order_by("pk").values_list("pk", flat=True)):
        try:
            done += expire_answer(claim_id, now=now)
        except Exception:
            logger.exception("Claim %s was left for the next run.", claim_id)
    return done


@transaction.atomic
def expire_answer(claim_id: int, *, now: datetime) -> bool:
    """Reject one claim if its answer is still overdue; return whether it was."""
    claim = lock_claim_on_its_tenant(claim_id)
    if not Claim.objects.answer_overdue(now).filter(pk=claim.pk).exists():
        return False
    act([claim], ClaimAction.EXPIRE_ANSWER, by=PORTAL, now=now)
    close_for_good(claim, reasons=[ReasonCode.NO_PARTNER_RESPONSE], now=now)
    mark_competing_claims(claim.tenant, now=now)
    emails.claim_rejected(claim, text="", now=now)
    return True
