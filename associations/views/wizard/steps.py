"""Shows the steps of the wizard and records their answers."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.languages import Language
from associations.choices import ContactKind, ScanStatus
from associations.files.storage import StorageUnavailable
from associations.forms.wizard.earlier_claims import drafts_beside
from associations.forms.wizard.step_form import Intent, StepForm
from associations.models import Claim, ProofOfExecution
from associations.questions import contact_on, missing_facts
from associations.services.claim.answers import StaleAnswers, version_of
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import TooManyProofs
from associations.views.actor import signed_in
from associations.views.claim.content import comment_of
from associations.views.claim.proof_findings import findings_context
from associations.views.uploads import files_of, report_added_files, uploads_limited
from associations.views.wizard.ask_for_acknowledgement import asking_context
from associations.views.wizard.progress_list import place_in_words, step_rows
from associations.views.wizard.visit import (
    Visit,
    begin_visit,
    note_locked_edit,
    page_version,
    recording,
    redirect_to_claim,
    refuse_edit,
    warn,
)
from associations.views.zones import in_own_zone
from associations.wizard.recording import names_added
from associations.wizard.steps import BY_KEY, STEP_OF_FACT, STEPS, Step, first_incomplete, next_step, step_of
from associations.wording.guide_rules import lines_for_partners
from associations.wording.lines import CommentLine, FileLine, file_line
from associations.wording.messages import refusal

logger = logging.getLogger(__name__)
CORRECTIONS: dict[str, Promise] = {
    "location": gettext_lazy("The claim that this one was copied from had the wrong MPN ID. Choose the right one."),
    "activities": gettext_lazy(
        "The claim that this one was copied from had the wrong activity. Choose the right one."
    ),
    "tenant": gettext_lazy("You no longer work with the customer of the claim that this one was copied from."),
}


@uploads_limited
@in_own_zone
def claim_step(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One step of a claim: its questions, or what becomes of the answers."""
    here = BY_KEY.get(step)
    if here is None:
        raise Http404
    visit = begin_visit(request, public_id)
    if not here.is_editable(visit.claim, visit.by):
        return leave_locked_step(visit, here)
    if first_open := missing_facts(visit.claim, here.needs):
        return redirect("claim_step", public_id, step_of(first_open[0]).key)
    if request.method == "POST":
        return save_answers(visit, here)
    form = here.form(asked=visit.asked, initial=here.read(visit.claim))
    return draw_step(visit, here, form)


def leave_locked_step(visit: Visit, step: Step) -> HttpResponse:
    """Redirect from a step of a claim that was filed or canceled to its page; posted answers are refused and logged.

    Nobody but its drafters sees the steps of a draft, and what a page saves by itself is answered in its own way.
    """
    if visit.request.method == "POST":
        note_locked_edit(visit, groups=step.groups)
    if intent_of(visit.request) is Intent.QUIET:
        raise Http404
    return redirect_to_claim(visit)


def save_answers(visit: Visit, step: Step) -> HttpResponse:
    """Record what was answered and go on; draw the page again with what is wrong, or changed meanwhile."""
    request, stored = visit.request, step.read(visit.claim)
    intent = intent_of(request)
    form = step.form(request.POST, files_of(request), asked=visit.asked, initial=stored, intent=intent)
    if intent is Intent.QUIET:
        return save_quietly(visit, step, form)
    if not form.is_valid() and not form.keeps_good_parts:
        return settle_conflict(visit, step, form) if is_stale(visit, stored) else draw_step(visit, step, form)
    try:
        step.record(form.facts(), recording(visit))
    except ClaimLocked:
        refuse_edit(visit, groups=step.groups)
    except TooManyProofs:
        form.add_error(None, refusal("STATE_CONFLICT"))
    except StorageUnavailable:
        logger.exception("A file for %s could not be stored.", visit.claim.number)
        form.add_error("proofs", refusal("POE_NOT_STORED"))
    except StaleAnswers:
        return settle_conflict(visit, step, form)
    if form.errors:
        report_added_files(request, names_added(visit.claim, by=visit.by, now=visit.now))
        return draw_step(begin_visit(request, visit.claim.public_id), step, form)
    return leave(visit, step, form)


def save_quietly(visit: Visit, step: Step, form: StepForm) -> HttpResponse:
    """Record a draft's answers while they are typed, and say so in a few words; write nothing that is wrong or stale.

    The answer is JSON: `text` for the person, and the `version` from which the page goes on, or none if not saved.
    """
    if not step.saves_quietly or visit.claim.submitted_at is not None:
        raise Http404
    if not form.is_valid():
        return JsonResponse({"text": _("Not saved yet: an answer needs a correction."), "version": ""})
    try:
        step.record(form.facts(), recording(visit))
    except ClaimLocked:
        refuse_edit(visit, groups=step.groups)
    except StaleAnswers:
        if step.read(begin_visit(visit.request, visit.claim.public_id).claim) != form.facts():
            text = _("Not saved: these answers were changed elsewhere. Continue shows both versions.")
            return JsonResponse({"text": text, "version": ""})
    saved = begin_visit(visit.request, visit.claim.public_id).claim
    time = time_format(timezone.localtime(visit.now), "H:i")
    return JsonResponse(
        {"text": _("Saved %(time)s") % {"time": time}, "version": page_version(saved, step.read(saved))}
    )


def is_stale(visit: Visit, stored: Mapping[str, Any]) -> bool:
    """Return whether somebody saved other answers, or another edition came into force, since the page was drawn."""
    return recording(visit).version not in ("", version_of(stored))


def settle_conflict(visit: Visit, step: Step, form: StepForm) -> HttpResponse:
    """Show both answers side by side, before any that is missing is asked for; the same sent twice are no conflict."""
    fresh = begin_visit(visit.request, visit.claim.public_id)
    stored = step.read(fresh.claim)
    if form.is_valid() and stored == form.facts():
        return leave(visit, step, form)
    form = step.form(visit.request.POST, asked=fresh.asked, initial=stored, intent=Intent.LATER)
    saved = step.form(asked=replace(fresh.asked, suggests=False), initial=stored)
    differences = differences_between(saved, form)
    return draw_step(fresh, step, form, differences=differences, status=409)


def differences_between(saved: StepForm, typed: StepForm) -> list[dict[str, str]]:
    """Return every question that the two answer differently; one of them may not ask it, and says nothing then."""
    asked = {name: form.question(name) for form in (typed, saved) for name in form.in_words()}
    answers, others = saved.in_words(), typed.in_words()
    pairs = [(question, answers.get(name, ""), others.get(name, "")) for name, question in asked.items()]
    return [{"label": label, "saved": one, "typed": other} for label, one, other in pairs if one != other]


def leave(visit: Visit, step: Step, form: StepForm) -> HttpResponse:
    """Go where the person wanted to go: on, nowhere, or away; or back to the check page, unless questions are open."""
    request, public_id = visit.request, visit.claim.public_id
    warn(request, form)
    if form.intent is Intent.STAY:
        return redirect(request.get_full_path())
    if visit.claim.submitted_at is not None:
        return redirect("claim_detail", public_id)
    if form.intent is Intent.LATER:
        messages.success(request, _("%(number)s is saved as a draft.") % {"number": visit.claim.number})
        return redirect("claim_list")
    following = first_incomplete(begin_visit(request, public_id).claim) if visit.returns_to_check else next_step(step)
    if following is None:
        return redirect("claim_check", public_id)
    return redirect(step_url(visit, following))


def draw_step(
    visit: Visit,
    step: Step,
    form: StepForm,
    *,
    differences: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw one step with its questions, its place among the others, and the version it was drawn from."""
    context: dict[str, Any] = {
        "step": step,
        "form": form,
        "claim": visit.claim,
        "version": page_version(visit.claim, step.read(visit.claim)),
        "is_stale": status == 409,
        "correction": correction_of(visit.claim, step),
        "differences": differences,
        "kicker": place_in_words(STEPS.index(step) + 1, visit.claim),
        "may_wait": visit.claim.submitted_at is None,
        "saves_quietly": visit.claim.submitted_at is None and step.saves_quietly,
        "back_url": back_url(visit, step),
        "steps": step_rows(visit, current=step, has_errors=bool(form.errors)),
    }
    extras = EXTRAS.get(step.key)
    if extras:
        context |= extras(visit)
    return render(visit.request, step.template, context, status=status)


def correction_of(claim: Claim, step: Step) -> str | Promise:
    """Return what was wrong with the copied claim, on the step that asks for it again."""
    if not claim.to_correct or STEP_OF_FACT.get(claim.to_correct) is not step:
        return ""
    return CORRECTIONS[claim.to_correct]


def proof_facts(visit: Visit) -> dict[str, Any]:
    """Return the files on the claim as the list shows them, and in which languages there is a template."""
    return {
        "files": [removable_file(proof, visit.claim) for proof in visit.claim.proofs.all()],
        "template_languages": template_languages(visit.claim),
        "required_lines": lines_for_partners(visit.claim.rules),
        **asking_context(visit),
        **findings_context(visit.claim, by=visit.by, now=visit.now),
    }


def template_languages(claim: Claim) -> list[Language]:
    """Return the portal's languages, the customer contact's first, or that of the customer's country."""
    contact = contact_on(claim, ContactKind.CUSTOMER)
    likely = (contact and contact.language) or claim.tenant.country.lower()
    return sorted(settings.LANGUAGES, key=lambda language: language[0] != likely)


def removable_file(proof: ProofOfExecution, claim: Claim) -> FileLine:
    """Return one line of the list, with a way to remove a draft's file or an infected one."""
    is_removable = claim.submitted_at is None or proof.scan_status == ScanStatus.INFECTED
    place = [claim.public_id, proof.public_id]
    return file_line(
        proof,
        url=reverse("proof_download", args=place),
        remove_url=reverse("proof_remove", args=place) if is_removable else "",
    )


def comment_facts(visit: Visit) -> dict[str, list[CommentLine]]:
    """Return the comments on the claim as the claim page shows them."""
    comments, reader = visit.claim.comments.select_related("author"), signed_in(visit.request)
    return {"comments": [comment_of(comment, reader=reader) for comment in comments]}


def draft_facts(visit: Visit) -> dict[str, Any]:
    """Return the other drafts for the same customer, right after the step that says who that is."""
    return {"drafts": drafts_beside(visit.claim, user=signed_in(visit.request))}


EXTRAS: dict[str, Callable[[Visit], dict[str, Any]]] = {
    "work": draft_facts,
    "proof": proof_facts,
    "comments": comment_facts,
}


def step_url(visit: Visit, step: Step) -> str:
    """Return the address of a step, on the way back to the check page if that is where the person comes from."""
    url = reverse("claim_step", args=[visit.claim.public_id, step.key])
    return f"{url}?{urlencode({'next': 'check'})}" if visit.returns_to_check else url


def back_url(visit: Visit, step: Step) -> str:
    """Return the target of Back: the check page, the claim, or the step before."""
    public_id = visit.claim.public_id
    if visit.claim.submitted_at is not None:
        return reverse("claim_detail", args=[public_id])
    if visit.returns_to_check:
        return reverse("claim_check", args=[public_id])
    position = STEPS.index(step)
    if position == 0:
        return reverse("claim_list")
    return reverse("claim_step", args=[public_id, STEPS[position - 1].key])


def intent_of(request: HttpRequest) -> Intent:
    """Return which button was pressed; without a known one, *Continue*."""
    try:
        return Intent(request.POST.get("then", Intent.CONTINUE))
    except ValueError:
        return Intent.CONTINUE
