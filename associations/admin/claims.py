"""The reviewer's desk: a queue of claims, a page of facts per claim, and a small page per decision.

Nobody edits a claim here: every decision is one call of a service (ADR 15).
"""

from typing import Any
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from accounts.post_only import post_only
from associations.admin.arbitration import ArbitrationAdmin
from associations.admin.claim_page import claim_page, dispute_of, due_of
from associations.admin.decisions import (
    ADD_COMMENT,
    ASSIGN_REVIEWER,
    DECISIONS,
    ENDS_OF_A_REVIEW,
    REFUSALS,
    REQUEST_ACTION,
    Decision,
    Place,
    Weight,
    open_decisions,
)
from associations.admin.desk import person, reviewer
from associations.admin.drafts import (
    QUIETLY,
    SAVE,
    SAVED_DECISIONS,
    Drafts,
    DraftsAdmin,
    checklist_context,
    drafts_of,
    quiet_answer,
    say,
)
from associations.admin.findings.texts import ProofTextsAdmin
from associations.admin.holds import HoldsAdmin, hold_rows
from associations.admin.proofs import chosen_file, preview
from associations.admin.queue import QueueAdmin
from associations.admin.work import NextClaimAdmin
from associations.forms.claim.messages import ReadForm
from associations.forms.desk.decisions import DecisionForm, ReasonedForm, ReviewerCommentForm
from associations.models import Claim, ProofOfExecution
from associations.rules import lifecycle
from associations.services.comments.adding import mark_as_read
from associations.services.review.queue import next_for

INSERT_TEXTS = "insert_texts"


@admin.register(Claim)
class ClaimAdmin(QueueAdmin, ArbitrationAdmin, HoldsAdmin, DraftsAdmin, NextClaimAdmin, ProofTextsAdmin):
    """Claims to review: read-only, with decisions as pages of their own."""

    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("next/", self.next_view, "next"),
            ("<int:claim_id>/decide/<str:action>/", self.decide_view, "decide"),
            ("<int:object_id>/checklist/", self.checklist_view, "checklist"),
            ("<int:object_id>/comments/read/", self.comments_read_view, "comments_read"),
            ("<int:claim_id>/arbitrate/", self.arbitrate_view, "arbitrate"),
            ("<int:claim_id>/hold/<int:hold_id>/", self.hold_view, "hold"),
            ("<int:claim_id>/proof/<uuid:proof_id>/", self.preview_view, "proof_preview"),
            ("<int:claim_id>/findings/", self.findings_view, "findings"),
            ("<int:claim_id>/proof/<uuid:proof_id>/text/", self.text_view, "proof_text"),
            ("<int:claim_id>/proof/<uuid:proof_id>/page/<int:page>/", self.page_view, "proof_page"),
            ("<int:claim_id>/proof/<uuid:proof_id>/page/<int:page>/picture/", self.picture_view, "proof_picture"),
            ("held/<int:association_id>/proof/<uuid:proof_id>/", self.held_preview_view, "held_proof_preview"),
        )
        own = [
            path(route, self.admin_site.admin_view(view), name=f"associations_claim_{name}")
            for route, view, name in pages
        ]
        return [*own, *super().get_urls()]

    @method_decorator(csp_update({"frame-src": [SELF]}))
    @method_decorator(require_safe)
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one claim; nothing can be posted to it."""
        claim = self.find(request, object_id)
        now = timezone.now()
        context = claim_page(claim, seen=self.filed_claims(request), now=now)
        context |= {"incoming": hold_rows(claim, now=now)}
        context |= {"preview": chosen_file(context["files"], request.GET.get("file", ""))}
        context |= self.choices(request, claim)
        return self.answer(request, "admin/associations/claim/change_form.html", claim, context)

    def choices(self, request: HttpRequest, claim: Claim) -> dict[str, Any]:
        """Return what the person may do with the claim, and which one comes next."""
        user = person(request)
        # Claims of a reviewer's own company are not found; the platform admin finds all.
        is_own = user.is_superuser and claim.partner.members.filter(user=user).exists()
        if is_own or not self.has_decide_permission(request):
            return {"decisions": {}}
        decisions = open_decisions(claim)
        placed = {place.value: [row for row in decisions if row.place is place] for place in Place}
        checklist = checklist_context(claim, drafts_of(claim, user=user)) if REQUEST_ACTION in decisions else {}
        return checklist | {
            "decisions": placed,
            "can_decide": True,
            "comment_form": ReviewerCommentForm(claim=claim, auto_id="comment_%s")
            if ADD_COMMENT in decisions
            else None,
            "comment": ADD_COMMENT.key,
            "assign": ASSIGN_REVIEWER.key,
            "can_take": ASSIGN_REVIEWER in decisions and claim.reviewer_id != user.pk,
            "confirm_by": due_of(claim, claim.contact_due_at, now=timezone.now())
            if claim.awaits_confirmation
            else None,
            "can_arbitrate": claim.has_competing_claim and claim.status in lifecycle.UNDECIDED,
            "next_claim": next_for(user, after=claim),
        }

    @method_decorator(post_only("admin:associations_claim_change", "object_id", part="comments"))
    def comments_read_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Mark the comments as read up to the one that the page showed last."""
        claim, form = self.find(request, object_id), ReadForm(request.POST)
        if form.is_valid():
            by = reviewer(request)
            mark_as_read(claim, through=form.cleaned_data["through"], by=by, now=timezone.now())
        return redirect(reverse("admin:associations_claim_change", args=[claim.pk]) + "#comments")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the claim's own History, which holds more than the admin's log."""
        claim = self.find(request, object_id)
        return redirect(reverse("admin:associations_claim_change", args=[claim.pk]) + "#history")

    @method_decorator(require_safe)
    def preview_view(self, request: HttpRequest, claim_id: int, proof_id: UUID) -> HttpResponseBase:
        """Answer with a file of a filed claim, in a sandbox."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        claims = self.get_queryset(request).exclude(submitted_at=None).filter(pk=claim_id)
        return preview(get_object_or_404(ProofOfExecution.objects.filter(claim__in=claims), public_id=proof_id))

    @method_decorator(require_safe)
    def held_preview_view(self, request: HttpRequest, association_id: int, proof_id: UUID) -> HttpResponseBase:
        """Answer with a file of another company's association that was migrated without a claim, in a sandbox."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        proofs = ProofOfExecution.objects.filter(association=association_id)
        others = proofs.exclude(association__partner__members__user=person(request))
        return preview(get_object_or_404(others, public_id=proof_id))

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def decide_view(self, request: HttpRequest, claim_id: int, action: str) -> HttpResponse:
        """Ask what the decision needs to know, then let its service take it."""
        claim = self.find(request, claim_id)
        decision = DECISIONS.get(action)
        if decision is None:
            raise Http404
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if request.POST.get("then") in (SAVE, QUIETLY) and decision.key in SAVED_DECISIONS:
            return self.save_words(request, decision, claim)
        if INSERT_TEXTS in request.POST and issubclass(decision.form, ReasonedForm):
            return self.ask(request, decision, claim, form=decision.form.with_texts(request.POST, claim=claim))
        if request.method == "POST":
            return self.take(request, decision, claim)
        if decision not in open_decisions(claim):
            messages.warning(request, str(REFUSALS[lifecycle.ActionNotAllowed]))
            return redirect("admin:associations_claim_change", claim.pk)
        drafts = drafts_of(claim, user=person(request))
        form = decision.form(claim=claim, preselected=drafts.missing)
        form.initial = {**form.initial, **drafts.answers(decision.key)}
        return self.ask(request, decision, claim, form=form, drafts=drafts)

    def save_words(self, request: HttpRequest, decision: Decision, claim: Claim) -> HttpResponse:
        """Save what the person has written so far; show it again with the reason if that isn't possible."""
        form = decision.form(request.POST, claim=claim)
        for question in form.fields.values():
            question.required = False
        trouble = self.save(request, claim, decision.key, form)
        if request.POST["then"] == QUIETLY:
            return quiet_answer(trouble)
        if trouble and not form.errors:
            form.add_error(None, trouble)
        if trouble:
            return self.ask(request, decision, claim, form=form, status=409)
        say(request, trouble)
        return redirect("admin:associations_claim_decide", claim.pk, decision.key)

    def take(self, request: HttpRequest, decision: Decision, claim: Claim) -> HttpResponse:
        """Call the service; on a refusal ask again with what was typed."""
        form = decision.form(request.POST, claim=claim)
        if not form.is_valid():
            return self.ask(request, decision, claim, form=form)
        by = reviewer(request)
        try:
            decision.service(claim_id=claim.pk, by=by, now=timezone.now(), **form.cleaned_data)
        except tuple(REFUSALS) as refusal:
            form.add_error(None, str(REFUSALS[type(refusal)]))
            return self.ask(request, decision, claim, form=form, status=409)
        messages.success(request, decision.done % {"claim": claim.number})
        return redirect("admin:associations_claim_change", claim.pk)

    def ask(
        self,
        request: HttpRequest,
        decision: Decision,
        claim: Claim,
        *,
        form: DecisionForm,
        drafts: Drafts | None = None,
        status: int = 200,
    ) -> HttpResponse:
        drafts = drafts or drafts_of(claim, user=person(request))
        context = {
            "decision": decision,
            "explanation": decision.explanation % {"days": claim.rules.answer_business_days},
            "is_destructive": decision.weight is Weight.DESTRUCTIVE,
            "form": form,
            "has_texts": isinstance(form, ReasonedForm),
            "is_saved": decision.key in SAVED_DECISIONS,
            "saved": drafts.own.get(decision.key),
            "unselected": drafts.unselected if decision in ENDS_OF_A_REVIEW else [],
            "dispute": dispute_of(claim),
        }
        return self.answer(request, "admin/associations/claim/decide.html", claim, context, status=status)
