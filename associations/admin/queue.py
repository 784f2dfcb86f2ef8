"""The review queue: what is due first on top, in columns that say why, with decisions for many claims at once."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from associations.admin.decisions import ASSIGN_REVIEWER, REFUSALS, START_REVIEW, VALIDATE, Decision
from associations.admin.desk import WITHOUT_SIDEBAR, DeskAdmin, person
from associations.admin.filters import MINE, NOBODYS, AgeFilter, AssignmentFilter
from associations.admin.queue_pages import CURSORS, QueuePages
from associations.admin.waiting import Deadline, business_days_waited, deadline_of, window_of
from associations.choices import ClaimStatus
from associations.models import Claim
from associations.models.claims import REVIEW_DUE, ClaimQuerySet
from associations.rules import lifecycle
from associations.rules.actors import Actor, Role
from associations.templatetags.dates import last_moment
from associations.templatetags.icons import badge

OPEN_FIRST = Case(When(status__in=sorted(lifecycle.REVIEWABLE), then=Value(0)), default=Value(1))
DUE_FIRST = (OPEN_FIRST, F("review_due_at").asc(nulls_last=True), "submitted_at")
MOST_AT_ONCE = 50
MOST_COUNTED = 999
# The tab, the search, the order and the page: the filters stay folded with these.
NOT_NARROWING = {AssignmentFilter.parameter_name, SEARCH_VAR, ORDER_VAR, PAGE_VAR, *CURSORS}


def waiting_for(user: User) -> ClaimQuerySet:
    """Return the claims assigned to *user* for which the reviewers owe the next step, what is due first on top."""
    mine = Claim.objects.reviewable_by(user).filter(reviewer=user, status__in=lifecycle.REVIEWABLE)
    return mine.filter(Q(review_due_at__isnull=False) | Q(has_competing_claim=True)).order_by(*DUE_FIRST, "pk")


def next_for(user: User, *, after: Claim) -> Claim | None:
    """Return the claim that follows *after* in the person's queue, the first one from its end or from outside."""
    waiting = list(waiting_for(user).only("pk"))
    keys = [claim.pk for claim in waiting]
    start = keys.index(after.pk) + 1 if after.pk in keys else 0
    others = [claim for claim in (*waiting[start:], *waiting[:start]) if claim.pk != after.pk]
    return others[0] if others else None


class QueueAdmin(DeskAdmin):
    """The list of claims, and what can be done with many of them at once."""

    list_display = (
        "claim_number",
        "customer",
        "partner_name",
        "status_badge",
        "competing",
        "age",
        "due",
        "window",
        "reviewer_name",
    )
    list_display_links = ("claim_number",)
    list_filter = (AssignmentFilter, "status", AgeFilter, "solution_area", "has_competing_claim", "consent_status")
    list_select_related = ("tenant", "partner", "reviewer")
    list_per_page = MOST_AT_ONCE
    ordering = (REVIEW_DUE.asc(),)
    search_fields = ("search_text",)
    search_help_text = gettext_lazy("Number, name, domain name, tenant ID, subscription ID or partner")
    show_full_result_count = False
    actions = ("start_reviews", "validate_claims", "assign_to_me")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[QueuePages]:
        return QueuePages

    def action_checkbox(self, claim: Claim) -> SafeString:
        """Return what Django's own widget draws, which is three templates for each row."""
        words = format_html(_("Select this object for an action - {}"), claim.number)
        box = '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">'
        return format_html(box, ACTION_CHECKBOX_NAME, claim.pk, words)

    @admin.display(description=gettext_lazy("claim"), ordering="pk")
    def claim_number(self, claim: Claim) -> SafeString:
        return format_html("{} <span>{}</span>", claim.number, claim.name)

    @admin.display(description=gettext_lazy("customer"), ordering="tenant__name")
    def customer(self, claim: Claim) -> SafeString:
        return format_html("{}<br>{}", claim.tenant.name, claim.domain_name)

    @admin.display(description=gettext_lazy("partner"), ordering="partner__name")
    def partner_name(self, claim: Claim) -> str:
        return claim.partner.name

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_badge(self, claim: Claim) -> SafeString:
        return badge(claim.status, ClaimStatus(claim.status).label)

    @admin.display(description=gettext_lazy("competing"), ordering="has_competing_claim")
    def competing(self, claim: Claim) -> str | SafeString:
        if not claim.has_competing_claim:
            return ""
        return badge("problem", _("Competing"))

    @admin.display(description=gettext_lazy("business days"), ordering="-submitted_at")
    def age(self, claim: Claim) -> int | None:
        """For how many business days the claim waits, or waited."""
        return business_days_waited(claim, timezone.now())

    @admin.display(description=gettext_lazy("review due"), ordering=REVIEW_DUE)
    def due(self, claim: Claim) -> str | SafeString:
        """When the reviewers owe the next step, and whether that is past."""
        if claim.review_due_at is None:
            return ""
        overdue = badge("problem", _("Overdue")) if claim.review_due_at <= timezone.now() else ""
        return stacked(overdue, deadline_of(claim, claim.review_due_at))

    @admin.display(description=gettext_lazy("customer's period"), ordering="opt_out_closes_at")
    def window(self, claim: Claim) -> SafeString:
        window = window_of(claim)
        return stacked(badge(window.status, window.label), window.deadline)

    @admin.display(description=gettext_lazy("reviewer"))
    def reviewer_name(self, claim: Claim) -> str | None:
        return claim.reviewer.get_full_name() if claim.reviewer else None

    @admin.action(description=gettext_lazy("Start review"), permissions=["decide"])
    def start_reviews(self, request: HttpRequest, queryset: QuerySet[Claim]) -> None:
        take_each(request, START_REVIEW, queryset, answers={})

    @admin.action(description=gettext_lazy("Validate"), permissions=["decide"])
    def validate_claims(self, request: HttpRequest, queryset: QuerySet[Claim]) -> None:
        take_each(request, VALIDATE, queryset, answers={})

    @admin.action(description=gettext_lazy("Assign to me"), permissions=["decide"])
    def assign_to_me(self, request: HttpRequest, queryset: QuerySet[Claim]) -> None:
        take_each(request, ASSIGN_REVIEWER, queryset, answers={"reviewer_id": person(request).pk})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue under tabs: the address alone says whose claims are listed."""
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        more = WITHOUT_SIDEBAR | {
            "title": _("Review queue"),
            "tabs": self.tabs(request),
            "is_narrowed": bool(set(request.GET) - NOT_NARROWING),
        }
        return super().changelist_view(request, more | (extra_context or {}))

    def tabs(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Return *My queue*, *Not assigned* and *All*, each with how many open claims it holds."""
        waiting = self.get_queryset(request).filter(status__in=lifecycle.REVIEWABLE)
        chosen = request.GET.get(AssignmentFilter.parameter_name, "")
        rows = (
            (MINE, _("My queue"), count_of(waiting.filter(reviewer=person(request).pk))),
            (NOBODYS, pgettext("claims", "Not assigned"), count_of(waiting.filter(reviewer=None))),
            ("", pgettext("claims", "All"), count_of(waiting)),
        )
        return [
            {
                "url": f"?{AssignmentFilter.parameter_name}={value}" if value else "?",
                "label": label,
                "count": count,
                "is_current": value == chosen,
            }
            for value, label, count in rows
        ]


def stacked(mark: str, deadline: Deadline | None) -> SafeString:
    """Return a badge, if any, above a deadline, if any."""
    if deadline is None:
        return format_html('<span class="desk-window">{}</span>', mark)
    until = last_moment(deadline.closes_at, deadline.last_day, deadline.zone)
    return format_html('<span class="desk-window">{} <span>{}</span></span>', mark, until)


def count_of(claims: QuerySet[Claim]) -> int | str:
    """Return how many *claims* there are, as far as anybody cares to know."""
    count = claims.order_by()[: MOST_COUNTED + 1].count()
    return count if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def take_each(
    request: HttpRequest, decision: Decision, claims: QuerySet[Claim], *, answers: dict[str, object]
) -> None:
    """Take one decision on each claim, each in its own transaction, and say of each what became of it."""
    chosen = list(claims[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        messages.error(request, _("Choose at most %(count)s claims at once.") % {"count": MOST_AT_ONCE})
        return
    by = Actor(Role.REVIEWER, person(request).pk)
    for claim in chosen:
        try:
            decision.service(claim_id=claim.pk, by=by, now=timezone.now(), **answers)
        except lifecycle.ActionNotAllowed as refusal:
            facts = {"claim": claim.number, "status": ClaimStatus(refusal.status).label}
            messages.warning(request, _("%(claim)s: not possible in the status %(status)s.") % facts)
        except tuple(REFUSALS) as refusal:
            messages.warning(request, f"{claim.number}: {REFUSALS[type(refusal)]}")
        else:
            messages.success(request, decision.done % {"claim": claim.number})
