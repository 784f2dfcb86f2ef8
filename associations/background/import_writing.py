"""Writes one good row of an import: a draft, an existing association, or reference data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from associations.background.column_readings import readings_of
from associations.forms.imports.directory_rows import SubscriptionRow, TenantRow
from associations.forms.imports.migration_rows import MigrationRow
from associations.forms.imports.reassociation_rows import ReassociationRow
from associations.forms.imports.rows import Desk, Readings
from associations.forms.wizard.details import suggested_name
from associations.models import Claim, Job, JobFile
from associations.questions import CONTACT_ANSWERS
from associations.rules.proof_files import name_key
from associations.services.background import imports
from associations.services.files.proof_files import ReadyProof

# Whether the row added anything, and the draft if it made one.
Written = tuple[bool, Claim | None]


@dataclass(frozen=True)
class ImportContext:
    """Data that the rows of one job share, and the stored proof of the current row."""

    owner: User
    now: datetime
    proofs: Mapping[str, JobFile]
    desk: Desk
    readings: Readings
    proof: ReadyProof | None = None

    @classmethod
    def of(cls, job: Job, *, now: datetime) -> "ImportContext":
        """Return the context of *job*; the proof for all rows has the empty name."""
        files = {"" if stored.is_shared else name_key(stored.name): stored for stored in job.files.all()}
        return cls(owner=job.owner, now=now, proofs=files, desk=Desk(job.owner, now=now), readings=readings_of(job))


def write_reassociation(row: ReassociationRow, context: ImportContext) -> Written:
    answers, tenant = row.cleaned_data, row.tenant
    activity = row.activity
    assert tenant  # noqa: S101 - a valid row has one
    assert activity  # noqa: S101 - a valid row has one
    contacts = {name: answers[name] for name in CONTACT_ANSWERS if name in answers}
    area = row.desk.edition.area_name(activity.area)
    draft, is_new = imports.draft_reassociation(
        location=row.location,
        tenant=tenant,
        domain_name=answers["domain_name"],
        name=answers["claim_name"] or suggested_name(tenant, area, context.now),
        activity=activity,
        products=answers["workloads"],
        contacts=contacts,
        proof=context.proof,
        by=imports.actor_on(context.owner.pk, row.location.partner_id),
        now=context.now,
    )
    return is_new, draft


def write_migration(row: MigrationRow, context: ImportContext) -> Written:
    answers = row.cleaned_data
    is_new = imports.migrate_association(
        partner=answers["mpn_id"],
        subscription=answers["subscription_id"],
        activities=answers["activities"],
        starts_at=imports.start_of(answers.get("starts_on"), now=context.now),
        proof=context.proof,
        uploaded_by=context.owner.pk,
        now=context.now,
    )
    return is_new, None


def write_tenant(row: TenantRow, context: ImportContext) -> Written:
    answers = row.cleaned_data
    facts = {name: answers[name] for name in ("name", "country", "time_zone")}
    is_new = imports.store_tenant(tenant_id=answers["tenant_id"], facts=facts, domain_names=answers["domain_names"])
    return is_new, None


def write_subscription(row: SubscriptionRow, context: ImportContext) -> Written:
    answers = {"tenant" if name == "tenant_id" else name: value for name, value in row.cleaned_data.items()}
    subscription_id = answers.pop("subscription_id")
    return imports.store_subscription(subscription_id=subscription_id, facts=answers), None
