"""Claims as they are after something happened to them, made by the services that make it happen.

Every story takes `at`, an aware instant; what follows is told from there. The partner's incentives admin is
`claim.created_by`.
"""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile

from associations.choices import ContactKind, EventKind, MemberRole, OptOutReason, ReasonCode, SolutionArea
from associations.models import Claim, CustomerNotice, Product, Subscription
from associations.rules.actors import Actor, Role
from associations.services import answering, approval, clocks, review, submission
from associations.services.drafting import refresh_search_text
from associations.services.recording import record
from notifications.models import EmailStatus, OutboxEmail
from tests.factories import (
    MONDAY,
    ClaimedProductFactory,
    ClaimFactory,
    ContactFactory,
    PartnerMemberFactory,
    ProofFactory,
    ReviewerFactory,
    SubscriptionFactory,
)

WORKLOADS = ("EXO", "TEAMS")
HOUR = timedelta(hours=1)
numbers = itertools.count(1)


def admin_of(claim: Claim) -> Actor:
    """The incentives admin who drafted the claim."""
    return Actor(Role.INCENTIVES_ADMIN, claim.created_by_id)


def reviewer() -> Actor:
    """A reviewer of no company."""
    return Actor(Role.REVIEWER, ReviewerFactory().pk)


def draft_claim(*, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A draft whose author is incentives admin of its partner."""
    claim = ClaimFactory(created_at=at, changed_at=at, **fields)
    if not claim.partner.members.filter(user=claim.created_by).exists():
        PartnerMemberFactory(user=claim.created_by, partner=claim.partner, role=MemberRole.INCENTIVES_ADMIN)
    record([claim], EventKind.CREATED, by=admin_of(claim), now=at)
    return claim


def complete_claim(
    *, at: datetime = MONDAY, products: tuple[str, ...] = WORKLOADS, language: str = "en", **fields: Any
) -> Claim:
    """A Microsoft 365 usage draft that states everything, ready to be filed."""
    stated = {"solution_area": SolutionArea.M365, "claims_usage": True, "name": f"Adoption {next(numbers)}"} | fields
    claim = draft_claim(at=at, **stated)
    for code in products:
        ClaimedProductFactory(claim=claim, product=Product.objects.get(code=code))
    return _with_people_and_proof(claim, language=language)


def complete_dynamics_claim(*, at: datetime = MONDAY, language: str = "en", **fields: Any) -> Claim:
    """A Dynamics 365 Sales usage and pre-sales draft that states everything, ready to be filed."""
    stated = {"claims_usage": True, "claims_presales": True, "name": f"Sales {next(numbers)}"} | fields
    claim = draft_claim(at=at, solution_area=SolutionArea.BA, **stated)
    product = Product.objects.get(code="D365_SALES")
    subscription = Subscription.objects.filter(tenant=claim.tenant, product=product).first()
    subscription = subscription or SubscriptionFactory(tenant=claim.tenant, product=product)
    ClaimedProductFactory(claim=claim, product=product, subscription=subscription)
    ContactFactory(claim=claim, kind=ContactKind.TECHNICAL, name="Tullio Neri", language="")
    return _with_people_and_proof(claim, language=language)


def complete_revenue_claim(*, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A revenue association draft that states everything, ready to be filed."""
    return complete_dynamics_claim(
        at=at,
        claims_usage=False,
        claims_presales=False,
        claims_revenue=True,
        dynamics_solution_seller_name="Sara Seller",
        revenue_customer_name="Northwind Traders",
        isv_product_solution_name="Route Planner",
        **fields,
    )


def submitted_claim(*, at: datetime = MONDAY, claim: Claim | None = None, **fields: Any) -> Claim:
    """A claim filed at *at*; its mails wait in the outbox."""
    draft = claim or complete_claim(at=at, **fields)
    return submission.submit_claim(claim_id=draft.pk, acknowledged=True, by=admin_of(draft), now=at)


def noticed_claim(*, at: datetime = MONDAY, claim: Claim | None = None, **fields: Any) -> Claim:
    """A claim filed at *at* whose notice the mail server took in the same minute: its window is open."""
    filed = submitted_claim(at=at, claim=claim, **fields)
    deliver_notice(filed, at=at)
    return fresh(filed)


def deliver_notice(claim: Claim, *, at: datetime) -> CustomerNotice:
    """Let the mail server take the current notice at *at*, and open its window."""
    notice = CustomerNotice.objects.current().get(claim=claim)
    OutboxEmail.objects.filter(pk=notice.email_id).update(status=EmailStatus.SENT, sent_at=at, secret="")
    clocks.open_window(notice.pk, now=at)
    notice.refresh_from_db()
    return notice


def claim_under_review(*, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A claim whose window is open and which a reviewer has taken an hour later."""
    claim = noticed_claim(at=at, **fields)
    return review.start_review(claim_id=claim.pk, by=reviewer(), now=at + HOUR)


def claim_needing_action(*, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A claim that the reviewer returned two hours after it was filed."""
    claim = claim_under_review(at=at, **fields)
    return review.request_action(
        claim_id=claim.pk,
        reasons=[ReasonCode.POE_NO_PRODUCT],
        text="Teams is not named in the statement of work.",
        by=Actor(Role.REVIEWER, claim.reviewer_id),
        now=at + 2 * HOUR,
    )


def rejected_claim(*, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A claim that a reviewer rejected two hours after it was filed."""
    claim = claim_under_review(at=at, **fields)
    return review.reject_claim(
        claim_id=claim.pk,
        reasons=[ReasonCode.POE_NO_PRODUCT, ReasonCode.POE_DATES],
        text="Teams is not named, and the letter is from 2017.",
        by=Actor(Role.REVIEWER, claim.reviewer_id),
        now=at + 2 * HOUR,
    )


def approved_claim(*, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A claim made official by silence, ten days after it was filed."""
    claim = noticed_claim(at=at, **fields)
    approval.approve_unopposed_claims(now=at + timedelta(days=14))
    return fresh(claim)


def declined_claim(*, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A claim that the customer opted out of a day after it was filed."""
    claim = noticed_claim(at=at, **fields)
    notice = claim.notices.get()
    answering.opt_out(
        notice_id=notice.pk,
        answerer=answering.Answerer(name="Carla Bianchi"),
        reason=OptOutReason.NO_RELATION,
        now=at + timedelta(days=1),
    )
    return fresh(claim)


def fresh(claim: Claim) -> Claim:
    """The claim as the database has it now."""
    return Claim.objects.get(pk=claim.pk)


def _with_people_and_proof(claim: Claim, *, language: str) -> Claim:
    ContactFactory(claim=claim, kind=ContactKind.CUSTOMER, language=language)
    ContactFactory(
        claim=claim,
        kind=ContactKind.PARTNER,
        name="Paolo Rossi",
        title="",
        email=f"paolo{claim.pk}@partner.example",
        language="",
    )
    ProofFactory(claim=claim, uploaded_by=claim.created_by, file=ContentFile(b"%PDF-1.4\n%%EOF\n", name="sow.pdf"))
    refresh_search_text(claim)
    return fresh(claim)
