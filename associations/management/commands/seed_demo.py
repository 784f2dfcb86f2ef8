"""Load the demo world into the embedded mode. Running it again adds nothing."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from docx import Document

from accounts.models import User
from associations.choices import ContactKind, EnrolmentStatus, OptOutReason, ReasonCode, SolutionArea, WithdrawalReason
from associations.management import demo_world as world
from associations.models import (
    Association,
    Claim,
    CustomerTenant,
    IncentiveProgram,
    LocationEnrolment,
    Partner,
    PartnerLocation,
    PartnerMember,
    Product,
    Subscription,
    TenantDomain,
)
from associations.rules.actors import Actor, Role
from associations.rules.evidence import ProofKind
from associations.services import answering, approval, clocks, disputes, drafting, importing, review, submission
from notifications.delivery import deliver_due_emails

# Five business days around Christmas, when a window lasts longest.
LONGEST_WINDOW = timedelta(days=14)
REVENUE_FACTS = {
    "dynamics_solution_seller_name": "Sara Lombardi",
    "revenue_customer_name": "Wide World Importers",
    "isv_product_solution_name": "Route Planner",
}


class Command(BaseCommand):
    help = "Load the demo world: two partners, their people, customers, subscriptions and claims in every status."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("The demo world has known passwords: it can be loaded with CPOR_EMBEDDED=1 only.")
        load_partners()
        load_people()
        now = timezone.now()
        load_customers(now=now)
        load_migrations(now=now)
        told = [tell(claim, now=now) for claim in sorted(world.CLAIMS, key=lambda claim: -claim.days_ago)]
        self.stdout.write(f"The demo world is loaded: {sum(told)} new claims.")


def load_partners() -> None:
    programs = IncentiveProgram.objects.all()
    for demo in world.PARTNERS:
        partner, _ = Partner.objects.get_or_create(global_mpn_id=demo.global_mpn_id, defaults={"name": demo.name})
        for place in demo.locations:
            facts = {
                "partner": partner,
                "name": place.name,
                "country": place.country,
                "partner_type": place.partner_type,
            }
            location, _ = PartnerLocation.objects.get_or_create(mpn_id=place.mpn_id, defaults=facts)
            status = EnrolmentStatus.ENROLLED if place.enrolled else EnrolmentStatus.INVITED
            for program in programs:
                LocationEnrolment.objects.get_or_create(
                    location=location, program=program, defaults={"status": status}
                )


def load_people() -> None:
    for demo in world.ACCOUNTS:
        user = User.objects.filter(email=demo.email).first() or User.objects.create_user(
            demo.email,
            world.PASSWORD,
            full_name=demo.name,
            language=demo.language,
            is_staff=demo.is_reviewer or demo.is_platform_admin,
            is_superuser=demo.is_platform_admin,
        )
        if demo.partner:
            partner = Partner.objects.get(name=demo.partner)
            PartnerMember.objects.get_or_create(user=user, partner=partner, defaults={"role": demo.role})
        if demo.is_reviewer:
            user.groups.add(Group.objects.get(name="Reviewers"))


def load_customers(*, now: datetime) -> None:
    for demo in world.TENANTS:
        facts = {"name": demo.name, "country": demo.country}
        tenant, _ = CustomerTenant.objects.get_or_create(tenant_id=UUID(demo.tenant_id), defaults=facts)
        for domain_name in demo.domain_names:
            TenantDomain.objects.get_or_create(domain_name=domain_name, defaults={"tenant": tenant})
        for bought in demo.subscriptions:
            Subscription.objects.get_or_create(
                subscription_id=UUID(bought.id),
                defaults={
                    "tenant": tenant,
                    "product": Product.objects.get(code=bought.product),
                    "state": bought.state,
                    "channel": bought.channel,
                    "region": bought.region,
                    "seats_available": bought.seats,
                    "is_provisioned": bought.is_provisioned,
                    "ends_on": None
                    if bought.ends_in_days is None
                    else now.date() + timedelta(days=bought.ends_in_days),
                },
            )


def load_migrations(*, now: datetime) -> None:
    """Take over what was in force before this process."""
    for demo in world.MIGRATIONS:
        if Association.objects.filter(subscription__subscription_id=UUID(demo.subscription)).exists():
            continue
        partner = Partner.objects.get(name=demo.partner)
        importing.migrate_association(
            partner=partner,
            subscription=Subscription.objects.get(subscription_id=UUID(demo.subscription)),
            activities={"for_usage": True},
            starts_at=now - timedelta(days=demo.days),
            uploaded_by=partner.members.earliest("pk").user_id,
            now=now,
        )


def tell(demo: world.DemoClaim, *, now: datetime) -> bool:
    """Make one claim go through its story with the portal's own services; return whether it was new."""
    if Claim.objects.filter(partner__name=demo.partner, name=demo.name).exists():
        return False
    at = now - timedelta(days=demo.days_ago)
    claim = draft(demo, at=at)
    if demo.story == "draft":
        return True
    submission.submit_claim(claim_id=claim.pk, acknowledged=True, by=author_of(claim), now=at)
    deliver_due_emails(now=at)
    clocks.open_windows(now=at)
    STORIES[demo.story](claim, at, now)
    deliver_due_emails(now=now)
    return True


def draft(demo: world.DemoClaim, *, at: datetime) -> Claim:
    location = PartnerLocation.objects.get(mpn_id=demo.mpn_id)
    author = PartnerMember.objects.get(partner=location.partner, role="incentives_admin").user
    by = Actor(Role.INCENTIVES_ADMIN, author.pk)
    tenant = CustomerTenant.objects.get(domains__domain_name=demo.domain_name)
    claim = drafting.start_claim(location=location, domain_name=demo.domain_name, tenant=tenant, by=by, now=at)
    products = list(Product.objects.filter(code__in=demo.products))
    facts: dict[str, Any] = {
        "solution_area": products[0].solution_area,
        "claims_usage": "usage" in demo.activities,
        "claims_presales": "presales" in demo.activities,
        "claims_revenue": "revenue" in demo.activities,
    }
    record(claim, "work", facts, by=by, at=at)
    record(
        claim, "details", {"name": demo.name} | (REVENUE_FACTS if "revenue" in demo.activities else {}), by=by, at=at
    )
    drafting.choose_products(
        claim_id=claim.pk,
        choices=[drafting.ItemChoice(product.pk, subscription_of(tenant, product)) for product in products],
        version=drafting.version_of(drafting.stored_products(claim)),
        by=by,
        now=at,
    )
    if demo.story == "draft":
        return claim
    drafting.record_contacts(
        claim_id=claim.pk,
        facts=people_of(demo, author),
        version=drafting.version_of(drafting.stored_contacts(claim)),
        by=by,
        now=at,
    )
    drafting.attach_proof(
        claim_id=claim.pk,
        file=statement_of_work(demo, tenant),
        name="statement-of-work.docx",
        kind=ProofKind.DOCX,
        max_files=settings.POE_MAX_FILES,
        by=by,
        now=at,
    )
    return claim


def record(claim: Claim, group: str, facts: dict[str, Any], *, by: Actor, at: datetime) -> None:
    stored = drafting.stored_facts(Claim.objects.get(pk=claim.pk), facts)
    drafting.record_facts(
        claim_id=claim.pk, group=group, facts=facts, version=drafting.version_of(stored), by=by, now=at
    )


def subscription_of(tenant: CustomerTenant, product: Product) -> int | None:
    if product.solution_area == SolutionArea.M365:
        return None
    return Subscription.objects.filter(tenant=tenant, product=product).values_list("pk", flat=True).first()


def people_of(demo: world.DemoClaim, author: User) -> dict[str, str]:
    name, title, email = next(tenant.contact for tenant in world.TENANTS if demo.domain_name in tenant.domain_names)
    people = {
        ContactKind.CUSTOMER: {"name": name, "title": title, "email": email, "language": demo.language},
        ContactKind.PARTNER: {"name": author.full_name, "email": author.email},
    }
    if Product.objects.filter(code__in=demo.products, is_dynamics_365=True).exists():
        people[ContactKind.TECHNICAL] = {"name": "Teo Tecnico", "title": "IT", "email": f"it@{demo.domain_name}"}
    return {f"{kind.value}_{field}": value for kind, fields in people.items() for field, value in fields.items()}


def statement_of_work(demo: world.DemoClaim, tenant: CustomerTenant) -> SimpleUploadedFile:
    document = Document()
    document.add_heading("Statement of work", level=1)
    document.add_paragraph(f"{demo.partner} and {tenant.name} ({demo.domain_name}, {tenant.tenant_id})")
    for product in Product.objects.filter(code__in=demo.products):
        document.add_paragraph(f"{product.name}: deployment, training and follow-up of adoption.", style="List Bullet")
    document.add_paragraph(f"Signed for {tenant.name}.")
    file = io.BytesIO()
    document.save(file)
    return SimpleUploadedFile("statement-of-work.docx", file.getvalue())


def author_of(claim: Claim) -> Actor:
    return Actor(Role.INCENTIVES_ADMIN, claim.created_by_id)


def demo_reviewer() -> Actor:
    return Actor(Role.REVIEWER, User.objects.get(email="reviewer@microsoft.example").pk)


def wait(claim: Claim, at: datetime, now: datetime) -> None:
    """The claim was filed, and that is all so far."""


def be_reviewed(claim: Claim, at: datetime, now: datetime) -> None:
    review.start_review(claim_id=claim.pk, by=demo_reviewer(), now=at + timedelta(hours=2))


def be_returned(claim: Claim, at: datetime, now: datetime) -> None:
    be_reviewed(claim, at, now)
    review.request_action(
        claim_id=claim.pk,
        reasons=[ReasonCode.POE_NO_PRODUCT, ReasonCode.POE_NO_SIGNATURE],
        text="Microsoft 365 Apps is not named in the statement of work, and page 3 is not signed.",
        by=demo_reviewer(),
        now=at + timedelta(hours=4),
    )


def be_validated(claim: Claim, at: datetime, now: datetime) -> None:
    be_reviewed(claim, at, now)
    review.validate_claim(claim_id=claim.pk, by=demo_reviewer(), now=at + timedelta(hours=5))


def be_rejected(claim: Claim, at: datetime, now: datetime) -> None:
    be_reviewed(claim, at, now)
    review.reject_claim(
        claim_id=claim.pk,
        reasons=[ReasonCode.POE_ALL_MISSING],
        text="The file is a price list and does not show any work.",
        by=demo_reviewer(),
        now=at + timedelta(hours=6),
    )


def be_disputed(claim: Claim, at: datetime, now: datetime) -> None:
    be_rejected(claim, at, now)
    disputes.open_dispute(
        claim_id=claim.pk,
        justification="The signed statement of work is the second file; the price list was uploaded by mistake.",
        proofs=(),
        max_files=settings.POE_MAX_FILES,
        by=author_of(claim),
        now=at + timedelta(days=1),
    )


def be_rejected_for_good(claim: Claim, at: datetime, now: datetime) -> None:
    be_disputed(claim, at, now)
    disputes.uphold_rejection(
        claim_id=claim.pk,
        text="There is no second file. Please file a new claim with the signed statement of work.",
        by=demo_reviewer(),
        now=at + timedelta(days=2),
    )


def be_declined(claim: Claim, at: datetime, now: datetime) -> None:
    answering.opt_out(
        notice_id=claim.notices.current().get().pk,
        answerer=answering.Answerer(name="Dana Kim"),
        reason=OptOutReason.OTHER_PARTNER,
        text="This work was done by another company.",
        now=at + timedelta(days=1),
    )


def be_withdrawn(claim: Claim, at: datetime, now: datetime) -> None:
    reason = WithdrawalReason.WRONG_MPN
    submission.withdraw_claim(claim_id=claim.pk, reason=reason, by=author_of(claim), now=at + timedelta(hours=3))


def become_official(claim: Claim, at: datetime, now: datetime) -> None:
    be_validated(claim, at, now)
    approval.approve_unopposed_claims(now=min(now, at + LONGEST_WINDOW))


STORIES: dict[str, Callable[[Claim, datetime, datetime], None]] = {
    "submitted": wait,
    "under_review": be_reviewed,
    "action_required": be_returned,
    "awaiting_customer": be_validated,
    "approved": become_official,
    "rejected": be_rejected,
    "disputed": be_disputed,
    "rejected_final": be_rejected_for_good,
    "declined": be_declined,
    "withdrawn": be_withdrawn,
}
