"""Pages of the queue that start at a row: a million claims are neither counted nor skipped over."""

from typing import Any, Protocol, cast

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Expression,
    F,
    Field,
    IntegerField,
    QuerySet,
)
from django.http import HttpRequest

from associations.admin.desk import person
from associations.admin.filters import CONTACT, EMAIL, HoldFilter
from associations.choices import HoldKind
from associations.models import Claim, Comment
from associations.models.claim_queries import (
    CLOSES_OR_NEVER,
    REVIEW_DUE,
    SHOWN_PLACE,
    SUBMITTED_OR_NEVER,
    ClaimQuerySet,
)
from associations.models.notices import is_link_never_opened
from associations.pagination import Order, page_of

CURSORS = ("before", "after", "end")
# What each column sorts by, and whether its smallest is the greatest of that: who waits longest came first.
ORDERS: dict[str, tuple[F | Expression, "Field[Any, Any]", bool]] = {
    "claim_number": (F("pk"), IntegerField(), False),
    "customer": (F("tenant__name"), CharField(), False),
    "partner_name": (F("partner__name"), CharField(), False),
    "status_badge": (SHOWN_PLACE, IntegerField(), False),
    "competing": (F("has_competing_claim"), BooleanField(), False),
    "age": (SUBMITTED_OR_NEVER, DateTimeField(), True),
    "due": (REVIEW_DUE, DateTimeField(), False),
    "window": (CLOSES_OR_NEVER, DateTimeField(), False),
}
INDEXED = ("claim_number", "due")
DUE = Order("", REVIEW_DUE, DateTimeField())
# Claims on hold, in the order in which they are due: with the filter that finds them, nothing here is NULL.
HELD = {kind.value: Order("hold", F("hold_due_at"), DateTimeField()) for kind in HoldKind}
HELD[EMAIL] = Order("hold", F("hold_due_at"), DateTimeField())
HELD[CONTACT] = Order("contact", F("contact_due_at"), DateTimeField())


class WithNewComments(Protocol):
    """A claim of the queue, with the number of comments that are new to the person."""

    new_comments: int


class QueuePages(ChangeList):
    """The admin's list, one page at a time, with links to the pages around it and to the last."""

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Claim]:
        """Return the claims that the filters and the search leave; where the page starts is no filter."""
        for name in CURSORS:
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        found = cast(ClaimQuerySet, super().get_queryset(request, exclude_parameters))
        return found.with_notice_status().annotate(link_never_opened=is_link_never_opened())

    def get_results(self, request: HttpRequest) -> None:
        """Read one page, in one query, and the comments on it that are new to the person, in another."""
        page = page_of(self.queryset, asked=request.GET, size=self.list_per_page, order=self.order())
        new = Comment.objects.filter(claim__in=page.rows).new_to(person(request), by_reviewers=False).counted()
        for claim in page.rows:
            cast(WithNewComments, claim).new_comments = new.get(claim.pk, 0)
        self.result_list = page.rows
        self.result_count = len(page.rows)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False
        self.paginator = Paginator(page.rows, self.list_per_page)
        self.first_url = self.get_query_string() if page.newer else ""
        self.newer_url = self.get_query_string({"after": page.newer}) if page.newer else ""
        self.older_url = self.get_query_string({"before": page.older}) if page.older else ""
        self.last_url = self.get_query_string({"end": "1"}) if page.older else ""

    def order(self) -> Order:
        """Return the order of the first column chosen; what is due first is first when none is."""
        chosen = self.params.get(ORDER_VAR, "").split(".")[0]
        _before, sign, index = chosen.rpartition("-")
        column = self.list_display[int(index)] if index.isdecimal() and int(index) < len(self.list_display) else ""
        if column not in ORDERS:
            return HELD.get(self.params.get(HoldFilter.parameter_name, ""), DUE)
        by, field, is_turned = ORDERS[column]
        has_index = column in INDEXED
        return Order(chosen, by, field, is_descending=bool(sign) is not is_turned, has_index=has_index)
