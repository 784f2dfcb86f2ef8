"""Existing associations as rows of a spreadsheet, below the same head as claims (domain.md R5, 6.1)."""

from collections.abc import Iterable, Iterator

from accounts.text.readable import readable_domain
from associations.background.claim_sheet import ClaimSheet
from associations.models import Association
from associations.models.associations import domain_of
from associations.rules.shown_status import ShownStatus
from associations.status_words.claim_status import LABELS


class ExistingSheet(ClaimSheet):
    """The words of the sheet. What only a claim has is empty."""

    def existing_rows(self, held: Iterable[Association]) -> Iterator[tuple[object, ...]]:
        """Yield one row per association of `with_row_facts`."""
        labels = {shown: str(LABELS[shown]) for shown in (ShownStatus.OFFICIAL, ShownStatus.ENDED)}
        for one in held:
            status = labels[ShownStatus.ENDED if one.ended_at else ShownStatus.OFFICIAL]
            yield self.existing_row(one, domain=domain_of(one), status=status)

    def existing_row(self, held: Association, *, domain: str, status: str) -> tuple[object, ...]:
        """Return the cells of one association, in the order of the head."""
        cells: dict[int, object] = {
            2: held.tenant.name,
            3: domain,
            4: str(held.tenant.tenant_id),
            5: self.areas.get((None, held.product.solution_area), ""),
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
