"""Customers, their subscriptions, and what Microsoft says of programs, products and holidays."""

import uuid
from datetime import date

import factory
from factory.django import DjangoModelFactory

from associations import models
from associations.choices import (
    EnrolmentStatus,
    ListedBy,
    SalesChannel,
    SubscriptionState,
)
from tests.factories.people import MONDAY, PartnerLocationFactory


class LocationEnrolmentFactory(DjangoModelFactory):
    class Meta:
        model = models.LocationEnrolment

    location = factory.SubFactory(PartnerLocationFactory, enrolled=False)
    program = factory.Iterator(models.IncentiveProgram.objects.all())
    status = EnrolmentStatus.ENROLLED


class CustomerTenantFactory(DjangoModelFactory):
    """A tenant in Italy with one domain name."""

    class Meta:
        model = models.CustomerTenant
        skip_postgeneration_save = True

    tenant_id = factory.LazyFunction(uuid.uuid4)
    name = factory.Sequence(lambda n: f"Customer {n}")
    country = "IT"

    @factory.post_generation
    def domain_name(self, create: bool, extracted: str | None, **kwargs: object) -> None:
        if create:
            TenantDomainFactory(tenant=self, **({"domain_name": extracted} if extracted else {}))


class TenantDomainFactory(DjangoModelFactory):
    class Meta:
        model = models.TenantDomain

    tenant = factory.SubFactory(CustomerTenantFactory)
    domain_name = factory.Sequence(lambda n: f"customer{n}.example")
    listed_by = ListedBy.ADMIN


class SealCertificateFactory(DjangoModelFactory):
    class Meta:
        model = models.SealCertificate

    fingerprint = factory.Sequence(lambda n: f"{n:064x}")
    pem = ""
    first_used_at = MONDAY


class IncentiveProgramFactory(DjangoModelFactory):
    class Meta:
        model = models.IncentiveProgram
        django_get_or_create = ("code",)

    code = "OSU_M365"
    name = "Online Services Usage - Microsoft 365"


class HolidayOverrideFactory(DjangoModelFactory):
    """A Tuesday on which Italy rests although no list says so."""

    class Meta:
        model = models.HolidayOverride

    country = "IT"
    falls_on = date(2020, 10, 20)


class ProductFactory(DjangoModelFactory):
    """A product of the catalogue, by code."""

    class Meta:
        model = models.Product
        django_get_or_create = ("code",)

    code = "EXO"
    name = "Exchange Online"
    solution_area = "M365"
    group = "M365"


class SubscriptionFactory(DjangoModelFactory):
    """An active Dynamics 365 Sales subscription; traits name what is wrong with the others."""

    class Meta:
        model = models.Subscription

    class Params:
        csp = factory.Trait(channel=SalesChannel.CSP)
        in_grace = factory.Trait(state=SubscriptionState.IN_GRACE)
        expired = factory.Trait(state=SubscriptionState.EXPIRED)
        not_provisioned = factory.Trait(is_provisioned=False)

    subscription_id = factory.LazyFunction(uuid.uuid4)
    tenant = factory.SubFactory(CustomerTenantFactory)
    product = factory.LazyFunction(lambda: models.Product.objects.get(code="D365_SALES"))
    region = "Europe"
    state = SubscriptionState.ACTIVE
    channel = SalesChannel.VOLUME_LICENSING
