"""A sheet of a partner's customers, until each row is a draft."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from associations.background.runner import run_to_the_end
from associations.choices import ListedBy
from associations.job_choices import JobKind, JobPhase, RowOutcome
from associations.models import CustomerTenant, Job, TenantDomain
from associations.services.background.jobs import AttachedFile, go_on, start_import
from bench.data import BIG_PARTNER
from bench.measuring import Figure, seconds
from bench.sizes import Size
from bench.wizard import MPN_ID, PDF
from operations.warm_up import warm_up

ROWS, MOST_SECONDS = 1_000, 60


def import_customers(size: Size) -> Iterator[Figure]:
    """Check a sheet of new customers, then draft a claim for each, with the one proof that came with the sheet.

    As a worker does it, round after round. There is no floor: the budget is a time, whatever the size of the run.
    """
    warm_up()
    checked = seconds(partial(run_to_the_end, job := _sheet(), clock=timezone.now))
    go_on(job_id=job.pk, phase=JobPhase.APPLY, now=timezone.now())
    job.refresh_from_db()
    drafted = seconds(partial(run_to_the_end, job, clock=timezone.now))
    imported = job.rows.filter(outcome=RowOutcome.IMPORTED, claim__proofs__isnull=False).count()
    if imported != ROWS:
        raise RuntimeError(f"{imported} of {ROWS} rows became drafts.")
    yield Figure(
        work=f"import of {ROWS:,} rows: checked and drafted",
        floor="seconds",
        ratio=checked + drafted,
        budget=MOST_SECONDS,
        note=f"{checked:.0f} of them to check; each draft with its items, people, proof and History",
    )


def _sheet() -> Job:
    """Return an import that waits for its worker: customers whom nobody has claimed."""
    tenants = CustomerTenant.objects.bulk_create(
        CustomerTenant(tenant_id=uuid4(), name=f"Contoso {n}", folded_name=f"contoso {n}", country="IT")
        for n in range(ROWS)
    )
    domains = TenantDomain.objects.bulk_create(
        TenantDomain(tenant=tenant, domain_name=f"{tenant.tenant_id}.example", listed_by=ListedBy.ADMIN)
        for tenant in tenants
    )
    return start_import(
        kind=JobKind.REASSOCIATION,
        owner=User.objects.get(memberships__partner=BIG_PARTNER),
        file_name="customers.csv",
        rows=[(number, _row(domain.domain_name)) for number, domain in enumerate(domains, start=2)],
        files=[AttachedFile(ContentFile(PDF, "proof.pdf"), name="proof.pdf", kind="pdf", is_shared=True)],
        now=timezone.now() - timedelta(seconds=1),
    )


def _row(domain_name: str) -> dict[str, str]:
    return {
        "mpn_id": MPN_ID,
        "domain_name": domain_name,
        "workloads": "EXO; TEAMS",
        "customer_name": "Carla Bianchi",
        "customer_title": "Head of IT",
        "customer_email": f"carla@{domain_name}",
        "customer_language": "it",
        "partner_name": "Paolo Rossi",
        "partner_email": "paolo@partner1.example",
    }
