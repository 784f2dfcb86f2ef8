"""Shows incoming email about a claim's notice, and the form that ends the hold (domain.md D19, D20).

Only who decides on claims reads what a customer wrote: no partner does, and no platform admin. Replies to emails about
comments are listed with their outcome (D25).
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.text.readable import address_in_full
from associations.admin.desk import DeskAdmin, filed_claims_seen_by, person, reviewer
from associations.choices import HoldKind
from associations.forms.desk.holds import HoldForm
from associations.models import Claim, ClaimHold, CommentReply
from associations.rules import lifecycle
from associations.services.review import decisions
from associations.services.review import holds as holding
from associations.status_words.deadlines import Deadline, deadline_of
from associations.wording.facts import Fact
from associations.wording.messages import MESSAGES

REFUSALS: dict[type[Exception], Promise] = {
    lifecycle.ActionNotAllowed: MESSAGES["STATE_CONFLICT"],
    holding.HoldSettled: gettext_lazy("This hold has ended in the meantime. Nothing was changed."),
    holding.OutcomeNotPossible: gettext_lazy("The claim has changed in the meantime. Choose again."),
    decisions.OwnCompany: gettext_lazy("You belong to this partner company, so another reviewer has to decide."),
    decisions.ReasonMissing: gettext_lazy("Write a reason."),
}


@dataclass(frozen=True)
class HoldRow:
    """A hold on the claim's page, with the time by which a reviewer has to decide, if it is open."""

    hold: ClaimHold
    due: Deadline | None
    is_read_only: bool


class HoldsAdmin(DeskAdmin):
    """The page on which a reviewer reads what came in, and ends the hold."""

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def hold_view(self, request: HttpRequest, claim_id: int, hold_id: int) -> HttpResponse:
        """Show what came in with its facts, then let the service do what the reviewer chose."""
        claim = self.find(request, claim_id)
        if not self.has_decide_permission(request):
            raise PermissionDenied
        holds = ClaimHold.objects.select_related("incoming__email", "notice", "settled_by").filter(claim=claim)
        hold = get_object_or_404(holds, pk=hold_id)
        hold.claim = claim
        if hold.settled_at is not None:
            if request.method == "POST":
                messages.warning(request, str(REFUSALS[holding.HoldSettled]))
                return redirect("admin:associations_claim_hold", claim.pk, hold.pk)
            return self.read(request, hold)
        form = HoldForm(request.POST if request.method == "POST" else None, hold=hold)
        if not form.is_valid():
            return self.read(request, hold, form=form)
        by = reviewer(request)
        try:
            holding.settle_hold(claim_id=claim.pk, hold_id=hold.pk, by=by, now=timezone.now(), **form.cleaned_data)
        except tuple(REFUSALS) as refusal:
            form.add_error(None, str(REFUSALS[type(refusal)]))
            return self.read(request, hold, form=form, status=409)
        messages.success(request, _("Your decision on %(claim)s is recorded.") % {"claim": claim.number})
        return redirect("admin:associations_claim_change", claim.pk)

    def read(
        self, request: HttpRequest, hold: ClaimHold, *, form: HoldForm | None = None, status: int = 200
    ) -> HttpResponse:
        context = {
            "hold": hold,
            "facts": hold_facts(hold),
            "form": form,
            "due": deadline_of(hold.claim, hold.due_at, now=timezone.now()),
            "is_read_only": holding.is_read_only(hold),
        }
        return self.answer(request, "admin/associations/claim/hold.html", hold.claim, context, status=status)


def hold_facts(hold: ClaimHold) -> list[Fact]:
    """Return who wrote about what, with a warning when the address is not the contact's."""
    incoming, notice = hold.incoming, hold.notice
    removed = _("Removed")
    sender = [incoming.sender or removed]
    if is_somebody_else(hold):
        sender.append(_("This is not the address of the contact. Check who writes."))
    number = {"number": notice.number}
    return [
        Fact(_("From"), lines=sender),
        Fact(_("Subject"), incoming.subject or (removed if not incoming.sender else "")),
        Fact(_("About"), lines=[_("Notice %(number)s") % number, incoming.email.subject or removed]),
        Fact(_("Contact"), lines=[notice.contact_name or removed, notice.contact_email]),
    ]


def is_somebody_else(hold: ClaimHold) -> bool:
    """Return whether a customer's email says that it comes from another address than the notice went to."""
    sender, contact = hold.incoming.sender, hold.notice.contact_email
    is_known = bool(sender and contact) and hold.kind == HoldKind.CUSTOMER_WROTE
    return is_known and sender.casefold() != contact.casefold()


def hold_rows(claim: Claim, *, now: datetime) -> list[HoldRow]:
    """Return what came in about the claim's notices, what waits first, then the newest."""
    holds = sorted(claim.holds.all(), key=lambda hold: (hold.settled_at is not None, -hold.pk))
    return [
        HoldRow(
            hold,
            due=None if hold.settled_at else deadline_of(claim, hold.due_at, now=now),
            is_read_only=holding.is_read_only(hold),
        )
        for hold in holds
    ]


@admin.register(CommentReply)
class CommentReplyAdmin(admin.ModelAdmin):
    """A read-only list of replies. Their text is shown on the claim only, once it was added there."""

    list_display = ("handled_at", "claim_link", "sender", "outcome")
    list_display_links = None
    list_filter = ("outcome", "handled_at")
    list_select_related = ("claim__tenant", "incoming")
    show_full_result_count = False

    @admin.display(description=gettext_lazy("claim"), ordering="claim")
    def claim_link(self, reply: CommentReply) -> str:
        """Return the claim with its customer, as a link to its page, which shows what was added."""
        url = reverse("admin:associations_claim_change", args=[reply.claim_id])
        return format_html('<a href="{}">{}</a> {}', url, reply.claim.number, reply.claim.tenant.name)

    @admin.display(description=gettext_lazy("sender"))
    def sender(self, reply: CommentReply) -> str:
        return address_in_full(reply.incoming.sender)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CommentReply]:
        """Return the replies about the claims that the person sees at the desk."""
        return super().get_queryset(request).filter(claim__in=filed_claims_seen_by(person(request)))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: CommentReply | None = None) -> bool:
        return person(request).has_perm("associations.review_claim")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: CommentReply | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CommentReply | None = None) -> bool:
        return False
