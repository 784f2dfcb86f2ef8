"""The claims that need the partner's attention, grouped by reason, read in one query."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from django.db.models import Case, DateTimeField, F, Q, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.choices import ClaimStatus
from associations.forms.claim_list.filter import CONTACT_HELD, NOT_DELIVERED, ON, ClaimFilter
from associations.models import Claim
from associations.models.claim_queries import Attention, ClaimQuerySet, ReadClaim
from associations.rules.shown_status import ShownStatus
from associations.views.claim_list.address import list_url
from associations.views.overview.due_dates import Counted, DueDate, due_dates_of, numbered

ROWS_EACH = 5


@dataclass(frozen=True)
class Need:
    """A reason why claims need attention, and the address of the list of these claims."""

    title: Promise
    advice: Promise
    url: str


@dataclass(frozen=True)
class AttentionLine:
    """A claim that waits, with its next date if it has one."""

    claim: Claim
    due: DueDate | None


@dataclass(frozen=True)
class AttentionGroup:
    """The first few claims that wait for one reason, and how many there are."""

    need: Need
    total: int
    lines: list[AttentionLine] = field(default_factory=list)


def needs(reader: User) -> dict[Attention, Need]:
    """Return each reason in words, with the list of its claims; a claim counts under its most urgent reason."""
    return {
        Attention.ANSWER: Need(
            _("The reviewer is waiting for your reply"),
            _(
                "Read the question, update the claim and resubmit it. If you don't reply in time, the "
                "claim is rejected."
            ),
            list_url(ClaimFilter(state=ShownStatus.ACTION_REQUIRED)),
        ),
        Attention.UNDELIVERED: Need(
            _("The notice did not reach the customer"),
            _("Correct the contact's address and send the notice again: the opt-out period has not started."),
            list_url(ClaimFilter(window=NOT_DELIVERED)),
        ),
        Attention.CONTACT: Need(
            _("The contact isn't confirmed"),
            _(
                "Until a Microsoft reviewer confirms the contact, the claim can't become official. If somebody at the "
                "customer's own domain name can answer, replace the contact: then no reviewer is needed."
            ),
            list_url(ClaimFilter(window=CONTACT_HELD)),
        ),
        Attention.COMPETING: Need(
            _("Another partner claims the same"),
            _("Add a fresh proof of execution: the reviewer decides by it."),
            list_url(ClaimFilter(competing=ON)),
        ),
        Attention.TO_SUBMIT: Need(
            _("A colleague asks you to submit"),
            _("Check the answers and submit the claim: only then the customer gets the notice."),
            list_url(ClaimFilter(submitter=str(reader.pk))),
        ),
        Attention.DRAFT: Need(
            _("Drafts to finish"),
            _("Only your company sees drafts. A draft doesn't reserve a product."),
            list_url(ClaimFilter(state=ShownStatus.DRAFT)),
        ),
    }


def groups_of(claims: ClaimQuerySet, *, reader: User, now: datetime) -> list[AttentionGroup]:
    """Return the claims that need attention from *reader* or a colleague by reason, the longest waiting first."""
    since = Case(
        When(status=ClaimStatus.ACTION_REQUIRED, then=F("answer_due_at")),
        default=F("changed_at"),
        output_field=DateTimeField(),
    )
    waiting = claims.needing_attention(reader=reader).annotate(since=since)
    found = numbered(waiting, by="attention", first="since").filter(Q(place__lte=ROWS_EACH))
    kinds = needs(reader)
    groups: dict[int, AttentionGroup] = {}
    for claim in found.select_related("tenant").order_by(F("attention"), F("place")):
        reason = Attention(cast(ReadClaim, claim).attention)
        group = groups.setdefault(reason, AttentionGroup(kinds[reason], cast(Counted, claim).total))
        group.lines.append(AttentionLine(claim, next(iter(due_dates_of(claim, now=now)), None)))
    if Attention.TO_SUBMIT in groups and Attention.DRAFT in groups:
        # What colleagues asked for is counted under its own reason.
        others = list_url(ClaimFilter(state=ShownStatus.DRAFT, submitter=f"-{reader.pk}"))
        drafts = groups[Attention.DRAFT]
        groups[Attention.DRAFT] = replace(drafts, need=replace(drafts.need, url=others))
    return list(groups.values())
