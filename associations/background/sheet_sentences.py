"""The sentence of a claim's status for a row of a sheet, as the claim's page says it (domain.md D23)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from associations.models import Claim, CustomerTenant
from associations.status_words.claim_status import sentence_of

# The columns that a sentence needs, besides the customer's place. FIELDS has them in the order that `from_db` wants.
NEEDED = frozenset(
    {
        "id",
        "status",
        "review_outcome",
        "review_due_at",
        "answer_due_at",
        "consent_status",
        "opt_out_closes_at",
        "closed_at",
        "official_by",
        "ended_at",
        "end_reason",
        "reason_codes",
        "has_competing_claim",
        "requires_validation",
        "contact_policy",
        "contact_confirmed_at",
        "hold_kinds",
        "hold_due_at",
        "contact_due_at",
        "window_zone",
        "submitted_at",
        "changed_at",
    }
)
FIELDS = tuple(field.attname for field in Claim._meta.concrete_fields if field.attname in NEEDED)
COLUMNS = (*FIELDS, "tenant__country", "tenant__time_zone")


class SheetSentences:
    """The sentences in the language that is active when it is made, with days in *zone*."""

    def __init__(self, *, zone: ZoneInfo, now: datetime) -> None:
        self.language = translation.get_language() or "en"
        self.zone = zone
        self.now = now
        self.tenants: dict[tuple[str, str], CustomerTenant] = {}

    def of(self, rows: Iterable[tuple[Any, ...]]) -> list[str]:
        """Return the sentence of each of *rows*, which hold COLUMNS."""
        with translation.override(self.language), timezone.override(self.zone):
            return list(self._sentences(rows))

    def _sentences(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
        for *values, country, time_zone in rows:
            claim = Claim.from_db(None, NEEDED, values)
            claim.tenant = self.tenant_in(country, time_zone)
            yield sentence_of(claim, claim.shown_status, now=self.now)

    def tenant_in(self, country: str, time_zone: str) -> CustomerTenant:
        """Return a customer of which only the place counts."""
        place = country, time_zone
        if place not in self.tenants:
            self.tenants[place] = CustomerTenant(country=country, time_zone=time_zone)
        return self.tenants[place]
