"""**Incentives** > **Overview**: what needs the person, how claims stand, which dates come next."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from associations.forms.claim_list.filter import ON, OPEN, ClaimFilter
from associations.models import Claim
from associations.models.claim_queries import AT_REVIEW_STAGE, PLACES, SHOWN_PLACE, ClaimQuerySet
from associations.models.partners import claim_scope_of
from associations.rules.shown_status import ReviewStage, ShownStatus
from associations.services.deadlines import end_of_portal_business_days
from associations.status_words.claim_status import LABELS
from associations.views.actor import signed_in
from associations.views.claim_list.address import list_url
from associations.views.company.permissions import global_admins_for, note_who_manages
from associations.views.overview.attention import groups_of
from associations.views.overview.charts import charts_of
from associations.views.overview.due_dates import Endings, nearest_due, nearest_endings
from associations.views.zones import in_own_zone

DEADLINE_BUSINESS_DAYS = 10
DEADLINES = 10
# The statuses that are counted on top, in the order of a claim's life.
COUNTED = {
    status.value: status
    for status in (ShownStatus.OPT_OUT_PERIOD, ShownStatus.ON_HOLD, ShownStatus.OFFICIAL, ShownStatus.ENDED)
}
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
    """Redirect people who work for Microsoft to the desk, everybody else to the overview."""
    user = signed_in(request)
    if user.is_staff and not user.memberships.exists():
        return redirect("admin:index" if user.is_superuser else "admin:associations_claim_changelist")
    return redirect("overview")


@require_safe
@in_own_zone
def overview(request: HttpRequest) -> HttpResponse:
    """Show claims that need attention, counters, deadlines of the next ten business days, and a year of claims."""
    user, now = signed_in(request), timezone.now()
    scope = claim_scope_of(user)
    claims = Claim.objects.within(scope)
    note_who_manages(request)
    until = end_of_portal_business_days(now, days=DEADLINE_BUSINESS_DAYS)
    counts = counts_of(claims)
    groups = groups_of(claims, reader=user, now=now)
    endings = nearest_endings(claims, scope, now=now, limit=DEADLINES)
    deadlines = nearest_due(claims, now=now, until=until, limit=DEADLINES + 1)
    over_time, outcomes = charts_of(claims, now=now)
    context = {
        "groups": groups,
        "counters": counters_of(counts | {"action": sum(group.total for group in groups)}, endings),
        "deadlines": deadlines[:DEADLINES],
        "more_deadlines_url": list_url(NEXT_TO_CLOSE) if len(deadlines) > DEADLINES else "",
        "endings": endings,
        "more_endings_url": list_url(ClaimFilter(ending=ON)) if endings.claims > DEADLINES else "",
        "over_time": over_time,
        "outcomes": outcomes,
        "has_claims": counts["all"] > 0 or endings.total > 0,
        "may_draft": scope.may_start,
        "admins": [] if scope.may_start else global_admins_for(user),
    }
    return render(request, "associations/overview.html", context)


def counts_of(claims: ClaimQuerySet) -> dict[str, int]:
    """Return how many claims are where, in one query."""
    found = claims.annotate(shown_place=SHOWN_PLACE)
    shown = {name: Count("pk", filter=Q(shown_place=PLACES[status])) for name, status in COUNTED.items()}
    return found.aggregate(all=Count("pk"), review=Count("pk", filter=AT_REVIEW_STAGE[ReviewStage.RUNNING]), **shown)


def counters_of(counts: dict[str, int], endings: Endings) -> list[Counter]:
    """Return the numbers on top, each leading to what it counts."""
    # Existing associations are not in the list of claims: both stand below, on this page.
    ending_url = "#endings" if endings.existing else list_url(ClaimFilter(ending=ON))
    return [
        Counter(_("Need attention"), counts["action"], "action_required", list_url(ClaimFilter(needs_me=ON))),
        Counter(_("Under review"), counts["review"], "running", list_url(ClaimFilter(review=ReviewStage.RUNNING))),
        *(
            Counter(str(LABELS[status]), counts[name], status.value, list_url(ClaimFilter(state=status)))
            for name, status in COUNTED.items()
        ),
        Counter(_("Ending soon"), endings.total, "InGracePeriod", ending_url),
    ]
