"""Factories for saved views, calendar feeds, unsent reviews, jobs, requests to submit, and usage."""

from datetime import date, timedelta

import factory
from factory.django import DjangoModelFactory

from associations import models
from bench.files import SMALL_PDF
from insights.models import MonthlyUsage, UsageImport, UsageReport
from tests.factories.claims import ClaimFactory
from tests.factories.directory import CustomerTenantFactory, ProductFactory
from tests.factories.people import MONDAY, PartnerFactory, ReviewerFactory, UserFactory


class CalendarFeedFactory(DjangoModelFactory):
    class Meta:
        model = models.CalendarFeed

    user = factory.SubFactory(UserFactory)
    token_digest = factory.Sequence(lambda n: f"{n:064x}")
    made_at = MONDAY


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


class ReviewDraftFactory(DjangoModelFactory):
    class Meta:
        model = models.ReviewDraft

    claim = factory.SubFactory(ClaimFactory)
    reviewer = factory.SubFactory(ReviewerFactory)
    form = "checklist"
    answers = factory.LazyFunction(lambda: {"shown": ["parties"]})
    saved_at = MONDAY


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
    file = factory.django.FileField(filename="proof.pdf", data=SMALL_PDF)
    name = "statement-of-work.pdf"
    kind = "pdf"


class SubmitRequestFactory(DjangoModelFactory):
    class Meta:
        model = models.SubmitRequest

    claim = factory.SubFactory(ClaimFactory)
    colleague = factory.SubFactory(UserFactory)
    asked_by = factory.SelfAttribute("claim.created_by")
    asked_at = MONDAY


class DigestLineFactory(DjangoModelFactory):
    class Meta:
        model = models.DigestLine

    person = factory.SubFactory(UserFactory)
    claim = factory.SubFactory(ClaimFactory)
    kind = "draft_unfinished"
    noted_at = MONDAY


class SubscriptionWatchFactory(DjangoModelFactory):
    class Meta:
        model = models.SubscriptionWatch

    claim = factory.SubFactory(ClaimFactory)
    product = factory.LazyFunction(lambda: models.Product.objects.get(code="D365_SALES"))
    watcher = factory.SubFactory(UserFactory)
    created_at = MONDAY
