"""Finds the facts that reviewers are shown about a claim, and the claims that they concern (`rules.review.facts`)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Manager, Q, QuerySet, Value

from associations.choices import ConfirmedBy
from associations.models import Claim, CustomerNotice, ProofOfExecution
from associations.models.claim_queries import ClaimQuerySet
from associations.models.claims import among_many, submitted_around
from associations.models.notices import answered_for_another_tenant
from associations.models.proofs import in_another_companys_claim
from associations.rules.review.facts import HALF_AN_HOUR, MANY_CLAIMS, ReviewFact

# A page names this many claims of a fact.
LISTED = 20
NO_FILE = Value("", output_field=CharField())


@dataclass(frozen=True)
class RelatedClaim:
    """A claim that a fact concerns; *sha256* is that of the file, where the fact is about files."""

    pk: int
    partner_name: str
    customer_name: str
    sha256: str = ""


def with_fact(claims: ClaimQuerySet, fact: ReviewFact, *, seen: ClaimQuerySet) -> ClaimQuerySet:
    """Return those of the filed *claims* of which *fact* is true, as far as the reviewer's *seen* claims show it."""
    if fact is ReviewFact.CONTACT_ELSEWHERE:
        return claims.filter(~Q(contact_confirmed_by=ConfirmedBy.DOMAIN))
    if fact is ReviewFact.SAME_FILE:
        return claims.filter(in_another_companys_claim(seen))
    if fact is ReviewFact.ANSWERED_ELSEWHERE:
        return claims.filter(answered_for_another_tenant(seen))
    return claims.filter(among_many(MANY_CLAIMS, within=HALF_AN_HOUR))


def related_claims(claim: Claim, *, address: str, seen: ClaimQuerySet) -> Mapping[ReviewFact, list[RelatedClaim]]:
    """Return by fact which of the *seen* claims a filed *claim* with its contact at *address* concerns, in one query.

    Of each fact there is one more than LISTED at most. *claim* needs its proofs at hand.
    """
    files = ProofOfExecution.objects.filter(sha256__in={proof.sha256 for proof in claim.proofs.all()}, claim__in=seen)
    others_files = files.exclude(claim__partner=claim.partner_id)
    answers = CustomerNotice.objects.sent_to(address).filter(answered_at__isnull=False, claim__in=seen)
    others_answers = answers.exclude(claim__tenant=claim.tenant_id)
    parts = [_rows(ReviewFact.SAME_FILE, ProofOfExecution.objects, others_files, of="claim__", sha256=F("sha256"))]
    parts += [_rows(ReviewFact.ANSWERED_ELSEWHERE, CustomerNotice.objects, others_answers, of="claim__")]
    if claim.submitted_at:
        around = submitted_around(claim.partner_id, claim.submitted_at, within=HALF_AN_HOUR)
        parts += [_rows(ReviewFact.MANY_CLAIMS, Claim.objects, around)]
    found: dict[ReviewFact, list[RelatedClaim]] = defaultdict(list)
    for fact, *columns in parts[0].union(*parts[1:], all=True):
        found[ReviewFact(fact)].append(RelatedClaim(*columns))
    if len(found[ReviewFact.MANY_CLAIMS]) < MANY_CLAIMS:
        del found[ReviewFact.MANY_CLAIMS]
    return found


def _rows(
    fact: ReviewFact, rows: Manager[Any], found: QuerySet[Any], *, of: str = "", sha256: F | Value = NO_FILE
) -> QuerySet[Any, tuple[Any, ...]]:
    """Return *fact* and the columns of a RelatedClaim for the first rows *found*; their claim is *of* the row."""
    # SQLite takes no limit on a part of a union, but on a subquery of it.
    first = rows.filter(pk__in=found.order_by("-pk").values("pk")[: LISTED + 1])
    kind = Value(fact.value, output_field=CharField())
    return first.order_by().values_list(kind, f"{of}pk", f"{of}partner__name", f"{of}tenant__name", sha256)
