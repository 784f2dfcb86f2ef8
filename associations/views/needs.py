"""What waits for the partner's people, the most urgent first, read in one query."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations.choices import ClaimStatus, ConsentStatus
from associations.forms.claim_filter import NOT_DELIVERED, ON, ClaimFilter
from associations.models import Claim, CustomerNotice
from associations.models.claims import ClaimQuerySet
from associations.rules import lifecycle
from associations.views.due_dates import DueDate, due_dates_of, numbered
from associations.views.list_address import list_url
from notifications.models import UNDELIVERED_STATUSES

ROWS_EACH = 5


@dataclass(frozen=True)
class Need:
    """Why a claim waits for its partner, and where the list of all such claims is."""

    title: Promise
    advice: Promise
    url: str


@dataclass(frozen=True)
class Line:
    """A claim that waits, with its next date if it has one."""

    claim: Claim
    due: DueDate | None


@dataclass(frozen=True)
class Group:
    """The first few claims that wait for one reason, and how many there are."""

    need: Need
    total: int
    lines: list[Line] = field(default_factory=list)


def needs() -> list[Need]:
    """Return the reasons why a claim waits, the most urgent first; a claim counts under its first one."""
    return [
        Need(
            _("The reviewer waits for your answer"),
            _("Read the question, mend the claim and resubmit it. Without an answer in time the claim is rejected."),
            list_url(ClaimFilter(status=ClaimStatus.ACTION_REQUIRED)),
        ),
        Need(
            _("The notice did not reach the customer"),
            _("Correct the contact's address and send the notice again: the customer period has not started."),
            list_url(ClaimFilter(window=NOT_DELIVERED)),
        ),
        Need(
            _("Another partner claims the same"),
            _("Add a fresh proof of execution: the reviewer decides by it."),
            list_url(ClaimFilter(competing=ON)),
        ),
        Need(
            _("Drafts to finish"),
            _("Nobody is told of a draft, and it holds no product for you."),
            list_url(ClaimFilter(status=ClaimStatus.DRAFT)),
        ),
    ]


def waiting(claims: ClaimQuerySet) -> ClaimQuerySet:
    """Return those of *claims* that wait for the partner, each with the number of its first reason as `need`."""
    # Asked once for all claims, not claim by claim: few mails are lost, and an index knows them.
    lost = CustomerNotice.objects.current().filter(email__status__in=UNDELIVERED_STATUSES).values("claim")
    is_open = Q(status__in=lifecycle.UNDECIDED)
    need = Case(
        When(status=ClaimStatus.ACTION_REQUIRED, then=Value(0)),
        When(is_open & (Q(consent_status=ConsentStatus.BOUNCED) | Q(pk__in=lost)), then=Value(1)),
        When(is_open & Q(has_competing_claim=True), then=Value(2)),
        When(status=ClaimStatus.DRAFT, then=Value(3)),
    )
    since = Case(
        When(status=ClaimStatus.ACTION_REQUIRED, then=F("answer_due_at")),
        default=F("changed_at"),
        output_field=DateTimeField(),
    )
    live = claims.filter(status__in=[*lifecycle.UNDECIDED, ClaimStatus.DRAFT]).annotate(need=need, since=since)
    return live.filter(need__isnull=False)


def groups_of(claims: ClaimQuerySet, *, now: datetime) -> list[Group]:
    """Return what waits for the partner, reason by reason, the longest waiting first; no reason without a claim."""
    found = numbered(waiting(claims), by="need", first="since").filter(Q(place__lte=ROWS_EACH))
    kinds = needs()
    groups: dict[int, Group] = {}
    for claim in found.select_related("tenant").order_by(F("need"), F("place")):
        told = vars(claim)
        group = groups.setdefault(told["need"], Group(kinds[told["need"]], told["total"]))
        group.lines.append(Line(claim, next(iter(due_dates_of(claim, now=now)), None)))
    return list(groups.values())
