"""Promises that hold for every claim at every moment, as assertions over what is stored."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from associations.choices import (
    ClaimAction,
    ClaimStatus,
    ConsentStatus,
    EventKind,
)
from associations.models import (
    Association,
    Claim,
    ClaimEvent,
    ClaimHold,
)
from associations.rules import lifecycle
from associations.rules.customer.opt_out import ApprovalFacts, what_holds
from notifications.models import OutboxEmail

# Which lines of the History say that a decision was made, and the mail that tells the partner.
DECISIONS = {
    "claim_approved": (EventKind.APPROVED,),
    "claim_rejected": (
        EventKind.REJECTED,
        EventKind.DECLINED,
        EventKind.ANSWER_EXPIRED,
        EventKind.ITEM_LOST,
        EventKind.REJECTION_UPHELD,
    ),
    "association_ended": (EventKind.ASSOCIATION_ENDED,),
}
CONSENT_AFTER = {
    EventKind.NOTICE_QUEUED: ConsentStatus.QUEUED,
    EventKind.WINDOW_OPENED: ConsentStatus.OPEN,
    EventKind.WINDOW_CLOSED: ConsentStatus.NO_OBJECTION,
    EventKind.CUSTOMER_APPROVED: ConsentStatus.ACKNOWLEDGED,
    EventKind.DECLINED: ConsentStatus.DECLINED,
}
CONTACT_EVENTS = (EventKind.NOTICE_QUEUED, EventKind.CONTACT_UNCONFIRMED, EventKind.CONTACT_CONFIRMED)
UNVALIDATING = (EventKind.ACTION_REQUESTED, EventKind.RESUBMITTED, EventKind.REJECTED, EventKind.DISPUTE_ACCEPTED)


def items_of(claim: Claim) -> set[tuple[int, int | None]]:
    return {(item.product_id, item.subscription_id) for item in claim.items.all()}


def check_associations() -> None:
    """No item has two active associations."""
    active = Association.objects.active().order_by()
    per_item = active.values("tenant", "product", "subscription").annotate(count=Count("pk"))
    assert [item for item in per_item if item["count"] > 1] == []


def check_windows(claims: Iterable[Claim]) -> None:
    """An open window has both ends."""
    is_open = [claim for claim in claims if claim.consent_status == ConsentStatus.OPEN]
    assert [claim for claim in is_open if not (claim.opt_out_opens_at and claim.opt_out_closes_at)] == []


def check_holds(claims: Iterable[Claim]) -> None:
    """The sweep's condition and the holds of a claim agree."""
    unsettled = ClaimHold.objects.unsettled().filter(claim__in=[claim.pk for claim in claims])
    due = dict(unsettled.order_by("-due_at").values_list("claim", "due_at"))
    kinds = {(hold.claim_id, hold.kind) for hold in unsettled}
    assert {claim.pk: claim.hold_due_at for claim in claims if claim.hold_due_at} == due
    assert {(claim.pk, kind.value) for claim in claims for kind in claim.open_holds} == kinds


def check_ends(claims: Iterable[Claim]) -> None:
    """An approved claim says by which consent it is official, and has ended when nothing of it is in force."""
    approved = [claim for claim in claims if claim.status == ClaimStatus.APPROVED]
    assert all(bool(claim.official_by) == (claim in approved) for claim in claims)
    for claim in approved:
        held = Association.objects.filter(claimed_products__claim=claim)
        last = held.order_by("-ended_at").values_list("ended_at", flat=True).exclude(ended_at=None).first()
        assert claim.ended_at == (None if held.active().exists() else last)


def check_moves(claim: Claim, history: list[ClaimEvent]) -> None:
    """Every status was reached by the table, and the last one is the claim's."""
    status = ClaimStatus.DRAFT
    for line in history:
        if line.to_status:
            assert line.from_status == status
            assert lifecycle.TRANSITIONS[status, ClaimAction(line.kind)] == line.to_status
            status = ClaimStatus(line.to_status)
    assert claim.status == status


def check_chain(claim: Claim, history: list[ClaimEvent]) -> None:
    """Each line carries the hash of the line before it, and the claim the last one's."""
    head = ""
    for line in history:
        assert (line.previous_hash, line.holds()) == (head, True)
        head = line.hash
    assert claim.history_head == head


def check_approval(claim: Claim, history: list[ClaimEvent]) -> None:
    """Nothing held the claim when it became official, as far as its History tells."""
    for position, line in enumerate(history):
        if line.kind == EventKind.APPROVED:
            facts = facts_after(history[:position], requires_validation=claim.requires_validation, now=line.at)
            assert what_holds(facts) == ()


def facts_after(history: list[ClaimEvent], *, requires_validation: bool, now: datetime) -> ApprovalFacts:
    """Return what an approval at *now* depended on, told again from the lines before it."""
    status, consent, closes_at = ClaimStatus.DRAFT, ConsentStatus.NOT_SENT, None
    has_competing_claim = is_validated = is_contact_held = False
    holds: list[str] = []
    for line in history:
        kind = EventKind(line.kind)
        if kind in (EventKind.CUSTOMER_WROTE, EventKind.DELIVERY_UNCLEAR):
            holds.append(line.details["hold"])
        if kind == EventKind.HOLD_SETTLED:
            holds.remove(line.details["hold"])
        if kind in CONTACT_EVENTS:
            is_contact_held = kind == EventKind.CONTACT_UNCONFIRMED
        consent = CONSENT_AFTER.get(kind, consent)
        if kind == EventKind.NOTICE_BOUNCED and status in lifecycle.UNDECIDED:
            consent = ConsentStatus.BOUNCED
        if kind == EventKind.WINDOW_OPENED:
            closes_at = datetime.fromisoformat(line.details["closes_at"])
        if kind in (EventKind.COMPETING_FOUND, EventKind.COMPETING_SETTLED):
            has_competing_claim = kind == EventKind.COMPETING_FOUND
        is_validated = kind == EventKind.VALIDATED or (is_validated and kind not in UNVALIDATING)
        status = ClaimStatus(line.to_status or status)
    if consent == ConsentStatus.OPEN and closes_at is not None and closes_at <= now:
        consent = ConsentStatus.NO_OBJECTION
    return ApprovalFacts(
        status=status,
        consent=consent,
        has_competing_claim=has_competing_claim,
        requires_validation=requires_validation,
        is_validated=is_validated,
        is_contact_held=is_contact_held,
        open_holds=holds,
    )


def check_mails(claim: Claim, history: list[ClaimEvent], mails: list[OutboxEmail]) -> None:
    """Each decision has one mail to the partner, and no mail tells of another."""
    decided = {name: sum(line.kind in kinds for line in history) for name, kinds in DECISIONS.items()}
    told = [mail for mail in mails if mail.key.startswith(f"claim:{claim.pk}:")]
    assert {name: sum(mail.template == name for mail in told) for name in DECISIONS} == decided
    assert all(f"paolo{claim.pk}@partner.example" in mail.to for mail in told)
