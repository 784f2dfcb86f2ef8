"""Claims as they are after something happened to them, made by the services that make it happen.

Every story takes `at`, an aware instant; what follows is told from there. The partner's incentives admin is
`claim.created_by`.
"""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile

from associations.choices import ContactKind, EventKind, MemberRole, OptOutReason, ReasonCode
from associations.models import Claim, CustomerNotice, Product, Subscription
from associations.rules.actors import Actor, Role
from associations.services.association import approval
from associations.services.claim import submission
from associations.services.claim.history import record
from associations.services.claim.search_columns import refresh_search_text
from associations.services.customer import answer, hand_over, holds, opt_out_period, requests_link
from associations.services.review import decisions
from bench.files import SMALL_PDF
from notifications.models import EmailStatus, IncomingEmail, IncomingKind, OutboxEmail
from tests.factories import (
    MONDAY,
    ClaimedProductFactory,
    ClaimFactory,
    ContactFactory,
    IncomingEmailFactory,
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
    work = {"solution_area": "M365", "activity_codes": ("M365_USAGE",)}
    stated = work | {"name": f"Adoption {next(numbers)}"} | fields
    claim = draft_claim(at=at, **stated)
    for code in products:
        ClaimedProductFactory(claim=claim, product=Product.objects.get(code=code))
    return _with_people_and_proof(claim, language=language)


def complete_dynamics_claim(*, at: datetime = MONDAY, language: str = "en", **fields: Any) -> Claim:
    """A Dynamics 365 Sales usage and pre-sales draft that states everything, ready to be filed."""
    stated = {"activity_codes": ("BA_USAGE", "BA_PRESALES"), "name": f"Sales {next(numbers)}"} | fields
    claim = draft_claim(at=at, solution_area="BA", **stated)
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
        activity_codes=("BA_REVENUE",),
        dynamics_solution_seller_name="Sara Seller",
        revenue_customer_name="Northwind Traders",
        isv_product_solution_name="Route Planner",
        **fields,
    )


def draft_with_contact(email: str, *, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A draft, ready to be filed, whose customer contact is at *email*."""
    claim = complete_claim(at=at, **fields)
    claim.contacts.filter(kind=ContactKind.CUSTOMER).update(email=email)
    return claim


def unconfirmed_claim(email: str = "carla@elsewhere.example", *, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A claim whose window is open and whose contact has to be confirmed."""
    return noticed_claim(at=at, claim=draft_with_contact(email, at=at, **fields))


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
    opt_out_period.open_window(notice.pk, now=at)
    notice.refresh_from_db()
    return notice


def claim_under_review(*, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A claim whose window is open and which a reviewer has taken an hour later."""
    claim = noticed_claim(at=at, **fields)
    return decisions.start_review(claim_id=claim.pk, by=reviewer(), now=at + HOUR)


def claim_needing_action(*, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A claim that the reviewer returned two hours after it was filed."""
    claim = claim_under_review(at=at, **fields)
    return decisions.request_action(
        claim_id=claim.pk,
        reasons=[ReasonCode.POE_NO_PRODUCT],
        text="Teams is not named in the statement of work.",
        by=Actor(Role.REVIEWER, claim.reviewer_id),
        now=at + 2 * HOUR,
    )


def rejected_claim(*, at: datetime = MONDAY, **fields: Any) -> Claim:
    """A claim that a reviewer rejected two hours after it was filed."""
    claim = claim_under_review(at=at, **fields)
    return decisions.reject_claim(
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
    answer.opt_out(
        notice_id=notice.pk,
        answerer=answer.Answerer(name="Carla Bianchi"),
        reason=OptOutReason.NO_RELATION,
        now=at + timedelta(days=1),
    )
    return fresh(claim)


def handed_over_claim(*, at: datetime = MONDAY, claim: Claim | None = None, **fields: Any) -> Claim:
    """A claim whose contact handed it over to a colleague an hour after it was filed; the new notice waits."""
    filed = noticed_claim(at=at, claim=claim, **fields)
    hand_over_to(colleague_of(filed), claim=filed, at=at + HOUR)
    return fresh(filed)


def colleague_of(claim: Claim, *, mailbox: str = "dario", language: str = "en") -> dict[str, str]:
    """A colleague of the customer's contact, at the customer's domain."""
    email = f"{mailbox}@{claim.domain_name}"
    return {"name": f"{mailbox.title()} Neri", "title": "Head of purchasing", "email": email, "language": language}


def hand_over_to(colleague: dict[str, str], *, claim: Claim, at: datetime, text: str = "") -> CustomerNotice:
    """Hand the request of the claim's current notice over, and return the new notice."""
    notice = claim.notices.current().get()
    giver = answer.Answerer(name=notice.contact_name)
    return hand_over.hand_over(notice_id=notice.pk, answerer=giver, colleague=colleague, text=text, now=at)


def send_requests_link(address: str, *, at: datetime, language: str = "en") -> bool:
    """Ask for a link to all requests of *address*, let the clock run, and return whether it sent the link."""
    requests_link.ask_for_requests_link(address, language=language, now=at)
    return requests_link.send_requests_links(now=at) > 0


def held_claim(*, at: datetime = MONDAY, kind: IncomingKind = IncomingKind.REPLY, **fields: Any) -> Claim:
    """A claim about whose notice an email came in a day after it was filed, which a reviewer has to read."""
    claim = noticed_claim(at=at, **fields)
    receive(claim, kind=kind, at=at + timedelta(days=1))
    holds.hear_incoming_emails(now=at + timedelta(days=1))
    return fresh(claim)


def receive(claim: Claim, *, at: datetime, kind: IncomingKind = IncomingKind.REPLY, **facts: Any) -> IncomingEmail:
    """Let an email about the claim's current notice come in at *at*; nobody has heard it yet."""
    email = facts.pop("email", None) or claim.notices.current().get().email
    return IncomingEmailFactory(email=email, kind=kind, received_at=at, **facts)


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
    ProofFactory(claim=claim, uploaded_by=claim.created_by, file=ContentFile(SMALL_PDF, name="sow.pdf"))
    refresh_search_text(claim)
    return fresh(claim)
