"""One claim as one row of a list: read in a constant number of queries, told in words and dates (domain.md 6.1)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Prefetch, Subquery, Value, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, pgettext

from associations.choices import ClaimStatus, SolutionArea
from associations.history_words import day_in_words
from associations.models import Claim, ClaimedProduct, CustomerNotice
from associations.models.claims import ClaimQuerySet
from associations.rules.subscriptions import renewable_until
from associations.services.copying import runs_out
from associations.views.moments import Deadline, deadline_of
from associations.views.windows import Window, window_of

CURRENT_NOTICE = CustomerNotice.objects.current().filter(claim=OuterRef("pk"))
# Claims with everything that a row shows but the items, in one query. It is put together once, not for every page.
ROW_CLAIMS: ClaimQuerySet = Claim.objects.select_related("tenant", "location", "created_by").annotate(
    notice_mail_status=Coalesce(Subquery(CURRENT_NOTICE.values("email__status")[:1]), Value(""))
)
ITEM_FACTS = (
    "product__name",
    "association",
    "association__ended_at",
    "association__end_reason",
    "association__subscription__ends_on",
)


@dataclass(frozen=True)
class Row:
    """What a list shows of one claim."""

    claim: Claim
    area: str
    activities: str
    items: Sequence[str]
    status_label: str
    is_ended: bool
    due: Deadline | None
    window: Window
    renew_url: str = ""

    def facts(self) -> dict[str, object]:
        """Return what the table says of the claim, each in words; what is not there is empty."""
        claim, ends = self.claim, self.window.deadline
        shape = pgettext("date format", "j M Y")
        created_at, changed_at = timezone.localtime(claim.created_at), timezone.localtime(claim.changed_at)
        submitted_at = timezone.localtime(claim.submitted_at) if claim.submitted_at else None
        tenant_id = str(claim.tenant.tenant_id)
        return {
            "pk": claim.pk,
            "public_id": claim.public_id,
            "number": claim.number,
            "url": reverse("claim_detail", args=[claim.public_id]),
            "name": claim.name,
            "customer": claim.tenant.name,
            "domain": claim.domain_name,
            "tenant_id": tenant_id,
            # The first group, enough to tell tenants apart at a glance.
            "tenant_short": f"{tenant_id[:8]}\N{HORIZONTAL ELLIPSIS}",
            "area": self.area,
            "is_without_area": "" if self.area else "yes",
            "activities": self.activities,
            "item_count": items_in_words(len(self.items)),
            "items": ", ".join(self.items),
            "mpn_id": claim.location.mpn_id,
            "location": claim.location.name,
            "status": claim.status,
            "status_label": self.status_label,
            "is_ended": "yes" if self.is_ended else "",
            "countdown": self.due.countdown if self.due else "",
            "renew_url": self.renew_url,
            "window": "" if ends else self.window.label,
            "closes_at": timezone.localtime(ends.closes_at).isoformat() if ends else "",
            "deadline": ends.in_words if ends else "",
            "owner": claim.created_by.get_full_name(),
            "created_at": created_at.isoformat(),
            "created_on": day_in_words(created_at.date(), shape=shape),
            "submitted_at": submitted_at.isoformat() if submitted_at else "",
            "submitted_on": day_in_words(submitted_at.date(), shape=shape) if submitted_at else "",
            "is_not_submitted": "" if submitted_at else "yes",
            "changed_at": changed_at.isoformat(),
            "changed_on": day_in_words(changed_at.date(), shape=shape),
        }


def items_in_words(count: int) -> str:
    return ngettext("%(items)s item", "%(items)s items", count) % {"items": count}


@dataclass(frozen=True)
class Item:
    """What a row shows of one item: its product, and whether it is official still; *association* is None before."""

    product: str
    association: int | None
    ended_at: datetime | None
    end_reason: str
    ends_on: date | None

    def is_renewable(self, *, soon: date) -> bool:
        """Whether a subscription behind what became official has ended, or ends until *soon*."""
        return self.association is not None and runs_out(
            ended_at=self.ended_at, end_reason=self.end_reason, ends_on=self.ends_on, soon=soon
        )


def items_of(claims: Sequence[Claim]) -> Mapping[int, list[Item]]:
    """Return the items of *claims* by the key of their claim, in one query."""
    found: dict[int, list[Item]] = defaultdict(list)
    for claim_id, *facts in ClaimedProduct.objects.filter(claim__in=claims).values_list("claim", *ITEM_FACTS):
        found[claim_id].append(Item(*facts))
    return found


def load_items(claims: Sequence[Claim]) -> None:
    """Give *claims* their items with products and associations, in one query for all."""
    items = ClaimedProduct.objects.select_related("product", "association__subscription")
    prefetch_related_objects(claims, Prefetch("items", items))


def row_of(claim: Claim, items: Sequence[Item], *, now: datetime, may_renew: bool = False) -> Row:
    """Return one claim of `ROW_CLAIMS` with its items as its row; a link to renew for who may."""
    window = window_of(claim, mail_status=vars(claim)["notice_mail_status"], now=now)
    official = [item for item in items if item.association]
    soon = renewable_until(now)
    is_renewable = claim.status == ClaimStatus.APPROVED and any(item.is_renewable(soon=soon) for item in items)
    return Row(
        claim=claim,
        area=str(SolutionArea(claim.solution_area).label) if claim.solution_area else "",
        activities=", ".join(str(activity.label) for activity in claim.activities),
        items=[item.product for item in items],
        status_label=str(ClaimStatus(claim.status).label),
        is_ended=bool(official) and all(item.ended_at for item in official),
        due=due_of(claim, now=now) or window.deadline,
        window=window,
        renew_url=reverse("claim_copy", args=[claim.public_id]) if may_renew and is_renewable else "",
    )


def due_of(claim: Claim, *, now: datetime) -> Deadline | None:
    """Return when the partner's answer to the reviewer is due, if the reviewer waits for one."""
    if claim.status != ClaimStatus.ACTION_REQUIRED or claim.answer_due_at is None:
        return None
    return deadline_of(claim, claim.answer_due_at, now=now)


def has_ended(claim: Claim) -> bool:
    """Whether the claim was official and all of its associations have ended."""
    associations = [item.association for item in claim.items.all() if item.association is not None]
    return bool(associations) and all(association.ended_at for association in associations)
