"""**Incentives** > **Overview**: what needs the person, how claims stand, which dates come next (experience.md 1)."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from associations.choices import ClaimStatus
from associations.forms.claim_filter import ON, OPEN, WINDOWS, ClaimFilter
from associations.models import Claim
from associations.models.claims import ClaimQuerySet
from associations.models.partners import claim_scope_of
from associations.views.access import global_admins_for, note_who_manages
from associations.views.due_dates import nearest_due, nearest_endings
from associations.views.list_address import list_url
from associations.views.moments import end_of_business_days, in_own_zone
from associations.views.needs import groups_of
from associations.views.people import signed_in
from associations.views.trend import charts_of

DEADLINE_BUSINESS_DAYS = 10
DEADLINES = 10
# Most dates of a partner are the ends of customer periods; what waits for its own answer stands beside them.
NEXT_TO_CLOSE = ClaimFilter(window=OPEN, sort="window")


@dataclass(frozen=True)
class Counter:
    """One number and where the claims behind it are."""

    label: str
    value: int
    status: str
    url: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead a person to where their work is: who works for Microsoft to the desk, everybody else to the overview."""
    user = signed_in(request)
    if user.is_staff and not user.memberships.exists():
        return redirect("admin:index" if user.is_superuser else "admin:associations_claim_changelist")
    return redirect("overview")


@require_safe
@in_own_zone
def overview(request: HttpRequest) -> HttpResponse:
    """What needs me, the counters, the deadlines of the next ten business days, and twelve months of claims."""
    user, now = signed_in(request), timezone.now()
    scope = claim_scope_of(user)
    claims = Claim.objects.within(scope)
    note_who_manages(request)
    until = end_of_business_days(now, days=DEADLINE_BUSINESS_DAYS)
    counts = counts_of(claims)
    endings, ending = nearest_endings(claims, now=now, limit=DEADLINES)
    deadlines = nearest_due(claims, now=now, until=until, limit=DEADLINES + 1)
    over_time, outcomes = charts_of(claims, now=now)
    context = {
        "groups": groups_of(claims, now=now),
        "counters": counters_of(counts | {"ending": ending}),
        "deadlines": deadlines[:DEADLINES],
        "more_deadlines_url": list_url(NEXT_TO_CLOSE) if len(deadlines) > DEADLINES else "",
        "endings": endings,
        "more_endings_url": list_url(ClaimFilter(ending=ON)) if ending > DEADLINES else "",
        "over_time": over_time,
        "outcomes": outcomes,
        "has_claims": counts["all"] > 0,
        "may_draft": scope.may_start,
        "admins": [] if scope.may_start else global_admins_for(user),
    }
    return render(request, "associations/overview.html", context)


def counts_of(claims: ClaimQuerySet) -> dict[str, int]:
    """Return how many claims are where, in one query."""
    return claims.aggregate(
        all=Count("pk"),
        action=Count("pk", filter=Q(status=ClaimStatus.ACTION_REQUIRED)),
        review=Count("pk", filter=Q(status__in=[ClaimStatus.UNDER_REVIEW, ClaimStatus.DISPUTED])),
        period=Count("pk", filter=WINDOWS[OPEN][1]),
        approved=Count("pk", filter=Q(status=ClaimStatus.APPROVED)),
    )


def counters_of(counts: dict[str, int]) -> list[Counter]:
    """Return the numbers on top, each leading to its claims."""
    rows = [
        (_("Need action"), "action", "action_required", ClaimFilter(status=ClaimStatus.ACTION_REQUIRED)),
        (_("Under review"), "review", "under_review", ClaimFilter(status=ClaimStatus.UNDER_REVIEW)),
        (_("In the customer period"), "period", "awaiting_customer", ClaimFilter(window=OPEN)),
        (_("Approved"), "approved", "approved", ClaimFilter(status=ClaimStatus.APPROVED)),
        (_("Ending soon"), "ending", "InGracePeriod", ClaimFilter(ending=ON)),
    ]
    return [Counter(label, counts[name], status, list_url(sought)) for label, name, status, sought in rows]
