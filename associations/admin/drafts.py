"""Saves what a reviewer enters about a claim before they decide, with a button or quietly, and shows it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.post_only import post_only
from associations.admin.decisions import DECISIONS, REFUSALS, REJECT, REQUEST_ACTION
from associations.admin.desk import DeskAdmin, reviewer
from associations.choices import ReasonCode
from associations.forms.desk.decisions import ChecklistForm
from associations.models import Claim, ReviewDraft
from associations.rules.review.checklist import reasons_for_missing
from associations.services.review.drafts import save_draft
from associations.wording.guide_rules import FOR_REVIEWERS, required_of
from guides.choices import ProofElement

CHECKLIST = "checklist"
SAVE, QUIETLY = "save", "quiet"
# The decisions whose words are saved while they are written.
SAVED_DECISIONS = (REQUEST_ACTION.key, REJECT.key)


@dataclass(frozen=True)
class OtherChecklist:
    """The boxes that another reviewer selected on the checklist of the same claim."""

    name: str
    shown: list[str]
    saved_at: datetime


@dataclass(frozen=True)
class Drafts:
    """The unsent entries on one claim: a person's own, by form, and the checklists of others.

    *required* are the elements that its proofs must show, in words.
    """

    required: Mapping[ProofElement, str]
    own: dict[str, ReviewDraft] = field(default_factory=dict)
    others: list[OtherChecklist] = field(default_factory=list)

    def answers(self, form: str) -> dict[str, Any]:
        """Return the values saved for the fields of *form*; empty if none are."""
        return self.own[form].answers if form in self.own else {}

    @property
    def missing(self) -> list[ReasonCode]:
        """The reasons of what stayed unselected on the checklist; none if it was not saved."""
        if CHECKLIST not in self.own:
            return []
        return reasons_for_missing(self.answers(CHECKLIST)["shown"], required=self.required)

    @property
    def unselected(self) -> list[Any]:
        """The labels of what stayed unselected on the checklist; none if it was not saved."""
        shown = self.answers(CHECKLIST).get("shown", list(self.required))
        return [label for element, label in self.required.items() if element.value not in shown]


def drafts_of(claim: Claim, *, user: User) -> Drafts:
    """Return what reviewers have entered about *claim* and not sent, in one query, as *user* sees it."""
    drafts = Drafts(required_of(claim.rules, FOR_REVIEWERS))
    for draft in claim.review_drafts.select_related("reviewer"):
        if draft.reviewer_id == user.pk:
            drafts.own[draft.form] = draft
        elif draft.form == CHECKLIST:
            shown = [label for element, label in drafts.required.items() if element.value in draft.answers["shown"]]
            drafts.others.append(OtherChecklist(draft.reviewer.get_full_name(), shown, draft.saved_at))
    return drafts


def checklist_context(claim: Claim, drafts: Drafts) -> dict[str, Any]:
    """Return the checklist as it was saved, when, what colleagues selected, and whether a file came in since."""
    saved = drafts.own.get(CHECKLIST)
    return {
        "checklist": ChecklistForm(claim=claim, initial=drafts.answers(CHECKLIST)),
        "checklist_saved": saved,
        "checklist_is_outdated": saved is not None
        and any(proof.uploaded_at > saved.saved_at for proof in claim.proofs.all()),
        "other_checklists": drafts.others,
    }


class DraftsAdmin(DeskAdmin):
    """Saves the checklist and the words of a decision; what was chosen by mistake costs nothing."""

    @method_decorator(post_only("admin:associations_claim_change", "object_id", part="review"))
    def checklist_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Save the checklist; answer a script with JSON, and a button with the decision that it names in `then`."""
        claim = self.find(request, object_id)
        if not self.has_decide_permission(request):
            raise PermissionDenied
        trouble = self.save(request, claim, CHECKLIST, ChecklistForm(request.POST, claim=claim))
        chosen = request.POST.get("then", "")
        if chosen == QUIETLY:
            return quiet_answer(trouble)
        if chosen in DECISIONS and not trouble:
            return redirect("admin:associations_claim_decide", claim.pk, chosen)
        say(request, trouble)
        return redirect(reverse("admin:associations_claim_change", args=[claim.pk]) + "#review")

    def save(self, request: HttpRequest, claim: Claim, form_key: str, form: forms.Form) -> str:
        """Save what the person entered in *form* and return an empty text, or say why it isn't saved."""
        if not form.is_valid():
            return " ".join(str(error) for errors in form.errors.values() for error in errors)
        by = reviewer(request)
        try:
            save_draft(claim_id=claim.pk, form=form_key, answers=form.cleaned_data, by=by, now=timezone.now())
        except tuple(REFUSALS) as refusal:
            return str(REFUSALS[type(refusal)])
        return ""


def say(request: HttpRequest, trouble: str) -> None:
    """Tell the person that what they entered is saved, or why it isn't."""
    if trouble:
        messages.error(request, trouble)
    else:
        messages.success(request, _("Saved. Nothing was decided or sent."))


def quiet_answer(trouble: str) -> HttpResponse:
    """Return the answer to a script: `text` for the person and a `version` if the form was saved, as in the wizard."""
    if trouble:
        return JsonResponse({"text": trouble, "version": ""})
    now = timezone.localtime()
    return JsonResponse({"text": _("Saved %(time)s") % {"time": time_format(now, "H:i")}, "version": now.isoformat()})
