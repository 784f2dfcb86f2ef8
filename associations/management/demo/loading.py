"""Loads the partners, people, customers and migrated associations of the demo world. Running it again adds nothing."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import Group

from accounts.models import User
from associations.choices import EnrolmentStatus, ListedBy
from associations.management.demo import world
from associations.models import (
    Association,
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
from associations.services.background import imports


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
            TenantDomain.objects.get_or_create(
                domain_name=domain_name, defaults={"tenant": tenant, "listed_by": ListedBy.ADMIN}
            )
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
    """Migrate the associations from before the portal."""
    for demo in world.MIGRATIONS:
        if Association.objects.filter(subscription__subscription_id=UUID(demo.subscription)).exists():
            continue
        partner = Partner.objects.get(name=demo.partner)
        imports.migrate_association(
            partner=partner,
            subscription=Subscription.objects.get(subscription_id=UUID(demo.subscription)),
            activities=["BA_USAGE"],
            starts_at=now - timedelta(days=demo.days),
            uploaded_by=partner.members.earliest("pk").user_id,
            now=now,
        )
