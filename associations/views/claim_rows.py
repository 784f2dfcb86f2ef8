"""One claim as one row of a list: read in a constant number of queries, told in words and dates (domain.md 6.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Prefetch, Subquery, Value, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.urls import reverse

from associations.choices import ClaimStatus, SolutionArea
from associations.models import Claim, ClaimedProduct, CustomerNotice
from associations.models.claims import ClaimQuerySet
from associations.services.copying import items_to_copy
from associations.views.moments import Deadline, deadline_of
from associations.views.windows import Window, window_of


@dataclass(frozen=True)
class Row:
    """What a list shows of one claim."""

    claim: Claim
    number: str
    url: str
    tenant_id: str
    area: str
    activities: str
    items: Sequence[str]
    status: str
    status_label: str
    is_ended: bool
    due: Deadline | None
    is_answer_due: bool
    window: Window
    renew_url: str = ""

    @property
    def tenant_short(self) -> str:
        """The first group of the tenant ID, enough to tell tenants apart at a glance."""
        return f"{self.tenant_id[:8]}\N{HORIZONTAL ELLIPSIS}"


def with_row_facts(claims: ClaimQuerySet) -> ClaimQuerySet:
    """Return *claims* with everything that a row shows but the items, in one query."""
    current = CustomerNotice.objects.current().filter(claim=OuterRef("pk"))
    mail_status = Coalesce(Subquery(current.values("email__status")[:1]), Value(""))
    return claims.select_related("tenant", "location", "created_by").annotate(notice_mail_status=mail_status)


def load_items(claims: Sequence[Claim]) -> None:
    """Give *claims* their items with products and associations, in one query for all."""
    items = ClaimedProduct.objects.select_related("product", "association__subscription")
    prefetch_related_objects(claims, Prefetch("items", items))


def row_of(claim: Claim, *, now: datetime, may_renew: bool = False) -> Row:
    """Return one claim of `with_row_facts`, its items loaded, as its row; a link to renew for who may."""
    window = window_of(claim, mail_status=getattr(claim, "notice_mail_status", ""), now=now)
    answer_due = due_of(claim, now=now)
    return Row(
        claim=claim,
        number=claim.number,
        url=reverse("claim_detail", args=[claim.public_id]),
        tenant_id=str(claim.tenant.tenant_id),
        area=str(SolutionArea(claim.solution_area).label) if claim.solution_area else "",
        activities=", ".join(str(activity.label) for activity in claim.activities),
        items=[str(item.product) for item in claim.items.all()],
        status=claim.status,
        status_label=str(ClaimStatus(claim.status).label),
        is_ended=has_ended(claim),
        due=answer_due or window.deadline,
        is_answer_due=answer_due is not None,
        window=window,
        renew_url=reverse("claim_copy", args=[claim.public_id]) if may_renew and needs_renewal(claim, now) else "",
    )


def needs_renewal(claim: Claim, now: datetime) -> bool:
    """Whether a subscription behind what *claim* made official has ended, or ends soon."""
    return claim.status == ClaimStatus.APPROVED and bool(items_to_copy(claim, now=now))


def due_of(claim: Claim, *, now: datetime) -> Deadline | None:
    """Return when the partner's answer to the reviewer is due, if the reviewer waits for one."""
    if claim.status != ClaimStatus.ACTION_REQUIRED or claim.answer_due_at is None:
        return None
    return deadline_of(claim, claim.answer_due_at, now=now)


def has_ended(claim: Claim) -> bool:
    """Whether the claim was official and all of its associations have ended."""
    associations = [item.association for item in claim.items.all() if item.association is not None]
    return bool(associations) and all(association.ended_at for association in associations)
