"""Takes one row of an import through its phases: checked, written, submitted; the row keeps the outcome."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from associations.background.import_kinds import KINDS
from associations.background.import_writing import ImportContext
from associations.forms.imports.rows import RowForm
from associations.job_choices import JobKind, RowOutcome
from associations.models import Claim, JobRow, PartnerMember
from associations.rules.lifecycle import ActionNotAllowed
from associations.rules.proof_files import name_key
from associations.services.background import imports
from associations.services.claim import submission
from associations.services.claim.eligibility import ClaimIncomplete, ClaimIneligible
from associations.services.customer.contacts import ask_about_contact
from associations.wizard.refusals import missing_in_words, problems_in_words
from associations.wording.messages import MESSAGES


@contextmanager
def with_proof_of(row: JobRow, context: ImportContext) -> Iterator[ImportContext]:
    """Store the proof of *row*, if it has one, for the length of the block; raise StorageUnavailable.

    The block holds the row's transaction, so nothing is locked during the upload. A file that the row doesn't use
    is deleted.
    """
    proof = context.proofs.get(name_key(row.cells.get("proof", ""))) or context.proofs.get("")
    if proof is None:
        yield context
        return
    with imports.ready_proof(proof, now=context.now) as ready:
        yield replace(context, proof=ready)


def check_row(row: JobRow, context: ImportContext) -> None:
    """Write on *row* what the import would do with it. Change nothing else."""
    form = form_of(row, context)
    if not form.is_valid():
        mark(row, RowOutcome.INVALID, errors_of(row, form))
        return
    earlier = JobRow.objects.filter(job=row.job_id, number__lt=row.number, key=form.key).first()
    if earlier:
        mark(row, RowOutcome.INVALID, [_("Row %(number)d says the same.") % {"number": earlier.number}])
        return
    row.key = form.key
    mark(row, RowOutcome.EXISTING if form.is_known else RowOutcome.VALID, form.warnings)


def apply_row(row: JobRow, context: ImportContext) -> None:
    """Check *row* again, carry it out, and write the outcome on it."""
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
        mark(row, RowOutcome.INVALID, [_("Somebody else was faster. Check the row and import it again.")])
        return
    mark(row, RowOutcome.IMPORTED if is_new else RowOutcome.EXISTING, form.warnings)


def ask_before_submission(row_id: int) -> None:
    """Ask the public directory about the contact of the draft of a row, before anything is locked."""
    row = JobRow.objects.select_related("claim__tenant").get(pk=row_id)
    if row.claim is not None:
        ask_about_contact(row.claim)


def submit_row(row: JobRow, context: ImportContext) -> None:
    """Submit the draft of *row* as its owner, or write on the row why that is refused."""
    claim = row.claim
    if claim is None:
        mark(row, RowOutcome.REFUSED, [_("The draft is gone.")])
        return
    try:
        by = imports.actor_on(context.owner.pk, claim.partner_id)
        if not Claim.objects.visible_to(context.owner).filter(pk=claim.pk).exists():
            raise PartnerMember.DoesNotExist
        submission.submit_claim(claim_id=claim.pk, acknowledged=True, by=by, now=context.now)
    except PartnerMember.DoesNotExist:
        mark(row, RowOutcome.REFUSED, [str(MESSAGES["MPN_NO_ROLE"])])
    except ActionNotAllowed:
        mark(row, RowOutcome.REFUSED, [_("The claim is no draft any more, or your role may not submit it.")])
    except ClaimIncomplete as refused:
        mark(row, RowOutcome.REFUSED, [text for _step, text in missing_in_words(refused.missing)])
    except ClaimIneligible as refused:
        mark(row, RowOutcome.REFUSED, [text for _step, text in problems_in_words(refused.problems)])
    else:
        mark(row, RowOutcome.SUBMITTED, [])


def form_of(row: JobRow, context: ImportContext) -> RowForm:
    form = KINDS[JobKind(row.job.kind)].form
    known: dict[str, Any] = {"user": context.owner, "now": context.now, "proofs": context.proofs}
    return form(row.cells, **known, desk=context.desk, readings=context.readings)


def errors_of(row: JobRow, form: RowForm) -> list[str]:
    """Return every error of a row as "column: what is wrong"."""
    labels = {column.key: str(column.label) for column in KINDS[JobKind(row.job.kind)].columns}
    return [
        f"{labels[name]}: {text}" if name in labels else str(text)
        for name, errors in form.errors.items()
        for text in errors
    ]


def mark(row: JobRow, outcome: RowOutcome, notes: Iterable[str]) -> None:
    """Write the outcome of a locked row."""
    row.outcome, row.notes = outcome, list(notes)
    row.save(update_fields=["outcome", "notes", "key", "claim"])
