"""Removes people from claims that ended long enough ago; what was done, and when, stays (domain.md R17).

A draft never ends, so it is never deleted. A History is append-only but for this: docs/adr/0005.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from associations import emails
from associations.choices import EventKind, ScanStatus
from associations.models import (
    Acknowledgement,
    AcknowledgementCode,
    Claim,
    ClaimEvent,
    Contact,
    CustomerNotice,
    ProofOfExecution,
    ProofReading,
)
from associations.models.history import FORGETTABLE
from associations.questions import NAMING_PEOPLE, PERSON_NAMES
from associations.rules.actors import PORTAL
from associations.rules.retention import mentions, months_before
from associations.services.claim.history import NEWEST_LINE, Entry, add_lines, line_of_history
from associations.services.claim.lifecycle import lock_claim
from associations.services.claim.search_columns import refresh_search_text
from associations.services.files.proof_files import let_go
from notifications import in_app, outbox
from notifications.models import OutboxEmail

logger = logging.getLogger(__name__)

CLAIMS_PER_RUN = 500
NO_SIGNER: dict[str, Any] = {
    "signer_name": "",
    "signer_title": "",
    "signer_email": "",
    "signer_ip": None,
    "signer_user_agent": "",
    "statement": {},
}
NOBODY = dict.fromkeys(Contact.FIELDS, "")


def forget_closed_claims(*, months: int, now: datetime) -> int:
    """Forget the people of claims that have been over for so many *months*, and return of how many; 0 months is never.

    What waits longest comes first, and what one run does not reach is left for the next. The files of associations
    that were migrated without a claim go when these have ended for as long.
    """
    if months < 1:
        return 0
    forget_proofs_without_claim(months_before(now, months=months), now=now)
    due = Claim.objects.to_forget(months_before(now, months=months), now=now).order_by("closed_at", "pk")
    done = 0
    for claim_id in list(due.values_list("pk", flat=True)[:CLAIMS_PER_RUN]):
        try:
            done += forget_claim(claim_id, months=months, now=now)
        except Exception:
            logger.exception("Claim %s was left for the next run.", claim_id)
    return done


@transaction.atomic
def forget_proofs_without_claim(moment: datetime, *, now: datetime) -> None:
    """Forget the files of associations without a claim that had ended by *moment*."""
    due = ProofOfExecution.objects.filter(association__ended_at__lte=moment).exclude(name="").order_by("pk")
    for proof in due.select_for_update(of=("self",), skip_locked=True)[:CLAIMS_PER_RUN]:
        forget_proof(proof, now=now)


@transaction.atomic
def forget_claim(claim_id: int, *, months: int, now: datetime) -> bool:
    """Forget the people of one claim if that is due, and return whether it was.

    Names, addresses and texts are removed, emails and notifications too, and with the commit the files. Numbers,
    statuses, dates, products and the customer's tenant stay, and a line of History says what was done.
    """
    claim = lock_claim(claim_id)
    if not Claim.objects.to_forget(months_before(now, months=months), now=now).filter(pk=claim.pk).exists():
        return False
    named = names_on(claim)
    claim.contacts.update(**NOBODY)
    for notice in claim.notices.all():
        forget_notice(notice, now=now)
    claim.comments.exclude(text="").update(text="")
    claim.comment_marks.all().delete()
    claim.digest_lines.all().delete()
    outbox.forget(keys=mails_of(claim).values_list("key", flat=True), now=now)
    claim.holds.exclude(reason="").update(reason="")
    claim.review_drafts.all().delete()
    claim.proof_pointers.all().delete()
    forget_acknowledgement(claim)
    in_app.discard(urls=[emails.claim_path(claim), emails.desk_path(claim)])
    for proof in claim.proofs.exclude(name=""):
        forget_proof(proof, now=now)
    forget_lines(claim, claim.events.all(), details={"months": months}, now=now)
    forgotten = [
        column for column in NAMING_PEOPLE if column in PERSON_NAMES or mentions(getattr(claim, column), named)
    ]
    Claim.objects.filter(pk=claim.pk).update(**dict.fromkeys(forgotten, ""), forgotten_at=now)
    refresh_search_text(claim)
    return True


def names_on(claim: Claim) -> set[str]:
    """Return the names and addresses of everybody on *claim*."""
    people = list(claim.contacts.values_list("name", "email"))
    people += claim.notices.values_list("contact_name", "contact_email")
    people += [(name, "") for name in claim.notices.values_list("answered_by_name", flat=True)]
    people += [(getattr(claim, column), "") for column in PERSON_NAMES]
    people += Acknowledgement.objects.filter(claim=claim).values_list("signer_name", "signer_email")
    return {each for pair in people for each in pair if each}


def mails_of(claim: Claim) -> QuerySet[OutboxEmail]:
    """Return the mails about *claim*."""
    watches = [f"watch:{pk}" for pk in claim.watches.values_list("pk", flat=True)]
    return OutboxEmail.objects.filter(Q(key__startswith=f"claim:{claim.pk}:") | Q(key__in=watches))


def forget_notice(notice: CustomerNotice, *, now: datetime) -> None:
    """Erase the recipient of *notice* and who answered it, and end its link; the answer and its time stay."""
    CustomerNotice.objects.filter(pk=notice.pk).update(
        contact_name="",
        contact_email="",
        covers=notice.covers | {"contact": ""},
        answered_by_name="",
        answer_text="",
        answer_ip=None,
        answer_user_agent="",
        revoked_at=Coalesce("revoked_at", Value(now)),
    )


def forget_acknowledgement(claim: Claim) -> int:
    """Forget who acknowledged the work of *claim*, and the codes that were sent; return how many answers there were.

    When it was given, sealed and stamped stays. The sealed document is a proof, and goes as such.
    """
    AcknowledgementCode.objects.filter(notice__claim=claim).delete()
    given = Acknowledgement.objects.filter(claim=claim, given_at__isnull=False)
    return given.update(**NO_SIGNER, seal_due_at=None, stamp_due_at=None)


def forget_proof(proof: ProofOfExecution, *, now: datetime) -> None:
    """Delete the file with the caller's commit, and forget its name; its kind, size and SHA-256 stay."""
    let_go(proof.file.name or "", now=now)
    ProofReading.objects.filter(proof=proof).delete()
    proof.file.name = proof.name = ""
    if proof.scan_status == ScanStatus.PENDING:
        proof.scan_status, proof.scan_due_at = ScanStatus.NOT_SCANNED, None
    proof.save(update_fields=["file", "name", "scan_status", "scan_due_at"])


def forget_lines(claim: Claim, lines: Iterable[ClaimEvent], *, details: dict[str, Any], now: datetime) -> int:
    """Empty what *lines* of the locked *claim* say of people, add the line that says so, and return how many.

    That the claim forgot is no activity on it, so it keeps its place in the lists.
    """
    telling = [line for line in lines if line.is_personal]
    for line in telling:
        line.forget()
    ClaimEvent.objects.bulk_update(telling, FORGETTABLE)
    said = {"lines": [line.pk for line in telling], **details}
    add_lines([line_of_history(claim, EventKind.FORGOTTEN, Entry(details=said), by=PORTAL, now=now)])
    Claim.objects.filter(pk=claim.pk).update(history_head=NEWEST_LINE)
    return len(telling)
