"""Existing associations as the tab lists them, and as rows of a sheet below the head of claims (domain.md R5)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.text.readable import readable_domain
from associations.background.claim_sheet import ClaimSheet
from associations.forms.claim_list.existing import EXISTING_SORTS, ExistingFilter
from associations.models import Association
from associations.models.associations import AssociationQuerySet, domain_of
from associations.models.partners import ClaimScope
from associations.pagination import Order
from associations.rules.shown_status import ShownStatus
from associations.status_words.claim_status import LABELS
from guides.editions import edition_in_force


def existing_in(scope: ClaimScope, sought: ExistingFilter, *, now: datetime) -> AssociationQuerySet:
    """Return the existing associations that match, of the companies that *scope* covers as a whole (domain.md R5)."""
    own = Association.objects.without_a_claim().filter(partner__in=scope.whole)
    return sought.of(own, now=now).with_row_facts()


def order_of(sought: ExistingFilter) -> Order:
    """Return the chosen order of existing associations."""
    sort, is_descending = EXISTING_SORTS[sought.sort.removeprefix("-")], sought.sort.startswith("-")
    return Order(sought.sort, sort.by, sort.field, is_descending=is_descending, has_index=sort.has_index)


class ExistingSheet(ClaimSheet):
    """The words of the sheet. What only a claim has is empty."""

    def __init__(self, *, zone: ZoneInfo, now: datetime) -> None:
        super().__init__(zone=zone, now=now)
        self.edition = edition_in_force(now=now)
        self.labels = {shown: str(LABELS[shown]) for shown in (ShownStatus.OFFICIAL, ShownStatus.ENDED)}

    def existing_rows(self, held: Iterable[Association]) -> Iterator[tuple[object, ...]]:
        """Yield one row per association of `with_row_facts`."""
        for one in held:
            status = self.labels[ShownStatus.ENDED if one.ended_at else ShownStatus.OFFICIAL]
            yield self.existing_row(one, domain=domain_of(one), status=status)

    def existing_row(self, held: Association, *, domain: str, status: str) -> tuple[object, ...]:
        """Return the cells of one association, in the order of the head."""
        area = held.product.area_in(self.edition)
        cells: dict[int, object] = {
            2: held.tenant.name,
            3: domain,
            4: str(held.tenant.tenant_id),
            5: self.areas.get((self.edition.id, area), area),
            6: self.activities_in_words(None, held.activity_codes),
            7: 1,
            8: held.product.name,
            9: str(held.subscription.subscription_id) if held.subscription else "",
            12: status,
            19: self.local(held.ended_at or held.starts_at),
            20: readable_domain(domain),
            23: self.local(held.starts_at),
            25: self.local(held.ended_at),
            26: self.end_reasons.get(held.end_reason, ""),
        }
        return tuple(cells.get(place, "") for place in range(len(self.head)))
