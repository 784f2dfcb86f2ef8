"""Turns the claims of a page into rows of the list, in a constant number of queries (domain.md 6.1)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.text.readable import domain_in_full
from associations.choices import ClaimStatus
from associations.models import Claim, ClaimedProduct
from associations.models.claim_queries import ClaimQuerySet
from associations.rules.subscriptions import ends_soon_until, is_renewable
from associations.status_words.claim_status import StatusInWords, status_in_words
from associations.status_words.deadlines import closing_day_in_words
from associations.wording.facts import activities_in_words
from associations.wording.lines import new_comments_in_words

# Claims with everything that a row shows except the items, in one query. Built once, not for every page.
ROW_CLAIMS: ClaimQuerySet = Claim.objects.select_related("tenant", "location", "created_by")
ITEM_COLUMNS = (
    "product__code",
    "product__name",
    "association",
    "association__ended_at",
    "association__end_reason",
    "association__subscription__ends_on",
)


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim as a row of the list; what is not known, or does not apply, is empty."""

    claim: Claim
    url: str
    domain: str
    tenant_id: str
    area: str
    activities: str
    item_count: str
    items: str
    status: StatusInWords
    new_comments: str
    renew_url: str
    window: str

    @property
    def pick(self) -> str:
        """The value that the checkbox of the row sends."""
        return str(self.claim.public_id)

    @property
    def number(self) -> str:
        return self.claim.number

    @property
    def name(self) -> str:
        return self.claim.name

    @property
    def customer(self) -> str:
        return self.claim.tenant.name

    @property
    def mpn_id(self) -> str:
        return self.claim.location.mpn_id

    @property
    def location(self) -> str:
        return self.claim.location.name

    @property
    def owner(self) -> str:
        return self.claim.created_by.get_full_name()

    @property
    def created_at(self) -> datetime:
        return self.claim.created_at

    @property
    def submitted_at(self) -> datetime | None:
        return self.claim.submitted_at

    @property
    def changed_at(self) -> datetime:
        return self.claim.changed_at

    @property
    def short_tenant_id(self) -> str:
        """The first group, enough to tell tenants apart at a glance."""
        return f"{self.tenant_id[:8]}\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class RowItem:
    """One item of a claim; *association* is None until the claim is official."""

    product: str
    association: int | None
    ended_at: datetime | None
    end_reason: str
    ends_on: date | None

    def is_renewable(self, *, soon: date) -> bool:
        """Return whether an official item can be claimed again: its subscription ended, or ends by *soon*."""
        return self.association is not None and is_renewable(
            ended_at=self.ended_at, end_reason=self.end_reason, ends_on=self.ends_on, soon=soon
        )


def items_of(claims: Sequence[Claim]) -> Mapping[int, list[RowItem]]:
    """Return the items of *claims* by claim ID, named as each claim's edition does, in one query."""
    found: dict[int, list[RowItem]] = defaultdict(list)
    editions = {claim.pk: claim.edition for claim in claims}
    items = ClaimedProduct.objects.filter(claim__in=claims).values_list("claim", *ITEM_COLUMNS)
    for claim_id, code, catalog_name, *columns in items:
        name = editions[claim_id].product_name(code, catalog_name=catalog_name)
        found[claim_id].append(RowItem(name, *columns))
    return found


def load_items(claims: Sequence[Claim]) -> None:
    """Prefetch the items of *claims* with products and associations, in one query."""
    items = ClaimedProduct.objects.select_related("product", "association__subscription")
    prefetch_related_objects(claims, Prefetch("items", items))


def row_of(claim: Claim, items: Sequence[RowItem], *, new_comments: int, now: datetime, may_renew: bool) -> ClaimRow:
    """Return a claim of `ROW_CLAIMS` with its *items* as a row, with a link to renew it for people who *may_renew*."""
    soon = ends_soon_until(now)
    can_be_renewed = claim.status == ClaimStatus.APPROVED and any(item.is_renewable(soon=soon) for item in items)
    return ClaimRow(
        claim=claim,
        url=reverse("claim_detail", args=[claim.public_id]),
        domain=domain_in_full(claim.domain_name),
        tenant_id=str(claim.tenant.tenant_id),
        area=claim.edition.area_name(claim.solution_area),
        activities=activities_in_words(claim.activities),
        item_count=ngettext("%(items)s item", "%(items)s items", len(items)) % {"items": len(items)},
        items=", ".join(item.product for item in items),
        status=status_in_words(claim, now=now),
        new_comments=new_comments_in_words(new_comments),
        renew_url=reverse("claim_copy", args=[claim.public_id]) if may_renew and can_be_renewed else "",
        window=closing_day_in_words(claim, claim.opt_out_closes_at) if claim.opt_out_closes_at else "",
    )
