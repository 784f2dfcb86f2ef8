"""One association of before this process as a row of the list, in the words that claims use (domain.md R5)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.text.readable import domain_in_full
from associations.models import Association
from associations.rules.shown_status import ShownStatus
from associations.status_words.claim_status import LABELS, StatusInWords, day_of
from associations.status_words.dates import day_in_words
from associations.views.existing.rows import Row, row_of
from associations.wording.facts import activities_in_words
from guides.editions import Edition


@dataclass(frozen=True, slots=True)
class ExistingRow:
    """An existing association with the facts that `ClaimRow` has of a claim; what it doesn't have is empty."""

    held: Association
    url: str
    renew_url: str
    number: str
    name: str
    customer: str
    domain: str
    tenant_id: str
    status: StatusInWords
    items: str
    activities: str
    area: str
    changed_at: datetime
    item_count: str = ""
    new_comments: str = ""
    pick: str = ""
    mpn_id: str = ""
    location: str = ""
    window: str = ""
    owner: str = ""
    created_at: datetime | None = None
    submitted_at: datetime | None = None

    @property
    def short_tenant_id(self) -> str:
        """The first group, enough to tell tenants apart at a glance."""
        return f"{self.tenant_id[:8]}\N{HORIZONTAL ELLIPSIS}"


def list_row_of(held: Association, edition: Edition, *, may_renew: bool, now: datetime) -> ExistingRow:
    """Return an association of `with_row_facts` as a row, with a link to renew it for people who *may_renew*."""
    row = row_of(held, may_renew=may_renew, now=now)
    proofs = ngettext("%(count)d proof", "%(count)d proofs", row.proofs) % {"count": row.proofs}
    return ExistingRow(
        held=held,
        url=row.url,
        renew_url=row.renew_url,
        number=str(held.product),
        name=str(held.subscription.subscription_id) if held.subscription else "",
        customer=held.tenant.name,
        domain=domain_in_full(row.domain),
        tenant_id=str(held.tenant.tenant_id),
        status=status_of(row),
        items=str(held.product),
        activities=f"{activities_in_words(held.activities_by(edition))} · {proofs}",
        area=edition.area_name(held.product.area_in(edition)),
        changed_at=held.ended_at or held.starts_at,
    )


def status_of(row: Row) -> StatusInWords:
    """Return *Official* or *Ended* with its date, and when the subscription ends."""
    shown = ShownStatus.ENDED if row.held.ended_at else ShownStatus.OFFICIAL
    return StatusInWords(
        code=shown.value,
        label=str(LABELS[shown]),
        holds=(_("Ends soon"),) if row.is_ending else (),
        sentence=sentence_of(row),
        review="",
        review_code="",
    )


def sentence_of(row: Row) -> str:
    if row.held.ended_at:
        return _("Ended on %(day)s. %(reason)s.") % {"day": day_of(row.held.ended_at), "reason": row.why_ended}
    since = _("Official since %(day)s.") % {"day": day_of(row.held.starts_at)}
    if row.ends_on is None:
        return since
    ends_on = day_in_words(row.ends_on, shape=pgettext("date format", "D j M Y"))
    return _("Ends with its subscription on %(day)s.") % {"day": ends_on} + f" {since}"
