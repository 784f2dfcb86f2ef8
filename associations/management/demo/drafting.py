"""Drafts a claim of the demo world with the portal's own services."""

import io
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from accounts.models import User
from associations.choices import ContactKind
from associations.management.demo import world
from associations.management.demo.claims import DemoClaim
from associations.models import Claim, CustomerTenant, PartnerLocation, PartnerMember, Product, Subscription
from associations.rules.actors import Actor, Role
from associations.rules.proof_files import ProofKind
from associations.services.claim.answers import (
    ItemChoice,
    choose_products,
    record_contacts,
    record_facts,
    stored_contacts,
    stored_facts,
    stored_products,
    version_of,
)
from associations.services.claim.drafting import start_claim
from associations.services.claim.proofs import attach_proof

REVENUE_FACTS = {
    "dynamics_solution_seller_name": "Sara Lombardi",
    "revenue_customer_name": "Wide World Importers",
    "isv_product_solution_name": "Route Planner",
}


def draft(demo: DemoClaim, *, at: datetime) -> Claim:
    location = PartnerLocation.objects.get(mpn_id=demo.mpn_id)
    author = PartnerMember.objects.get(partner=location.partner, role="incentives_admin").user
    by = Actor(Role.INCENTIVES_ADMIN, author.pk)
    tenant = CustomerTenant.objects.get(domains__domain_name=demo.domain_name)
    claim = start_claim(location=location, domain_name=demo.domain_name, tenant=tenant, by=by, now=at)
    products = list(Product.objects.filter(code__in=demo.products))
    area = products[0].solution_area
    codes = tuple(activity.code for activity in claim.edition.activities_in(area) if activity.kind in demo.activities)
    record(claim, "work", {"solution_area": area, "activity_codes": codes}, by=by, at=at)
    record(
        claim, "details", {"name": demo.name} | (REVENUE_FACTS if "revenue" in demo.activities else {}), by=by, at=at
    )
    choose_products(
        claim_id=claim.pk,
        choices=[ItemChoice(product.pk, subscription_of(tenant, product)) for product in products],
        version=version_of(stored_products(claim)),
        by=by,
        now=at,
    )
    if demo.story == "draft":
        return claim
    record_contacts(
        claim_id=claim.pk,
        facts=people_of(demo, author),
        version=version_of(stored_contacts(claim)),
        by=by,
        now=at,
    )
    attach_proof(
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
    stored = stored_facts(Claim.objects.get(pk=claim.pk), facts)
    record_facts(claim_id=claim.pk, group=group, facts=facts, version=version_of(stored), by=by, now=at)


def subscription_of(tenant: CustomerTenant, product: Product) -> int | None:
    if product.solution_area == "M365":
        return None
    return Subscription.objects.filter(tenant=tenant, product=product).values_list("pk", flat=True).first()


def people_of(demo: DemoClaim, author: User) -> dict[str, str]:
    own = next(tenant.contact for tenant in world.TENANTS if demo.domain_name in tenant.domain_names)
    name, title, email, reason = demo.contact or (*own, "")
    customer = {"name": name, "title": title, "email": email, "mismatch_reason": reason, "language": demo.language}
    people = {
        ContactKind.CUSTOMER: customer,
        ContactKind.PARTNER: {"name": author.full_name, "email": author.email},
    }
    if any(code.startswith("D365_") for code in demo.products):
        people[ContactKind.TECHNICAL] = {"name": "Teo Tecnico", "title": "IT", "email": f"it@{demo.domain_name}"}
    return {f"{kind.value}_{field}": value for kind, fields in people.items() for field, value in fields.items()}


def statement_of_work(demo: DemoClaim, tenant: CustomerTenant) -> SimpleUploadedFile:
    document = Document()
    document.add_heading("Statement of work", level=1)
    document.add_paragraph(f"{demo.partner} and {tenant.name} ({demo.domain_name}, {tenant.tenant_id})")
    for product in Product.objects.filter(code__in=demo.products):
        document.add_paragraph(f"{product.name}: deployment, training and follow-up of adoption.", style="List Bullet")
    document.add_paragraph(f"Signed for {tenant.name}.")
    file = io.BytesIO()
    document.save(file)
    return SimpleUploadedFile("statement-of-work.docx", file.getvalue())
