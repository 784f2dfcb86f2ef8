"""Rows with the least that makes them valid; traits name states. Claims beyond a draft come from `tests.stories`."""

import uuid
from datetime import UTC, date, datetime, timedelta

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts.models import User
from associations import models
from associations.choices import (
    ClaimStatus,
    ContactKind,
    EnrolmentStatus,
    EventKind,
    MemberRole,
    SalesChannel,
    ScanStatus,
    SubscriptionState,
)
from associations.models.evidence import new_path
from associations.rules.actors import Role
from insights.models import MonthlyUsage, UsageImport, UsageReport
from notifications.models import ClockRun, Notice, OutboxEmail

MONDAY = datetime(2020, 10, 19, 8, 0, tzinfo=UTC)
PASSWORD = "cpor-demo"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@partner.example")
    full_name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)


class ReviewerFactory(UserFactory):
    email = factory.Sequence(lambda n: f"reviewer{n}@microsoft.example")
    is_staff = True

    @factory.post_generation
    def group(self, create: bool, extracted: object, **kwargs: object) -> None:
        if create:
            self.groups.add(Group.objects.get_or_create(name="Reviewers")[0])


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = models.Partner

    name = factory.Sequence(lambda n: f"Partner {n}")
    global_mpn_id = factory.Sequence(lambda n: str(6_000_000 + n))


class PartnerLocationFactory(DjangoModelFactory):
    """A location enrolled in every program; `enrolled=False` makes one that is enrolled in none."""

    class Meta:
        model = models.PartnerLocation
        skip_postgeneration_save = True

    partner = factory.SubFactory(PartnerFactory)
    mpn_id = factory.Sequence(lambda n: str(4_000_000 + n))
    name = factory.Sequence(lambda n: f"Location {n}")
    country = "IT"

    @factory.post_generation
    def enrolled(self, create: bool, extracted: bool | None, **kwargs: object) -> None:
        if not create or extracted is False:
            return
        for program in models.IncentiveProgram.objects.all():
            models.LocationEnrolment.objects.create(location=self, program=program, status=EnrolmentStatus.ENROLLED)


class LocationEnrolmentFactory(DjangoModelFactory):
    class Meta:
        model = models.LocationEnrolment

    location = factory.SubFactory(PartnerLocationFactory, enrolled=False)
    program = factory.Iterator(models.IncentiveProgram.objects.all())
    status = EnrolmentStatus.ENROLLED


class PartnerMemberFactory(DjangoModelFactory):
    """Someone with a role in a partner; `locations=[...]` limits them to those."""

    class Meta:
        model = models.PartnerMember
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)
    role = MemberRole.INCENTIVES_ADMIN

    @factory.post_generation
    def locations(self, create: bool, extracted: list[models.PartnerLocation] | None, **kwargs: object) -> None:
        if create and extracted is not None:
            self.all_locations = False
            self.save(update_fields=["all_locations"])
            self.locations.set(extracted)


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


class IncentiveProgramFactory(DjangoModelFactory):
    class Meta:
        model = models.IncentiveProgram
        django_get_or_create = ("activity",)

    activity = "M365_USAGE"
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


class ClaimFactory(DjangoModelFactory):
    """A draft after its first *Continue*."""

    class Meta:
        model = models.Claim

    location = factory.SubFactory(PartnerLocationFactory)
    partner = factory.SelfAttribute("location.partner")
    tenant = factory.SubFactory(CustomerTenantFactory)
    domain_name = factory.LazyAttribute(lambda claim: claim.tenant.domains.get().domain_name)
    status = ClaimStatus.DRAFT
    created_at = MONDAY
    changed_at = MONDAY
    created_by = factory.SubFactory(UserFactory)


class ClaimedProductFactory(DjangoModelFactory):
    class Meta:
        model = models.ClaimedProduct

    claim = factory.SubFactory(ClaimFactory)
    product = factory.LazyFunction(lambda: models.Product.objects.get(code="EXO"))


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = models.Contact

    claim = factory.SubFactory(ClaimFactory)
    kind = ContactKind.CUSTOMER
    name = "Carla Bianchi"
    title = "Head of IT"
    email = factory.LazyAttribute(lambda contact: f"{contact.kind}@{contact.claim.domain_name}")
    language = "en"


class ProofFactory(DjangoModelFactory):
    class Meta:
        model = models.ProofOfExecution

    class Params:
        pending = factory.Trait(scan_status=ScanStatus.PENDING, scan_due_at=MONDAY)
        infected = factory.Trait(scan_status=ScanStatus.INFECTED, file="")

    claim = factory.SubFactory(ClaimFactory)
    file = factory.django.FileField(filename="proof.pdf", data=b"%PDF-1.4\n%%EOF\n")
    name = "statement-of-work.pdf"
    kind = "pdf"
    size = 16
    sha256 = "0" * 64
    uploaded_at = MONDAY
    uploaded_by = factory.SubFactory(UserFactory)


class LooseFileFactory(DjangoModelFactory):
    class Meta:
        model = models.LooseFile

    name = factory.LazyFunction(new_path)
    since_at = MONDAY


class ClaimEventFactory(DjangoModelFactory):
    class Meta:
        model = models.ClaimEvent

    claim = factory.SubFactory(ClaimFactory)
    kind = EventKind.CREATED
    actor_role = Role.INCENTIVES_ADMIN
    at = MONDAY


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = models.Comment

    claim = factory.SubFactory(ClaimFactory)
    author = factory.SubFactory(UserFactory)
    author_role = Role.INCENTIVES_ADMIN
    text = "The statement of work is on its way."
    at = MONDAY


class AssociationFactory(DjangoModelFactory):
    """An active association with Exchange Online; `subscription=...` for Business Applications."""

    class Meta:
        model = models.Association

    partner = factory.SubFactory(PartnerFactory)
    tenant = factory.SubFactory(CustomerTenantFactory)
    product = factory.LazyFunction(lambda: models.Product.objects.get(code="EXO"))
    for_usage = True
    starts_at = MONDAY


class OutboxEmailFactory(DjangoModelFactory):
    class Meta:
        model = OutboxEmail

    key = factory.Sequence(lambda n: f"test:{n}")
    template = "claim_received"
    locale = "en"
    to = factory.LazyFunction(lambda: ["someone@partner.example"])
    due_at = MONDAY
    created_at = MONDAY


class NoticeFactory(DjangoModelFactory):
    """An unread notice that asks for nothing."""

    class Meta:
        model = Notice

    user = factory.SubFactory(UserFactory)
    key = factory.Sequence(lambda n: f"test:{n}")
    kind = "claim_approved"
    context = factory.LazyFunction(lambda: {"claim_number": "CA-2020-000001", "customer_name": "Adventure Works"})
    url = "/associations/"
    created_at = MONDAY


class ClockRunFactory(DjangoModelFactory):
    class Meta:
        model = ClockRun

    clock = "open_windows"
    ended_at = MONDAY
    seconds = 0.1


class CustomerNoticeFactory(DjangoModelFactory):
    class Meta:
        model = models.CustomerNotice

    claim = factory.SubFactory(ClaimFactory)
    number = 1
    contact_name = "Carla Bianchi"
    contact_email = "carla@customer.example"
    language = "en"
    token_digest = factory.Sequence(lambda n: f"{n:064x}")
    email = factory.SubFactory(OutboxEmailFactory)
    queued_at = MONDAY


class CalendarFeedFactory(DjangoModelFactory):
    class Meta:
        model = models.CalendarFeed

    user = factory.SubFactory(UserFactory)
    token_digest = factory.Sequence(lambda n: f"{n:064x}")
    made_at = MONDAY


class ReminderFactory(DjangoModelFactory):
    class Meta:
        model = models.Reminder

    claim = factory.SubFactory(ClaimFactory)
    kind = "draft_unfinished"
    due_at = MONDAY


class UsageImportFactory(DjangoModelFactory):
    class Meta:
        model = UsageImport

    report = UsageReport.M365
    source = "october.csv"
    imported_at = MONDAY


class MonthlyUsageFactory(DjangoModelFactory):
    """The usage of a workload in October 2020."""

    class Meta:
        model = MonthlyUsage

    tenant = factory.SubFactory(CustomerTenantFactory)
    product = factory.SubFactory(ProductFactory)
    month = date(2020, 10, 1)
    active = 100
    available = 200
    origin = factory.SubFactory(UsageImportFactory)


class SavedViewFactory(DjangoModelFactory):
    class Meta:
        model = models.SavedView

    owner = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"View {n}")
    query = "?status=draft"


class BulkRunFactory(DjangoModelFactory):
    class Meta:
        model = models.BulkRun

    owner = factory.SubFactory(UserFactory)
    action = "renew"
    started_at = MONDAY


class BulkRowFactory(DjangoModelFactory):
    class Meta:
        model = models.BulkRow

    run = factory.SubFactory(BulkRunFactory)
    claim = factory.SubFactory(ClaimFactory)
    outcome = "done"


class JobFactory(DjangoModelFactory):
    """An export that waits for a worker."""

    class Meta:
        model = models.Job

    kind = "export"
    phase = "write"
    owner = factory.SubFactory(UserFactory)
    parameters = factory.LazyFunction(lambda: {"query": "", "format": "csv"})
    created_at = MONDAY
    expires_at = MONDAY + timedelta(days=14)


class JobRowFactory(DjangoModelFactory):
    class Meta:
        model = models.JobRow

    job = factory.SubFactory(JobFactory, kind="tenants", phase="check")
    number = factory.Sequence(lambda n: n + 2)


class JobFileFactory(DjangoModelFactory):
    class Meta:
        model = models.JobFile

    job = factory.SubFactory(JobFactory, kind="reassociation", phase="check")
    file = factory.django.FileField(filename="proof.pdf", data=b"%PDF-1.4\n%%EOF\n")
    name = "statement-of-work.pdf"
    kind = "pdf"


class SubscriptionWatchFactory(DjangoModelFactory):
    class Meta:
        model = models.SubscriptionWatch

    claim = factory.SubFactory(ClaimFactory)
    product = factory.LazyFunction(lambda: models.Product.objects.get(code="D365_SALES"))
    watcher = factory.SubFactory(UserFactory)
    created_at = MONDAY
