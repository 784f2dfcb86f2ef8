"""The list's search and filters, kept in its address (domain.md 6.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations.choices import ClaimStatus, ConsentStatus
from associations.models.claims import ClaimQuerySet
from associations.rules import lifecycle
from notifications.models import EmailStatus

LONGEST_SEARCH = 200

# A disputed claim is with the reviewers again, so that who looks for those under review finds it.
ALSO_FOUND = {ClaimStatus.UNDER_REVIEW.value: (ClaimStatus.UNDER_REVIEW, ClaimStatus.DISPUTED)}

OPEN, ENDED, DECLINED, NOT_DELIVERED = "open", "ended", "declined", "not_delivered"
WINDOWS: dict[str, tuple[Promise, Q]] = {
    OPEN: (_("Open"), Q(consent_status=ConsentStatus.OPEN, status__in=lifecycle.UNDECIDED)),
    ENDED: (
        _("Ended without an opt-out"),
        Q(consent_status__in=[ConsentStatus.NO_OBJECTION, ConsentStatus.ACKNOWLEDGED]),
    ),
    DECLINED: (_("Customer opted out"), Q(consent_status=ConsentStatus.DECLINED)),
    NOT_DELIVERED: (
        _("Notice not delivered"),
        Q(status__in=lifecycle.UNDECIDED)
        & (
            Q(consent_status=ConsentStatus.BOUNCED)
            | Q(notices__revoked_at=None, notices__email__status__in=[EmailStatus.FAILED, EmailStatus.BOUNCED])
        ),
    ),
}


@dataclass(frozen=True)
class ClaimFilter:
    """What a person looks for; an unknown filter in the address counts as none."""

    words: str = ""
    status: str = ""
    window: str = ""

    @classmethod
    def asked(cls, address: Mapping[str, Any]) -> "ClaimFilter":
        """Return the filter that the query string *address* states."""
        status, window = str(address.get("status", "")), str(address.get("window", ""))
        return cls(
            words=str(address.get("q", "")).replace("\x00", "").strip()[:LONGEST_SEARCH],
            status=status if status in ClaimStatus.values else "",
            window=window if window in WINDOWS else "",
        )

    def __bool__(self) -> bool:
        return bool(self.words or self.status or self.window)

    def of(self, claims: ClaimQuerySet) -> ClaimQuerySet:
        """Return those of *claims* that match."""
        found = claims.matching(self.words)
        if self.status:
            found = found.filter(status__in=ALSO_FOUND.get(self.status, (self.status,)))
        if self.window:
            found = found.filter(WINDOWS[self.window][1])
        return found

    def query(self, **more: str) -> str:
        """Return the query string of this filter with *more*, empty parts left out."""
        parts = {"q": self.words, "status": self.status, "window": self.window} | more
        stated = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(stated)}" if stated else ""
