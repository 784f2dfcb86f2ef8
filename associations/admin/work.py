"""The first page of the desk: a reviewer's work, what is due first on top, and the button *Next claim*."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from accounts.post_only import post_only
from associations.admin.decisions import is_reviewer
from associations.admin.desk import MOST_COUNTED, DeskAdmin, count_in_words, person, reviewer
from associations.admin.filters import CONTACT, EMAIL, MINE, NOBODYS, SOON, AssignmentFilter, DueFilter, HoldFilter
from associations.models import Claim, Comment
from associations.services.review.queue import parts_of_the_work, take_next
from associations.status_words.claim_status import LABELS, hold_names_of, review_in_words
from associations.status_words.deadlines import Deadline, deadline_of
from associations.wording.lines import new_comments_in_words

Index = Callable[..., HttpResponse]

SHOWN = 5
WHOSE, WHAT, WHEN = AssignmentFilter.parameter_name, HoldFilter.parameter_name, DueFilter.parameter_name
# Each part of the work: its heading, the filter of the queue that lists all of it, the column that says when it is
# due, and what an empty part says.
PARTS: dict[str, tuple[str | Promise, dict[str, str], str, str | Promise]] = {
    "mine": (gettext_lazy("My queue"), {WHOSE: MINE}, "review_due_at", gettext_lazy("No claim is assigned to you.")),
    "due": (
        gettext_lazy("Overdue or due soon"),
        {WHEN: SOON},
        "review_due_at",
        gettext_lazy("Nothing is due by the end of the next business day."),
    ),
    "unassigned": (
        pgettext_lazy("claims", "Not assigned"),
        {WHOSE: NOBODYS},
        "review_due_at",
        gettext_lazy("Every open claim has a reviewer."),
    ),
    "contacts": (
        gettext_lazy("Contacts to confirm"),
        {WHAT: CONTACT},
        "contact_due_at",
        gettext_lazy("No contact waits to be confirmed."),
    ),
    "holds": (
        gettext_lazy("Emails to read"),
        {WHAT: EMAIL},
        "hold_due_at",
        gettext_lazy("No email waits to be read."),
    ),
}


@dataclass(frozen=True)
class WorkRow:
    """A claim of the first page: its badges, and when the reviewers have to act."""

    claim: Claim
    status: str
    label: str
    marks: list[str]
    due: Deadline | None


@dataclass(frozen=True)
class WorkPart:
    """A part of the work: its first claims, how many there are, and where all of them are listed."""

    key: str
    heading: str
    rows: list[WorkRow]
    count: int | str
    url: str
    empty: str


def work_of(user: User, *, now: datetime) -> list[WorkPart]:
    """Return the reviewers' work as *user* sees it: a query for each part, and two for the claims of all parts."""
    keys = {
        key: list(claims.values_list("pk", flat=True)[: MOST_COUNTED + 1])
        for key, claims in parts_of_the_work(user, now=now).items()
    }
    shown = {pk for found in keys.values() for pk in found[:SHOWN]}
    claims = Claim.objects.select_related("tenant", "partner", "reviewer").in_bulk(shown)
    new = Comment.objects.filter(claim__in=shown).new_to(user, by_reviewers=False).counted()
    return [part(key, found, claims, new, now=now) for key, found in keys.items()]


def part(
    key: str, found: list[int], claims: dict[int, Claim], new_comments: dict[int, int], *, now: datetime
) -> WorkPart:
    heading, narrowed, due_column, empty = PARTS[key]
    rows = [
        row_of(claims[pk], due_column, new_comments=new_comments.get(pk, 0), now=now)
        for pk in found[:SHOWN]
        if pk in claims
    ]
    url = f"{reverse('admin:associations_claim_changelist')}?{urlencode(narrowed)}"
    return WorkPart(key, str(heading), rows, count_in_words(len(found)), url, str(empty))


def row_of(claim: Claim, due_column: str, *, new_comments: int, now: datetime) -> WorkRow:
    due_at = getattr(claim, due_column)
    marks = [new_comments_in_words(new_comments), *hold_names_of(claim), review_in_words(claim)]
    return WorkRow(
        claim=claim,
        status=claim.shown_status.value,
        label=str(LABELS[claim.shown_status]),
        marks=[mark for mark in marks if mark],
        due=deadline_of(claim, due_at, now=now) if due_at else None,
    )


def with_work(index: Index) -> Index:
    """Return the admin's first page with the reviewer's work on it; who is no reviewer gets the page as it is."""

    def first_page(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        user = person(request)
        facts = {"work": work_of(user, now=timezone.now())} if is_reviewer(user) else {}
        return index(request, {**facts, **(extra_context or {})})

    return first_page


class NextClaimAdmin(DeskAdmin):
    """The button *Next claim*."""

    @method_decorator(post_only("admin:index"))
    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Assign the most urgent claim to the person, unless it is already theirs, and redirect to it."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        user = person(request)
        claim = take_next(user, by=reviewer(request), now=timezone.now())
        if claim is None:
            messages.info(request, _("No claim waits for a reviewer."))
            return redirect("admin:index")
        return redirect("admin:associations_claim_change", claim.pk)
