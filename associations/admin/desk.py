"""Shared parts of the desk's pages: visible claims, finding one, and the frame around a page."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.models import User
from accounts.text.search_keys import search_words
from associations.admin.claim_page import related_for
from associations.admin.decisions import is_reviewer
from associations.models import Claim, Partner
from associations.models.claim_queries import ClaimQuerySet
from associations.models.notices import is_link_never_opened
from associations.rules import lifecycle
from associations.rules.actors import Actor, Role
from associations.status_words.claim_status import status_in_words

FEW_PARTNERS = 100
# Claims are counted up to here: a larger number tells a reviewer nothing more.
MOST_COUNTED = 999
# The queue and the claim need the width; the breadcrumbs lead to the rest.
WITHOUT_SIDEBAR = {"is_nav_sidebar_enabled": False}


def person(request: HttpRequest) -> User:
    """Return who is signed in; the admin lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def reviewer(request: HttpRequest) -> Actor:
    """Return who is signed in as the one who acts for Microsoft; the rules refuse who may not."""
    return Actor(Role.REVIEWER, person(request).pk)


def partners_named(word: str) -> QuerySet[Partner] | list[int]:
    """Return the partners whose name contains *word*, a search key.

    A few are named by their keys, which lets the database walk two indexes; of many the first claims are soon found.
    """
    found = Partner.objects.filter(folded_name__contains=word).order_by()
    few = list(found.values_list("pk", flat=True)[: FEW_PARTNERS + 1])
    return few if len(few) <= FEW_PARTNERS else found


def count_in_words(found: int) -> int | str:
    """Return the number of claims *found* among the first MOST_COUNTED and one more, or "999+" for all of these."""
    return found if found <= MOST_COUNTED else f"{MOST_COUNTED}+"


def count_of(claims: QuerySet[Claim]) -> int | str:
    """Return how many *claims* there are, in the words of `count_in_words`; more than those are not counted."""
    return count_in_words(claims.order_by()[: MOST_COUNTED + 1].count())


def filed_claims_seen_by(user: User) -> ClaimQuerySet:
    """Return the filed claims that the desk shows to *user*; a reviewer doesn't see their own company's."""
    return Claim.objects.exclude(submitted_at=None) if user.is_superuser else Claim.objects.reviewable_by(user)


class DeskAdmin(admin.ModelAdmin):
    """Claims to review: nothing of them is edited here."""

    class Media:
        css = {"all": ("css/components.css", "css/desk.css")}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Claim | None = None) -> bool:
        return person(request).has_perm("associations.review_claim")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Claim | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Claim | None = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Return whether the person decides on claims, which the platform admin does not."""
        return is_reviewer(person(request))

    def get_queryset(self, request: HttpRequest) -> ClaimQuerySet:
        """Every claim for the platform admin; for a reviewer those of no company of their own (domain.md R16)."""
        user = person(request)
        return Claim.objects.all() if user.is_superuser else Claim.objects.reviewable_by(user)

    def filed_claims(self, request: HttpRequest) -> ClaimQuerySet:
        """Return the claims of `get_queryset` that were submitted."""
        return filed_claims_seen_by(person(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Claim], search_term: str
    ) -> tuple[QuerySet[Claim], bool]:
        """Find every word in the claim or in its partner's name, blind to what people can't type."""
        for word in search_words(search_term):
            queryset = queryset.filter(Q(search_text__contains=word) | Q(partner__in=partners_named(word)))
        return queryset, False

    def find(self, request: HttpRequest, claim_id: str | int) -> Claim:
        """Return the claim with all that its page shows; raise PermissionDenied, or Http404 for another's business."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not str(claim_id).isdecimal():
            raise Http404
        claims = self.get_queryset(request).select_related("partner", "location", "tenant", "reviewer", "submitted_by")
        told = claims.prefetch_related(*related_for(person(request))).annotate(
            link_never_opened=is_link_never_opened()
        )
        return get_object_or_404(told, pk=claim_id)

    def answer(
        self, request: HttpRequest, template: str, claim: Claim, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        """Return a page of the desk about the claim."""
        # A decided claim is not held, but what its customer writes has to be read.
        to_read = () if claim.status in lifecycle.UNDECIDED else claim.open_hold_labels
        frame = (
            self.admin_site.each_context(request)
            | WITHOUT_SIDEBAR
            | {
                "opts": self.opts,
                "media": self.media,
                "claim": claim,
                "status": status_in_words(claim, now=timezone.now()),
                "to_read": to_read,
                "title": f"{claim.number} {claim.name}",
            }
        )
        return TemplateResponse(request, template, frame | context, status=status)
