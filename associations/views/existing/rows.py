"""One association of before this process as a list and its own page tell it (domain.md R5)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from associations.choices import EndReason
from associations.models import Association, ProofOfExecution
from associations.models.associations import domain_of
from associations.wording.facts import Fact, activities_in_words
from associations.wording.lines import FileLine, file_line
from guides.editions import Edition


class WithRowFacts(Protocol):
    """An association of `with_row_facts`."""

    proof_count: int


@dataclass(frozen=True)
class Row:
    """One association as the list shows it."""

    held: Association
    url: str
    domain: str
    ends_on: date | None
    is_ending: bool
    why_ended: str
    proofs: int
    renew_url: str


def row_of(held: Association, *, may_renew: bool, now: datetime) -> Row:
    """Return what is shown of an association of `with_row_facts`."""
    is_due = held.is_renewable(now=now)
    return Row(
        held=held,
        url=reverse("migrated_detail", args=[held.pk]),
        domain=domain_of(held),
        ends_on=held.last_day,
        is_ending=is_due and held.ended_at is None,
        why_ended=str(EndReason(held.end_reason).label) if held.end_reason else "",
        proofs=cast(WithRowFacts, held).proof_count,
        renew_url=reverse("migrated_renew", args=[held.pk]) if may_renew and is_due else "",
    )


def association_facts(row: Row, edition: Edition) -> list[Fact]:
    """Return what the page of one association says of it, with the names of *edition*."""
    held, subscription = row.held, row.held.subscription
    shape = pgettext("date format", "D j M Y")
    facts = [
        Fact(_("Customer"), held.tenant.name),
        Fact(_("Directory ID (tenant ID)"), str(held.tenant.tenant_id), mono=True),
        Fact(_("Product"), str(held.product)),
        Fact(_("Subscription ID"), str(subscription.subscription_id) if subscription else "", mono=True),
        Fact(_("Activity"), activities_in_words(held.activities_by(edition))),
        Fact(_("Official since"), date_format(timezone.localtime(held.starts_at), shape)),
    ]
    if held.ended_at:
        ended = date_format(timezone.localtime(held.ended_at), shape)
        return [*facts, Fact(pgettext("date", "Ended"), f"{ended}\n{row.why_ended}")]
    return [
        *facts,
        Fact(_("Ends with its subscription"), date_format(row.ends_on, shape) if row.ends_on else ""),
    ]


def file_of(proof: ProofOfExecution, held: Association) -> FileLine:
    """Return one line of the list of files."""
    person = proof.uploaded_by
    by = "Microsoft" if person is None or person.is_staff else person.get_full_name()
    return file_line(proof, by=by, url=reverse("migrated_proof", args=[held.pk, proof.public_id]))
