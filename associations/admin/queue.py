"""The review queue: what is due first on top, in columns that say why, with decisions for many claims at once."""

from dataclasses import dataclass
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.text.readable import domain_in_full
from associations.admin.decisions import ASSIGN_REVIEWER, REFUSALS, START_REVIEW, VALIDATE, Decision
from associations.admin.desk import WITHOUT_SIDEBAR, DeskAdmin, count_of, person, reviewer
from associations.admin.filters import (
    CONTACT,
    MINE,
    NOBODYS,
    AgeFilter,
    AreaFilter,
    AssignmentFilter,
    DueFilter,
    FactFilter,
    HoldFilter,
    LinkFilter,
    ReviewFilter,
    ShownStatusFilter,
    held_by,
)
from associations.admin.queue_pages import CURSORS, QueuePages, WithNewComments
from associations.choices import HoldKind
from associations.models import Claim
from associations.models.claim_queries import (
    REVIEW_DUE,
    SHOWN_PLACE,
    ReadClaim,
)
from associations.rules import lifecycle
from associations.rules.shown_status import ShownStatus
from associations.services.deadlines import business_days_waited
from associations.status_words.claim_status import LABELS, hold_names_of, reached_in_words, review_in_words
from associations.status_words.deadlines import Deadline, deadline_of
from associations.templatetags.dates import last_moment
from associations.templatetags.icons import badge
from associations.wording.customer_period import period_of
from associations.wording.lines import new_comments_in_words

MOST_AT_ONCE = 50
# The tab, the search, the order and the page: the filters stay folded with these.
NOT_NARROWING = {AssignmentFilter.parameter_name, HoldFilter.parameter_name, SEARCH_VAR, ORDER_VAR, PAGE_VAR, *CURSORS}


@dataclass(frozen=True)
class Tab:
    """A part of the queue, with the number of claims in it."""

    url: str
    label: str
    count: int | str
    is_current: bool


class QueueClaim(ReadClaim, WithNewComments, Protocol):
    """A claim of the queue, with what `QueuePages` read beside its columns."""

    link_never_opened: bool


class QueueAdmin(DeskAdmin):
    """The list of claims, and what can be done with many of them at once."""

    list_display = (
        "claim_number",
        "customer",
        "partner_name",
        "status_badge",
        "competing",
        "to_read",
        "age",
        "due",
        "window",
        "reviewer_name",
    )
    list_display_links = ("claim_number",)
    list_filter = (
        AssignmentFilter,
        HoldFilter,
        ShownStatusFilter,
        ReviewFilter,
        DueFilter,
        AgeFilter,
        FactFilter,
        LinkFilter,
        AreaFilter,
        "has_competing_claim",
        "consent_status",
    )
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
        return format_html("{} <br>{}", claim.tenant.name, domain_in_full(claim.domain_name))

    @admin.display(description=gettext_lazy("partner"), ordering="partner__name")
    def partner_name(self, claim: Claim) -> str:
        return claim.partner.name

    @admin.display(description=gettext_lazy("status"), ordering=SHOWN_PLACE)
    def status_badge(self, claim: Claim) -> SafeString:
        """Return the status that people read, new comments, holds that stop the claim, and the stage of the review."""
        shown = claim.shown_status
        holds = hold_names_of(claim) if shown is ShownStatus.ON_HOLD else ()
        new = new_comments_in_words(cast(QueueClaim, claim).new_comments)
        comments = badge("new_comment", new) if new else ""
        lines = [badge(shown.value, LABELS[shown]), comments, *holds, review_in_words(claim)]
        return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines if line))

    @admin.display(description=gettext_lazy("competing"), ordering="has_competing_claim")
    def competing(self, claim: Claim) -> str | SafeString:
        if not claim.has_competing_claim:
            return ""
        return badge("problem", _("Competing"))

    @admin.display(description=gettext_lazy("on hold"))
    def to_read(self, claim: Claim) -> str | SafeString:
        """Return the holds that a reviewer has to settle, and the time to do it by."""
        now, due_at = timezone.now(), claim.decision_due_at
        if due_at is None:
            return ""
        marks = [badge("held", label) for label in claim.open_hold_labels]
        marks += [badge("problem", _("Overdue"))] if due_at <= now else []
        due = deadline_of(claim, due_at, now=now)
        return stacked(format_html_join(" ", "{}", ((mark,) for mark in marks)), due)

    @admin.display(description=gettext_lazy("business days"), ordering="-submitted_at")
    def age(self, claim: Claim) -> int | None:
        """Return for how many business days an open claim has waited; nothing for a decided one."""
        return business_days_waited(claim, now=timezone.now())

    @admin.display(description=gettext_lazy("review due"), ordering=REVIEW_DUE)
    def due(self, claim: Claim) -> str | SafeString:
        """Return when the reviewers' next step is due, and whether that is past."""
        if claim.review_due_at is None:
            return ""
        due = deadline_of(claim, claim.review_due_at, now=timezone.now())
        return stacked(badge("problem", _("Overdue")) if due.is_past else "", due)

    @admin.display(description=gettext_lazy("opt-out period"), ordering="opt_out_closes_at")
    def window(self, claim: Claim) -> SafeString:
        read = cast(QueueClaim, claim)
        window = period_of(claim, mail_status=read.notice_mail_status, now=timezone.now())
        marks = badge(window.status, window.label)
        if read.link_never_opened:
            marks = format_html("{} {}", marks, badge("not_sent", _("Link never opened")))
        return stacked(marks, window.deadline)

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
        """Show the queue under tabs; the address alone determines which claims are listed."""
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        more = WITHOUT_SIDEBAR | {
            "title": _("Review queue"),
            "tabs": self.tabs(request),
            "is_narrowed": bool(set(request.GET) - NOT_NARROWING),
        }
        return super().changelist_view(request, more | (extra_context or {}))

    def tabs(self, request: HttpRequest) -> list[Tab]:
        """Return the open claims of *My queue*, *Not assigned* and *All*, then what waits to be read, each counted."""
        claims = self.get_queryset(request)
        waiting = claims.filter(status__in=lifecycle.REVIEWABLE)
        whose, what = AssignmentFilter.parameter_name, HoldFilter.parameter_name
        chosen = {name: request.GET.get(name, "") for name in (whose, what)}
        rows: list[tuple[dict[str, str], str, QuerySet[Claim]]] = [
            ({whose: MINE}, _("My queue"), waiting.filter(reviewer=person(request).pk)),
            ({whose: NOBODYS}, pgettext("claims", "Not assigned"), waiting.filter(reviewer=None)),
            ({}, pgettext("claims", "All"), waiting),
            *(({what: kind.value}, str(kind.label), held_by(claims, kind.value)) for kind in HoldKind),
            ({what: CONTACT}, _("Confirm contact"), held_by(claims, CONTACT)),
        ]
        return [
            Tab(
                url=f"?{urlencode(address)}",
                label=label,
                count=count_of(found),
                is_current={whose: "", what: ""} | address == chosen,
            )
            for address, label, found in rows
        ]


def stacked(mark: str, deadline: Deadline | None) -> SafeString:
    """Return a badge, if any, above a deadline, if any."""
    if deadline is None:
        return format_html('<span class="cpor-desk-window">{}</span>', mark)
    until = last_moment(deadline.closes_at, deadline.last_day, deadline.zone)
    return format_html('<span class="cpor-desk-window">{} <span>{}</span></span>', mark, until)


def take_each(
    request: HttpRequest, decision: Decision, claims: QuerySet[Claim], *, answers: dict[str, object]
) -> None:
    """Take one decision on each claim, each in its own transaction, and say of each what became of it."""
    chosen = list(claims[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        messages.error(request, _("Choose at most %(count)s claims at once.") % {"count": MOST_AT_ONCE})
        return
    by = reviewer(request)
    for claim in chosen:
        try:
            decision.service(claim_id=claim.pk, by=by, now=timezone.now(), **answers)
        except lifecycle.ActionNotAllowed as refusal:
            facts = {"claim": claim.number, "status": reached_in_words(refusal.status)[1]}
            messages.warning(request, _("%(claim)s: not possible in the status %(status)s.") % facts)
        except tuple(REFUSALS) as refusal:
            messages.warning(request, f"{claim.number}: {REFUSALS[type(refusal)]}")
        else:
            messages.success(request, decision.done % {"claim": claim.number})
