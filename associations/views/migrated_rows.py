"""One association of before this process as a list and its own page tell it (domain.md R5)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from associations.choices import EndReason, ScanStatus
from associations.models import Association, ProofOfExecution, TenantDomain
from associations.models.associations import AssociationQuerySet
from associations.models.folding import search_key
from associations.rules.evidence import ProofKind
from associations.services import migrated


@dataclass(frozen=True)
class Row:
    """One association as the list shows it."""

    held: Association
    url: str
    ends_on: date | None
    is_ending: bool
    why_ended: str
    proofs: int
    renew_url: str


def with_row_facts(held: AssociationQuerySet) -> AssociationQuerySet:
    """Return them with everything that a row shows, in one query."""
    return held.select_related("tenant", "product", "subscription").annotate(proof_count=Count("proofs"))


def matching(held: AssociationQuerySet, words: str) -> AssociationQuerySet:
    """Return those whose customer, domain or subscription ID contains each of *words*, blind to case and accents."""
    for word in search_key(words).split():
        named = Q(tenant__folded_name__contains=word) | Q(subscription__subscription_id__icontains=word)
        domains = TenantDomain.objects.filter(tenant=OuterRef("tenant"), domain_name__contains=word)
        held = held.filter(named | Exists(domains))
    return held


def row_of(held: Association, *, may_renew: bool, now: datetime) -> Row:
    """Return what is shown of an association of `with_row_facts`."""
    is_due = migrated.can_be_renewed(held, now=now)
    return Row(
        held=held,
        url=reverse("migrated_detail", args=[held.pk]),
        ends_on=held.subscription.ends_on if held.subscription else None,
        is_ending=is_due and held.ended_at is None,
        why_ended=str(EndReason(held.end_reason).label) if held.end_reason else "",
        proofs=vars(held)["proof_count"],
        renew_url=reverse("migrated_renew", args=[held.pk]) if may_renew and is_due else "",
    )


def facts_of(row: Row) -> list[dict[str, Any]]:
    """Return the facts of one association, ready to print."""
    held, subscription = row.held, row.held.subscription
    shape = pgettext("date format", "D j M Y")
    facts: list[dict[str, Any]] = [
        {"label": _("Customer"), "value": held.tenant.name},
        {"label": _("Directory ID (tenant ID)"), "value": str(held.tenant.tenant_id), "mono": True},
        {"label": _("Product"), "value": str(held.product)},
        {
            "label": _("Subscription ID"),
            "value": str(subscription.subscription_id) if subscription else "",
            "mono": True,
        },
        {"label": _("Activity"), "value": ", ".join(str(activity.label) for activity in held.activities)},
        {"label": _("Official since"), "value": date_format(timezone.localtime(held.starts_at), shape)},
    ]
    if held.ended_at:
        ended = date_format(timezone.localtime(held.ended_at), shape)
        return [*facts, {"label": _("Ended"), "value": f"{ended}\n{row.why_ended}"}]
    return [
        *facts,
        {"label": _("Ends with its subscription"), "value": date_format(row.ends_on, shape) if row.ends_on else ""},
    ]


def file_of(proof: ProofOfExecution, held: Association) -> dict[str, Any]:
    """Return one line of the list of files."""
    return {
        "name": proof.shown_name,
        "size": proof.size,
        "kind": ProofKind(proof.kind).extension.upper(),
        "status": proof.scan_status,
        "status_label": ScanStatus(proof.scan_status).label,
        "url": reverse("migrated_proof", args=[held.pk, proof.public_id]) if proof.is_usable else "",
        "at": proof.uploaded_at,
        "by": "Microsoft" if proof.uploaded_by.is_staff else proof.uploaded_by.get_full_name(),
    }
