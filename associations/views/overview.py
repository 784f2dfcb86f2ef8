"""**Incentives** > **Overview**: what needs the person, how claims stand, which dates come next (experience.md 1)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from associations.choices import ClaimStatus, ConsentStatus
from associations.forms.claim_filter import NOT_DELIVERED, OPEN, WINDOWS, ClaimFilter
from associations.models import Claim
from associations.models.claims import ClaimQuerySet
from associations.rules import lifecycle
from associations.views.access import global_admins_for, note_who_manages
from associations.views.claim_rows import Row, load_items, row_of, with_row_facts
from associations.views.moments import end_of_business_days, in_own_zone
from associations.views.people import may_draft, signed_in

ROWS_EACH = 5
DEADLINE_BUSINESS_DAYS = 10
DEADLINES = 10
ENDING_DAYS = 60


@dataclass(frozen=True)
class Counter:
    """One number and the list behind it."""

    label: str
    value: int
    status: str
    url: str


@dataclass(frozen=True)
class Waiting:
    """The first few claims that need the person for one reason, how many there are, and the list of all."""

    title: str
    claims: list[Claim]
    total: int
    url: str


@dataclass(frozen=True)
class Group:
    """Claims that need the person for one reason, the first few of them, and the list of all."""

    title: str
    rows: list[Row]
    total: int
    url: str


@dataclass(frozen=True)
class Ending:
    """A claim with an official association whose subscription ends soon."""

    claim: Claim
    ends_on: date


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead the signed-in person to the overview."""
    return redirect("overview")


@require_safe
@in_own_zone
def overview(request: HttpRequest) -> HttpResponse:
    """What needs me, the counters, and the deadlines of the next ten business days."""
    user, now = signed_in(request), timezone.now()
    claims = Claim.objects.visible_to(user)
    counts = counts_of(claims)
    is_drafter = may_draft(user)
    note_who_manages(request)
    waiting, nearest = waiting_of(claims, counts), nearest_of(claims, now=now)
    load_items([*nearest, *(claim for group in waiting for claim in group.claims)])
    context = {
        "groups": [
            Group(some.title, [row_of(claim, now=now) for claim in some.claims], some.total, some.url)
            for some in waiting
        ],
        "counters": counters_of(counts),
        "deadlines": [row_of(claim, now=now) for claim in nearest],
        "endings": endings_of(claims, now=now),
        "has_claims": counts["all"] > 0,
        "may_draft": is_drafter,
        "admins": [] if is_drafter else global_admins_for(user),
    }
    return render(request, "associations/overview.html", context)


def counts_of(claims: ClaimQuerySet) -> dict[str, int]:
    """Return how many claims are where, in one query."""
    undelivered = WINDOWS[NOT_DELIVERED][1]
    return claims.aggregate(
        all=Count("pk", distinct=True),
        action=Count("pk", filter=Q(status=ClaimStatus.ACTION_REQUIRED), distinct=True),
        drafts=Count("pk", filter=Q(status=ClaimStatus.DRAFT), distinct=True),
        review=Count("pk", filter=Q(status__in=[ClaimStatus.UNDER_REVIEW, ClaimStatus.DISPUTED]), distinct=True),
        period=Count("pk", filter=WINDOWS[OPEN][1], distinct=True),
        approved=Count("pk", filter=Q(status=ClaimStatus.APPROVED), distinct=True),
        undelivered=Count("pk", filter=undelivered, distinct=True),
    )


def counters_of(counts: dict[str, int]) -> list[Counter]:
    """Return the numbers on top, each leading to its list."""
    return [
        Counter(_("Need action"), counts["action"], "action_required", list_url(status=ClaimStatus.ACTION_REQUIRED)),
        Counter(_("Under review"), counts["review"], "under_review", list_url(status=ClaimStatus.UNDER_REVIEW)),
        Counter(_("In the customer period"), counts["period"], "awaiting_customer", list_url(window=OPEN)),
        Counter(_("Approved"), counts["approved"], "approved", list_url(status=ClaimStatus.APPROVED)),
    ]


def waiting_of(claims: ClaimQuerySet, counts: dict[str, int]) -> list[Waiting]:
    """Return what waits for the person, the most urgent first; nothing for a reason that no claim has."""
    undelivered = WINDOWS[NOT_DELIVERED][1]
    waiting = (
        (
            _("The reviewer waits for your answer"),
            claims.filter(status=ClaimStatus.ACTION_REQUIRED).order_by("answer_due_at", "pk"),
            counts["action"],
            list_url(status=ClaimStatus.ACTION_REQUIRED),
        ),
        (
            _("The notice did not reach the customer"),
            claims.filter(undelivered).order_by("-pk"),
            counts["undelivered"],
            list_url(window=NOT_DELIVERED),
        ),
        (
            _("Drafts to finish"),
            claims.filter(status=ClaimStatus.DRAFT).order_by("-changed_at", "-pk"),
            counts["drafts"],
            list_url(status=ClaimStatus.DRAFT),
        ),
    )
    return [
        Waiting(title, list(with_row_facts(some)[:ROWS_EACH]), total, url)
        for title, some, total, url in waiting
        if total
    ]


def nearest_of(claims: ClaimQuerySet, *, now: datetime) -> list[Claim]:
    """Return the claims whose next date falls within ten business days, the nearest first."""
    until = end_of_business_days(now, days=DEADLINE_BUSINESS_DAYS)
    has_window = Q(consent_status=ConsentStatus.OPEN, opt_out_closes_at__gt=now)
    coming = claims.filter(
        Q(status=ClaimStatus.ACTION_REQUIRED) | Q(status__in=lifecycle.APPROVABLE) & has_window
    ).annotate(next_at=Coalesce("answer_due_at", "opt_out_closes_at"))
    found = coming.filter(next_at__gt=now, next_at__lte=until).order_by("next_at", "pk")
    return list(with_row_facts(found)[:DEADLINES])


def endings_of(claims: ClaimQuerySet, *, now: datetime) -> list[Ending]:
    """Return the claims with an official subscription that ends within 60 days, the nearest first (domain.md R6)."""
    today = timezone.localdate(now)
    ending = claims.filter(
        items__association__ended_at=None,
        items__association__subscription__ends_on__range=(today, today + timedelta(days=ENDING_DAYS)),
    ).annotate(next_end=Min("items__association__subscription__ends_on"))
    nearest = ending.select_related("tenant").order_by("next_end", "pk")[:DEADLINES]
    return [Ending(claim, vars(claim)["next_end"]) for claim in nearest]


def list_url(*, status: str = "", window: str = "") -> str:
    """Return the address of the list, filtered."""
    return reverse("claim_list") + ClaimFilter(status=status, window=window).query()
