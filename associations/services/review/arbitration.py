"""Deciding between partners who claim, or hold, the same item (domain.md 1.7)."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from associations import emails
from associations.choices import ClaimAction, ClaimStatus, EndReason, EventKind, ReasonCode
from associations.models import Association, Claim, CustomerTenant, PartnerMember
from associations.rules import lifecycle
from associations.rules.actors import PORTAL, Actor, Role
from associations.services.association.approval import approve_those_due
from associations.services.association.association import end_each
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import act, lock_claim_on_its_tenant
from associations.services.review.competing_claims import Item, item_of, mark_competing_claims
from associations.services.review.decisions import OwnCompany, ReasonMissing, close_for_good


class NothingToDecide(Exception):
    """The claims no longer compete, or the chosen partner is none of those who do."""


@dataclass(frozen=True)
class Contest:
    """One contested claim with the other partners' claims and associations on any of its items."""

    claim: Claim
    rival_claims: tuple[Claim, ...]
    rival_associations: tuple[Association, ...]

    @property
    def partner_ids(self) -> frozenset[int]:
        return frozenset(
            {self.claim.partner_id}
            | {rival.partner_id for rival in self.rival_claims}
            | {held.partner_id for held in self.rival_associations}
        )

    @property
    def is_open(self) -> bool:
        return bool(self.rival_claims or self.rival_associations)

    def items_of(self, partner_id: int) -> frozenset[Item]:
        """Return the items of the contested claim that this partner wants or holds."""
        wanted = frozenset(item_of(item) for item in self.claim.items.all())
        if partner_id == self.claim.partner_id:
            return wanted
        rivals = [rival for rival in self.rival_claims if rival.partner_id == partner_id]
        theirs = {item_of(item) for rival in rivals for item in rival.items.all()}
        theirs |= {item_of(held) for held in self.rival_associations if held.partner_id == partner_id}
        return wanted & theirs


def contest_of(claim: Claim) -> Contest:
    """Return the claims that compete with *claim* now, with items and proofs loaded."""
    wanted = {item_of(item) for item in claim.items.all()}
    others = Claim.objects.undecided().filter(tenant=claim.tenant_id).exclude(partner=claim.partner_id)
    rivals = others.select_related("partner", "location", "tenant").prefetch_related("items__product", "proofs")
    active = Association.objects.active().filter(tenant=claim.tenant_id).exclude(partner=claim.partner_id)
    held = active.select_related("partner", "product", "subscription").order_by("product__name", "pk")
    return Contest(
        claim=claim,
        rival_claims=tuple(rival for rival in rivals.order_by("pk") if _wants_any(rival, wanted)),
        rival_associations=tuple(each for each in held if item_of(each) in wanted),
    )


@transaction.atomic
def arbitrate(*, claim_id: int, winner_id: int, text: str, by: Actor, now: datetime) -> Claim:
    """Prefer one partner for those items of a contested claim that it wants or holds; return the claim that was named.

    The losers' claims to these items are rejected, their associations on them ended as superseded; the winner's claims
    go on, official at once when nothing else holds them. Every side is told. Of two reviewers who decide at once the
    second finds nothing to decide. Raise ActionNotAllowed, NothingToDecide, OwnCompany or ReasonMissing.
    """
    claim = lock_claim_on_its_tenant(claim_id)
    contest = contest_of(claim)
    if by.role != Role.REVIEWER:
        raise lifecycle.ActionNotAllowed(ClaimAction.LOSE_ITEM, claim.status, by.role)
    if claim.status not in lifecycle.UNDECIDED or not contest.is_open or winner_id not in contest.partner_ids:
        raise NothingToDecide
    if PartnerMember.objects.filter(user=by.user_id, partner__in=contest.partner_ids).exists():
        raise OwnCompany
    if not text.strip():
        raise ReasonMissing
    won = contest.items_of(winner_id)
    parties = _lock_claims_to(won, tenant=claim.tenant)
    held = _associations_with(won, tenant=claim.tenant)
    for party in parties:
        if party.partner_id != winner_id:
            _reject(party, text=text, now=now)
    losing = [association for association in held if association.partner_id != winner_id]
    end_each(losing, reason=EndReason.SUPERSEDED, by=by, now=now, note=text)
    mark_competing_claims(claim.tenant, now=now)
    winning = [association for association in held if association.partner_id == winner_id]
    defended = list(Claim.objects.filter(items__association__in=winning).distinct().order_by("pk"))
    record([*parties, *defended], EventKind.ARBITRATED, Entry(text), by=by, now=now)
    winners = [party for party in parties if party.partner_id == winner_id]
    approved = approve_those_due([winner.pk for winner in winners], now=now)
    for winner in (*winners, *defended):
        if winner.pk not in approved:
            winner.refresh_from_db(fields=["has_competing_claim"])
            _tell_winner(winner, won=won, now=now)
    claim.refresh_from_db()
    return claim


def _lock_claims_to(items: Set[Item], *, tenant: CustomerTenant) -> list[Claim]:
    undecided = Claim.objects.select_for_update(of=("self",), no_key=True).undecided().filter(tenant=tenant)
    claims = undecided.order_by("pk").prefetch_related("items__product", "items__subscription")
    return [claim for claim in claims if _wants_any(claim, items)]


def _associations_with(items: Set[Item], *, tenant: CustomerTenant) -> list[Association]:
    active = Association.objects.active().filter(tenant=tenant).select_related("product", "subscription")
    return [held for held in active.order_by("pk") if item_of(held) in items]


def _reject(claim: Claim, *, text: str, now: datetime) -> None:
    act([claim], ClaimAction.LOSE_ITEM, by=PORTAL, now=now)
    close_for_good(claim, reasons=[ReasonCode.COMPETING_CLAIM_LOST], now=now)
    emails.claim_rejected(claim, text=text, now=now)


def _tell_winner(claim: Claim, *, won: Set[Item], now: datetime) -> None:
    items = [item for item in claim.items.all() if item_of(item) in won]
    emails.competing_settled(claim, won=items, is_official=claim.status == ClaimStatus.APPROVED, now=now)


def _wants_any(claim: Claim, items: Set[Item]) -> bool:
    return not items.isdisjoint(item_of(item) for item in claim.items.all())
