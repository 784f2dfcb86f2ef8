"""Filing a claim, answering a reviewer, and taking a claim back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, prefetch_related_objects

from associations import emails
from associations.calendars import zone_for
from associations.choices import (
    ClaimAction,
    ContactKind,
    EnrolmentStatus,
    ReasonCode,
    ReviewOutcome,
    ScanStatus,
    WithdrawalReason,
)
from associations.models import Claim, ClaimedProduct, IncentiveProgram, LocationEnrolment
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.competing import Holding
from associations.rules.requirements import missing_facts
from associations.rules.subscriptions import SubscriptionFacts, subscription_problem
from associations.services.competing import Holder, Item, holders_on, holding, item_of, mark_competing_claims
from associations.services.deadlines import review_due_at
from associations.services.lifecycle import act, lock_claim_on_its_tenant
from associations.services.noticing import needs_new_notice, revoke_unsent, send_notice

# What `copy_program_rules` fixes.
PROGRAM_RULES = ("requires_validation", "opt_out_business_days", "window_zone")


@dataclass(frozen=True)
class Problem:
    """One reason of domain.md 2.3 for which a complete claim can't be filed; *subject* names what it is about."""

    code: str
    fact: str
    subject: str = ""


@dataclass(frozen=True)
class ClaimProgram:
    """One incentive program of a claim's activities, and whether the claim's location is enrolled in it."""

    program: IncentiveProgram
    has_enrolment: bool


class ClaimIncomplete(Exception):
    """The claim does not state every fact it needs; `missing` names them in the order in which they are asked."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class ClaimIneligible(Exception):
    """The claim is complete but can't be filed as it stands; `problems` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


class AnswerMissing(Exception):
    """A resubmission needs a reply or a new proof (domain.md T8)."""


@transaction.atomic
def submit_claim(*, claim_id: int, acknowledged: bool, by: Actor, now: datetime) -> Claim:
    """File the draft: freeze it, queue the receipt and the customer's notice, and put it before the reviewers.

    Raise ActionNotAllowed (not a draft any more, or not an incentives admin), ClaimIncomplete or ClaimIneligible; then
    nothing is written. Of two submissions of one draft the second finds it filed. (domain.md T4, D1, D2)
    """
    claim = lock_claim_on_its_tenant(claim_id)
    lifecycle.status_after(claim.status, ClaimAction.SUBMIT, by.role)
    programs = programs_of(claim)
    check_claim(claim, programs=programs)
    if not acknowledged:
        raise ClaimIncomplete(("acknowledgements",))
    copy_program_rules(claim, programs=programs)
    filed = {
        **{name: getattr(claim, name) for name in PROGRAM_RULES},
        "submitted_at": now,
        "submitted_by_id": by.user_id,
        "review_due_at": review_due_at(claim, now=now),
    }
    act([claim], ClaimAction.SUBMIT, by=by, now=now, details=snapshot(claim), facts=filed)
    mark_competing_claims(claim.tenant, now=now)
    claim.refresh_from_db(fields=["has_competing_claim"])
    send_notice(claim, now=now)
    emails.claim_received(claim, now=now)
    return claim


@transaction.atomic
def resubmit_claim(*, claim_id: int, reply: str, by: Actor, now: datetime) -> Claim:
    """Answer the reviewer and return the claim to review.

    A changed customer contact, MPN ID or a wider list of items sends a new notice and opens a full new window; a
    narrower list leaves the window as it is (domain.md 1.6). Raise ActionNotAllowed, ClaimIncomplete, ClaimIneligible,
    or AnswerMissing when there is neither a reply nor a proof added since the question.
    """
    claim = lock_claim_on_its_tenant(claim_id)
    lifecycle.status_after(claim.status, ClaimAction.RESUBMIT, by.role)
    check_claim(claim, programs=programs_of(claim))
    if not reply.strip() and not has_changed_since_the_question(claim):
        raise AnswerMissing
    answered: dict[str, Any] = {
        "answer_due_at": None,
        "review_outcome": ReviewOutcome.PENDING,
        "reason_codes": [],
        "review_due_at": review_due_at(claim, now=now),
    }
    act([claim], ClaimAction.RESUBMIT, by=by, now=now, note=reply, details=snapshot(claim), facts=answered)
    mark_competing_claims(claim.tenant, now=now)
    claim.refresh_from_db(fields=["has_competing_claim"])
    if needs_new_notice(claim):
        send_notice(claim, now=now)
    emails.answer_arrived(claim, now=now)
    return claim


@transaction.atomic
def withdraw_claim(*, claim_id: int, reason: WithdrawalReason, by: Actor, now: datetime) -> Claim:
    """Take an undecided claim back and tell the customer that nothing is left to do; raise ActionNotAllowed (T23)."""
    claim = lock_claim_on_its_tenant(claim_id)
    act([claim], ClaimAction.WITHDRAW, by=by, now=now, details={"reason": reason.value})
    claim.reason_codes = [ReasonCode.PARTNER_REQUEST.value]
    claim.answer_due_at = claim.review_due_at = None
    claim.save(update_fields=["reason_codes", "answer_due_at", "review_due_at"])
    close_consent(claim, now=now)
    mark_competing_claims(claim.tenant, now=now)
    return claim


@transaction.atomic
def cancel_draft(*, claim_id: int, by: Actor, now: datetime) -> Claim:
    """Give a draft up; its History stays. Raise ActionNotAllowed (T3)."""
    claim = lock_claim_on_its_tenant(claim_id)
    act([claim], ClaimAction.CANCEL_DRAFT, by=by, now=now)
    return claim


def close_consent(claim: Claim, *, now: datetime) -> None:
    """End the customer's part of a claim that was closed by somebody else.

    A notice that has not left is stopped; who got one hears that nothing is left to do (E3d), as its link says. Whom
    none reached hears nothing.
    """
    notice = claim.notices.current().select_related("email").first()
    if notice is None or notice.undelivered_at or revoke_unsent(claim, notice, now=now):
        return
    emails.request_closed(claim, notice=notice, now=now)


def check_claim(claim: Claim, *, programs: Iterable[ClaimProgram]) -> None:
    """Raise ClaimIncomplete or ClaimIneligible when *claim* can't be filed as it stands.

    Its items and contacts are at hand from then on.
    """
    prefetch_related_objects(
        [claim], "items__product", "items__subscription__product", "items__subscription__tenant", "contacts"
    )
    missing = missing_facts(stated_facts(claim), claim.path)
    if missing:
        raise ClaimIncomplete(missing)
    problems = tuple(find_problems(claim, programs=programs))
    if problems:
        raise ClaimIneligible(problems)


def stated_facts(claim: Claim) -> dict[str, object]:
    """Return every fact of domain.md 2.1 by its name in `rules.requirements`; an unstated one is empty."""
    items = list(claim.items.all())
    facts: dict[str, object] = {
        "location": claim.location_id,
        "domain_name": claim.domain_name,
        "tenant": claim.tenant_id,
        "solution_area": claim.solution_area,
        "activities": claim.activities,
        "name": claim.name,
        "dynamics_solution_seller_name": claim.dynamics_solution_seller_name,
        "revenue_customer_name": claim.revenue_customer_name,
        "isv_product_solution_name": claim.isv_product_solution_name,
        "products": items,
        "subscriptions": bool(items) and all(item.subscription_id for item in items),
        "proofs": claim.proofs.exists(),
    }
    for contact in claim.contacts.all():
        for field in ("name", "title", "email", "language"):
            facts[f"{contact.kind}_contact_{field}"] = getattr(contact, field)
    return facts


def find_problems(
    claim: Claim,
    *,
    holders: Mapping[Item, list[Holder]] | None = None,
    programs: Iterable[ClaimProgram] | None = None,
) -> Iterable[Problem]:
    """Yield why a complete claim can't be filed: enrolment, own duplicates, subscriptions, scans (domain.md 2.3).

    *holders* and *programs* spare their queries to a caller that has asked `holders_on` and `programs_of` already.
    """
    if not is_enrolled(programs_of(claim) if programs is None else programs):
        yield Problem("MPN_NOT_ENROLLED", "location", str(claim.location))
    prefetch_related_objects([claim], "items__product", "items__subscription__product", "items__subscription__tenant")
    if holders is None:
        holders = holders_on(claim.tenant, besides=claim)
    for item in claim.items.all():
        code = item_problem(claim, item)
        held = holding(holders.get(item_of(item), ()), partner_id=claim.partner_id, activities=claim.activities)
        if held == Holding.OWN_DUPLICATE:
            code = "ITEM_DUPLICATE_OWN"
        if code:
            yield Problem(code, "products", str(item.product))
    for proof in claim.proofs.all():
        if proof.scan_status == ScanStatus.INFECTED:
            yield Problem("POE_INFECTED", "proofs", proof.name)
        elif proof.scan_status == ScanStatus.PENDING:
            yield Problem("POE_SCANNING", "proofs", proof.name)


def item_problem(claim: Claim, item: ClaimedProduct) -> str | None:
    """Return why this item can't be claimed on this claim's path, or None."""
    product = item.product
    if not product.is_claimable or product.solution_area != claim.solution_area:
        return "ITEM_NOT_CLAIMABLE"
    if product.is_revenue_only and not claim.claims_revenue:
        return "ITEM_REVENUE_ONLY"
    if item.subscription is None:
        return None
    facts = SubscriptionFacts(
        tenant_id=item.subscription.tenant.tenant_id,
        product_code=item.subscription.product.code,
        is_business_applications=item.subscription.product.solution_area == "BA",
        state=item.subscription.state,
        channel=item.subscription.channel,
        is_provisioned=item.subscription.is_provisioned,
    )
    return subscription_problem(facts, product_code=product.code, tenant=claim.tenant.tenant_id)


def programs_of(claim: Claim) -> list[ClaimProgram]:
    """Return the programs of the claim's activities, each with whether the claim's location is enrolled in it."""
    enrolment = LocationEnrolment.objects.filter(
        location=claim.location_id, status=EnrolmentStatus.ENROLLED, program=OuterRef("pk")
    )
    programs = IncentiveProgram.objects.filter(activity__in=claim.activities).annotate(has_enrolment=Exists(enrolment))
    return [ClaimProgram(program=program, has_enrolment=program.has_enrolment) for program in programs]


def is_enrolled(programs: Iterable[ClaimProgram]) -> bool:
    """Whether the location is enrolled in every one of *programs* that pays (domain.md 2.2)."""
    return all(each.has_enrolment or not each.program.is_paid for each in programs)


def copy_program_rules(claim: Claim, *, programs: Sequence[ClaimProgram]) -> None:
    """Fix the window's length, zone and the need for validation, so that a later change moves no open claim (D2)."""
    claim.requires_validation = any(each.program.requires_validation for each in programs)
    claim.opt_out_business_days = max(each.program.opt_out_business_days for each in programs)
    claim.window_zone = zone_for(claim.tenant.country, claim.tenant.time_zone).key


def has_changed_since_the_question(claim: Claim) -> bool:
    """Whether the partner added a proof or changed an answer since the reviewer asked."""
    question = claim.events.filter(to_status=claim.status).last()
    later = claim.events.filter(pk__gt=question.pk) if question else claim.events.none()
    return later.filter(actor_role__in=lifecycle.EDITORS).exclude(kind="edit_refused").exists()


def snapshot(claim: Claim) -> dict[str, object]:
    """Return what the claim stated when it was filed, for the History."""
    return {
        "mpn_id": claim.location.mpn_id,
        "domain_name": claim.domain_name,
        "tenant_id": str(claim.tenant.tenant_id),
        "activities": [activity.value for activity in claim.activities],
        "items": [
            [item.product.code, str(item.subscription.subscription_id) if item.subscription else ""]
            for item in claim.items.select_related("product", "subscription")
        ],
        "customer_contact": emails.contact_of(claim, ContactKind.CUSTOMER).email,
        "proofs": list(claim.proofs.values_list("sha256", flat=True)),
    }
