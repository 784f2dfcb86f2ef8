"""Imports as data: which columns a kind of sheet has, how a row is checked, and what a good one writes."""

import csv
import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import xlsxwriter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations import wizard
from associations.choices import JobKind, RowOutcome
from associations.exports import BYTE_ORDER_MARK
from associations.forms.directory_rows import SubscriptionRow, TenantRow
from associations.forms.import_row import Desk, RowForm
from associations.forms.messages import MESSAGES
from associations.forms.migration_row import MigrationRow
from associations.forms.reassociation_row import ReassociationRow
from associations.forms.steps import suggested_name
from associations.models import Claim, Job, JobFile, JobRow, PartnerMember
from associations.rules.evidence import name_key
from associations.rules.lifecycle import ActionNotAllowed
from associations.rules.sheets import NumberedRow, with_keys
from associations.services import importing, submission
from associations.services.storing import ReadyProof
from associations.services.submission import ClaimIncomplete, ClaimIneligible

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Column:
    """One column of a sheet; the heading is its label in any language of the portal, or its key."""

    key: str
    label: Promise
    is_required: bool = False
    hint: Promise | str = ""


@dataclass(frozen=True)
class Context:
    """What the rows of one job have in common, and what lies ready for the one in hand."""

    owner: User
    now: datetime
    proofs: Mapping[str, JobFile]
    desk: Desk
    proof: ReadyProof | None = None

    @classmethod
    def of(cls, job: Job, *, now: datetime) -> "Context":
        """Return the context of *job*; the proof for all rows has the empty name."""
        files = {"" if stored.is_shared else name_key(stored.name): stored for stored in job.files.all()}
        return cls(owner=job.owner, now=now, proofs=files, desk=Desk(job.owner))


# What a good row wrote: whether anything is new, and the draft if there is one.
Written = tuple[bool, Claim | None]


@dataclass(frozen=True)
class Kind:
    """One kind of import."""

    columns: tuple[Column, ...]
    form: type[RowForm]
    write: Callable[[Any, Context], Written]


def write_reassociation(row: ReassociationRow, context: Context) -> Written:
    answers, tenant = row.cleaned_data, row.tenant
    assert tenant  # noqa: S101 - a valid row has one
    claim = Claim(tenant=tenant, solution_area="M365")
    contacts = {name: answers[name] for name in CONTACT_COLUMNS}
    draft, is_new = importing.draft_reassociation(
        location=row.location,
        tenant=tenant,
        domain_name=answers["domain_name"],
        name=answers["claim_name"] or suggested_name(claim, context.now),
        products=answers["workloads"],
        contacts=contacts,
        proof=context.proof,
        by=importing.actor_on(context.owner.pk, row.location.partner_id),
        now=context.now,
    )
    return is_new, draft


CONTACT_COLUMNS = (
    "customer_name",
    "customer_title",
    "customer_email",
    "customer_language",
    "customer_mismatch_reason",
    "partner_name",
    "partner_email",
)


def write_migration(row: MigrationRow, context: Context) -> Written:
    answers = row.cleaned_data
    is_new = importing.migrate_association(
        partner=answers["mpn_id"],
        subscription=answers["subscription_id"],
        activities=answers["activities"],
        starts_at=importing.start_of(answers.get("starts_on"), now=context.now),
        proof=context.proof,
        uploaded_by=context.owner.pk,
        now=context.now,
    )
    return is_new, None


def write_tenant(row: TenantRow, context: Context) -> Written:
    answers = row.cleaned_data
    facts = {name: answers[name] for name in ("name", "country", "time_zone")}
    is_new = importing.store_tenant(tenant_id=answers["tenant_id"], facts=facts, domain_names=answers["domain_names"])
    return is_new, None


def write_subscription(row: SubscriptionRow, context: Context) -> Written:
    answers = {"tenant" if name == "tenant_id" else name: value for name, value in row.cleaned_data.items()}
    subscription_id = answers.pop("subscription_id")
    return importing.store_subscription(subscription_id=subscription_id, facts=answers), None


TENANT_ID = Column("tenant_id", _("Tenant ID"), hint=_("Optional where the domain name is known."))
PROOF = Column("proof", _("Proof of execution"), hint=_("The name of an uploaded file."))
SUBSCRIPTION_ID = Column("subscription_id", _("Subscription ID"), is_required=True)

KINDS: dict[JobKind, Kind] = {
    JobKind.REASSOCIATION: Kind(
        columns=(
            Column("mpn_id", _("MPN ID"), is_required=True, hint=_("Of the location, not the global one.")),
            Column("domain_name", _("Customer domain name"), is_required=True, hint="contoso.com"),
            TENANT_ID,
            Column("workloads", _("Workloads"), is_required=True, hint="EXO; TEAMS"),
            Column("claim_name", _("Claim name"), hint=_("Suggested when empty.")),
            Column("customer_name", _("Customer contact: name"), is_required=True),
            Column("customer_title", _("Customer contact: job title"), is_required=True),
            Column("customer_email", _("Customer contact: e-mail"), is_required=True),
            Column("customer_language", _("Customer contact: language"), is_required=True, hint="en, it"),
            Column("customer_mismatch_reason", _("Why the e-mail is not at the customer's domain")),
            Column("partner_name", _("Your company's contact: name"), hint=_("You, when empty.")),
            Column("partner_email", _("Your company's contact: e-mail"), hint=_("Yours, when empty.")),
            PROOF,
        ),
        form=ReassociationRow,
        write=write_reassociation,
    ),
    JobKind.MIGRATION: Kind(
        columns=(
            Column("mpn_id", _("MPN ID"), is_required=True, hint=_("Of the company or of a location.")),
            SUBSCRIPTION_ID,
            Column("tenant_id", _("Tenant ID"), hint=_("Optional: compared with the directory.")),
            Column("activities", _("Activities"), hint="usage; pre-sales; revenue"),
            Column("starts_on", _("Official since"), hint="2020-12-31"),
            PROOF,
        ),
        form=MigrationRow,
        write=write_migration,
    ),
    JobKind.TENANTS: Kind(
        columns=(
            Column("tenant_id", _("Tenant ID"), is_required=True),
            Column("name", _("Name"), is_required=True),
            Column("country", _("Country"), hint="IT"),
            Column("time_zone", _("Time zone"), hint="Europe/Rome"),
            Column("domain_names", _("Domain names"), hint="contoso.com; contoso.onmicrosoft.com"),
        ),
        form=TenantRow,
        write=write_tenant,
    ),
    JobKind.SUBSCRIPTIONS: Kind(
        columns=(
            SUBSCRIPTION_ID,
            Column("tenant_id", _("Tenant ID"), is_required=True),
            Column("product", _("Product"), is_required=True, hint="D365_SALES"),
            Column("state", _("State"), is_required=True, hint="Active, InGracePeriod"),
            Column("channel", _("Channel"), is_required=True, hint="VL, WEB_DIRECT, CSP"),
            Column("sku", _("SKU")),
            Column("region", _("Region")),
            Column("seats_available", _("Seats available")),
            Column("seats_assigned", _("Seats assigned")),
            Column("seats_active", _("Seats active")),
            Column("starts_on", _("Starts on"), hint="2020-12-31"),
            Column("ends_on", _("Ends on"), hint="2021-12-30"),
            Column("is_provisioned", _("Activated by the customer"), hint=_("Yes, when empty.")),
        ),
        form=SubscriptionRow,
        write=write_subscription,
    ),
}


class ColumnsMissing(Exception):
    """The sheet lacks columns that its kind needs; `labels` names them."""

    def __init__(self, labels: list[str]) -> None:
        super().__init__(", ".join(labels))
        self.labels = labels


def rows_by_column(kind: JobKind, sheet: list[NumberedRow]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows below the head, their cells by column; raise ColumnsMissing."""
    (_number, head), *rows = sheet
    known = headings(KINDS[kind].columns)
    keys = [known.get(" ".join(cell.casefold().split()), "") for cell in head]
    missing = [str(column.label) for column in KINDS[kind].columns if column.is_required and column.key not in keys]
    if missing:
        raise ColumnsMissing(missing)
    return with_keys(rows, keys)


def headings(columns: Iterable[Column]) -> dict[str, str]:
    """Return every heading under which a column is found, in every language."""
    known = {column.key: column.key for column in columns}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            known |= {" ".join(str(column.label).casefold().split()): column.key for column in columns}
    return known


def csv_template(kind: JobKind) -> bytes:
    """Return an empty sheet with the kind's columns, as CSV."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow([str(column.label) for column in KINDS[kind].columns])
    return (BYTE_ORDER_MARK + buffer.getvalue()).encode()


def xlsx_template(kind: JobKind) -> bytes:
    """Return an empty workbook with the kind's columns as text, and a second sheet that tells how to fill it in."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet, guide = book.add_worksheet(_t("Rows")), book.add_worksheet(_t("How to fill it in"))
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(KINDS[kind].columns):
            sheet.set_column(number, number, 24, text)
            sheet.write_string(0, number, str(column.label), bold)
            needed = _t("Required") if column.is_required else _t("Optional")
            guide.write_row(number, 0, [str(column.label), needed, str(column.hint)])
        guide.set_column(0, 2, 40)
    return file.getvalue()


@contextmanager
def with_proof_of(row: JobRow, context: Context) -> Iterator[Context]:
    """Store what backs *row*, if anything does, while the block carries it out; raise StorageUnavailable.

    It stands around the row's transaction: nothing is locked while the bytes travel, and what the row does not take
    in the end is deleted.
    """
    proof = context.proofs.get(name_key(row.cells.get("proof", ""))) or context.proofs.get("")
    if proof is None:
        yield context
        return
    with importing.ready_proof(proof, now=context.now) as ready:
        yield replace(context, proof=ready)


def check_row(row: JobRow, context: Context) -> None:
    """Say on *row* what an import would do with it, and do nothing else."""
    form = form_of(row, context)
    if not form.is_valid():
        mark(row, RowOutcome.INVALID, errors_of(row, form))
        return
    earlier = JobRow.objects.filter(job=row.job_id, number__lt=row.number, key=form.key).first()
    if earlier:
        mark(row, RowOutcome.INVALID, [_t("Row %(number)d says the same.") % {"number": earlier.number}])
        return
    row.key = form.key
    mark(row, RowOutcome.EXISTING if form.is_known else RowOutcome.VALID, form.warnings)


def apply_row(row: JobRow, context: Context) -> None:
    """Carry out what *row* asks for, checked anew, and say on it what came of it."""
    form = form_of(row, context)
    if not form.is_valid():
        mark(row, RowOutcome.INVALID, errors_of(row, form))
        return
    if form.is_known:
        mark(row, RowOutcome.EXISTING, form.warnings)
        return
    try:
        with transaction.atomic():
            is_new, row.claim = KINDS[JobKind(row.job.kind)].write(form, context)
    except IntegrityError:
        mark(row, RowOutcome.INVALID, [_t("Somebody else was faster. Check the row and import it again.")])
        return
    mark(row, RowOutcome.IMPORTED if is_new else RowOutcome.EXISTING, form.warnings)


def submit_row(row: JobRow, context: Context) -> None:
    """Submit the draft of *row* as its owner, or say on it why that is refused."""
    claim = row.claim
    if claim is None:
        mark(row, RowOutcome.REFUSED, [_t("The draft is gone.")])
        return
    try:
        by = importing.actor_on(context.owner.pk, claim.partner_id)
        if not Claim.objects.visible_to(context.owner).filter(pk=claim.pk).exists():
            raise PartnerMember.DoesNotExist
        submission.submit_claim(claim_id=claim.pk, acknowledged=True, by=by, now=context.now)
    except PartnerMember.DoesNotExist:
        mark(row, RowOutcome.REFUSED, [str(MESSAGES["MPN_NO_ROLE"])])
    except ActionNotAllowed:
        mark(row, RowOutcome.REFUSED, [_t("The claim is no draft any more, or your role may not submit it.")])
    except ClaimIncomplete as refused:
        mark(row, RowOutcome.REFUSED, missing_in_words(refused))
    except ClaimIneligible as refused:
        reasons = [f"{problem.subject}: {MESSAGES[problem.code]}" for problem in refused.problems]
        mark(row, RowOutcome.REFUSED, reasons)
    else:
        mark(row, RowOutcome.SUBMITTED, [])


def missing_in_words(refused: ClaimIncomplete) -> list[str]:
    """Return which pages of the draft lack answers."""
    steps = dict.fromkeys(wizard.step_of(fact) for fact in refused.missing)
    text = _t("%(step)s: some answers are missing.")
    return [
        str(MESSAGES["POE_MISSING"]) if "proofs" in step.collects else text % {"step": step.title} for step in steps
    ]


def form_of(row: JobRow, context: Context) -> RowForm:
    form = KINDS[JobKind(row.job.kind)].form
    return form(row.cells, user=context.owner, now=context.now, proofs=context.proofs, desk=context.desk)


def errors_of(row: JobRow, form: RowForm) -> list[str]:
    """Return every error of a row as "column: what is wrong"."""
    labels = {column.key: str(column.label) for column in KINDS[JobKind(row.job.kind)].columns}
    return [
        f"{labels[name]}: {text}" if name in labels else str(text)
        for name, errors in form.errors.items()
        for text in errors
    ]


def mark(row: JobRow, outcome: RowOutcome, notes: Iterable[str]) -> None:
    """Write what became of a locked row."""
    row.outcome, row.notes = outcome, list(notes)
    row.save(update_fields=["outcome", "notes", "key", "claim"])
