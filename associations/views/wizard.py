"""The wizard's pages: find the draft, check who asks, record one step's answers, go on."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.limits import limited
from associations import wizard
from associations.choices import ClaimAction, ClaimStatus, ScanStatus
from associations.files import StorageUnavailable
from associations.forms.asking import Asked, Intent, StepForm
from associations.forms.messages import MESSAGES, refusal
from associations.forms.steps import CustomerForm
from associations.models import Claim
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.services import drafting, submission
from associations.services.competing import Holder, Item, holders_on
from associations.services.drafting import ClaimLocked, StaleAnswers, TooManyProofs, version_of
from associations.services.submission import ClaimProgram, Problem
from associations.views.access import global_admins_for
from associations.views.moments import in_own_zone
from associations.views.people import may_draft, member_actor, partner_actor, signed_in, with_member_role
from associations.views.uploads import files_of
from associations.wizard import STEPS, Step

logger = logging.getLogger(__name__)

# What keeps a claim from being filed and passes by itself, so that no step needs mending.
PASSING = frozenset({"POE_SCANNING"})
STATUS_LABELS: dict[str, Promise] = {
    "completed": gettext_lazy("Completed"),
    "in_progress": gettext_lazy("In progress"),
    "cannot_start": gettext_lazy("Cannot start yet"),
    "problem": gettext_lazy("There is a problem"),
}


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One person on the pages of one claim."""

    request: HttpRequest
    claim: Claim
    by: Actor
    now: datetime

    @property
    def asked(self) -> Asked:
        # Only the products are asked about their holders.
        holders: Any = SimpleLazyObject(lambda: self.holders)
        return Asked(user=signed_in(self.request), now=self.now, claim=self.claim, holders=holders)

    @cached_property
    def holders(self) -> Mapping[Item, list[Holder]]:
        """Who else holds or claims what is on the customer's tenant."""
        return holders_on(self.claim.tenant, besides=self.claim)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Why what the claim states so far can't be filed."""
        return tuple(submission.find_problems(self.claim, holders=self.holders, programs=self.programs))

    @cached_property
    def programs(self) -> list[ClaimProgram]:
        """The programs of the claim's activities."""
        return submission.programs_of(self.claim)

    @property
    def returns_to_check(self) -> bool:
        """Whether the person came from the check page and wants back there."""
        return self.request.GET.get("next") == "check"


def begin_visit(request: HttpRequest, public_id: UUID) -> Visit:
    """Return the visit to a claim that the person may see, or raise Http404."""
    user = signed_in(request)
    claims = with_member_role(wizard.with_answers(Claim.objects.visible_to(user)), user=user)
    claim = get_object_or_404(claims, public_id=public_id)
    return Visit(
        request=request,
        claim=claim,
        by=member_actor(claim, user=user),
        now=timezone.now(),
    )


@in_own_zone
def start_claim(request: HttpRequest) -> HttpResponse:
    """The first page: which location, which customer. A good answer makes the draft."""
    user, now = signed_in(request), timezone.now()
    if not may_draft(user):
        return render(request, "associations/wizard/no_role.html", {"admins": global_admins_for(user)}, status=403)
    asked = Asked(user=user, now=now)
    draft_id = uuid_in(request.POST.get("draft_id", "")) or uuid4()
    if request.method != "POST":
        return draw_start(request, CustomerForm(asked=asked), draft_id)
    form = CustomerForm(request.POST, asked=asked)
    if not form.is_valid() or form.tenant is None:
        return draw_start(request, form, draft_id)
    location = form.cleaned_data["location"]
    claim = drafting.start_claim(
        location=location,
        domain_name=form.cleaned_data["domain_name"],
        tenant=form.tenant,
        by=partner_actor(user, location),
        now=now,
        draft_id=draft_id,
    )
    warn(request, form)
    return redirect("claim_step", claim.public_id, STEPS[1].key)


def draw_start(request: HttpRequest, form: CustomerForm, draft_id: UUID) -> HttpResponse:
    context = {
        "step": STEPS[0],
        "form": form,
        "draft_id": draft_id,
        "number": 1,
        "pages": wizard.PAGES,
        "back_url": reverse("claim_list"),
        "steps": first_rows(has_errors=bool(form.errors)),
    }
    return render(request, STEPS[0].template, context)


def first_rows(*, has_errors: bool) -> list[dict[str, Any]]:
    """Return the list of steps before there is a claim."""
    first = row_of(STEPS[0], status="problem" if has_errors else "in_progress", current=STEPS[0])
    later = [row_of(step, status="cannot_start", current=STEPS[0]) for step in STEPS[1:]]
    return [first, *later, check_row(url="", status="cannot_start")]


@limited("upload", when=lambda request: request.content_type == "multipart/form-data")
@in_own_zone
def claim_step(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One step of a claim: its questions, or what becomes of the answers."""
    here = wizard.BY_KEY.get(step)
    if here is None:
        raise Http404
    visit = begin_visit(request, public_id)
    if not here.is_editable(visit.claim, visit.by):
        refuse_edit(visit, groups=here.groups)
    if not here.can_start(visit.claim):
        first_open = next(other for other in STEPS if other.collects & here.needs)
        return redirect("claim_step", public_id, first_open.key)
    if request.method == "POST":
        return save_answers(visit, here)
    form = here.form(asked=visit.asked, initial=here.read(visit.claim))
    return draw_step(visit, here, form)


def save_answers(visit: Visit, step: Step) -> HttpResponse:
    """Record what was answered and go on; draw the page again with what is wrong, or changed meanwhile."""
    request, stored = visit.request, step.read(visit.claim)
    intent = intent_of(request)
    form = step.form(request.POST, files_of(request), asked=visit.asked, initial=stored, intent=intent)
    if intent is Intent.QUIET:
        return save_quietly(visit, step, form)
    if not form.is_valid() and not form.keeps_good_parts:
        return draw_step(visit, step, form)
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
    return JsonResponse({"text": _("Saved %(time)s") % {"time": time}, "version": version_of(step.read(saved))})


def recording(visit: Visit) -> wizard.Recording:
    version = visit.request.POST.get("version", "")
    return wizard.Recording(claim=visit.claim, version=version, by=visit.by, now=visit.now)


def settle_conflict(visit: Visit, step: Step, form: StepForm) -> HttpResponse:
    """Show both answers side by side; the same answers sent twice are no conflict."""
    fresh = begin_visit(visit.request, visit.claim.public_id)
    stored = step.read(fresh.claim)
    if stored == form.facts():
        return leave(visit, step, form)
    saved = step.form(asked=fresh.asked, initial=stored)
    typed = dict(form.in_words())
    differences = [
        {"label": label, "saved": words, "typed": typed.get(label, "")}
        for label, words in saved.in_words()
        if typed.get(label, "") != words
    ]
    return draw_step(fresh, step, form, differences=differences, status=409)


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
    if visit.returns_to_check:
        following = wizard.first_incomplete(begin_visit(request, public_id).claim)
    else:
        following = wizard.next_step(step)
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
        "version": version_of(step.read(visit.claim)),
        "is_stale": status == 409,
        "differences": differences,
        "number": STEPS.index(step) + 1,
        "pages": wizard.PAGES,
        "may_wait": visit.claim.submitted_at is None,
        "saves_quietly": visit.claim.submitted_at is None and step.saves_quietly,
        "back_url": back_url(visit, step),
        "steps": step_rows(visit, current=step, has_errors=bool(form.errors)),
    }
    extras = EXTRAS.get(step.key)
    if extras:
        context |= extras(visit)
    return render(visit.request, step.template, context, status=status)


def proof_facts(visit: Visit) -> dict[str, Any]:
    """Return the files on the claim as the list shows them."""
    claim = visit.claim
    return {
        "files": [
            {
                "name": proof.name,
                "size": proof.size,
                "kind": proof.kind.upper(),
                "status": proof.scan_status,
                "status_label": proof.get_scan_status_display(),
                "at": proof.uploaded_at,
                "url": reverse("proof_download", args=[claim.public_id, proof.public_id]) if proof.is_usable else "",
                "remove_url": reverse("proof_remove", args=[claim.public_id, proof.public_id])
                if claim.submitted_at is None or proof.scan_status == ScanStatus.INFECTED
                else "",
            }
            for proof in claim.proofs.all()
        ]
    }


def comment_facts(visit: Visit) -> dict[str, Any]:
    """Return the remarks on the claim as the thread shows them."""
    comments = visit.claim.comments.select_related("author")
    return {
        "comments": [
            {"author": comment.author.get_full_name(), "at": comment.at, "text": comment.text} for comment in comments
        ]
    }


EXTRAS: dict[str, Callable[[Visit], dict[str, Any]]] = {"proof": proof_facts, "comments": comment_facts}


def step_rows(visit: Visit, *, current: Step | None, has_errors: bool = False) -> list[dict[str, Any]]:
    """Return the list of steps with their state, the check page last."""
    with_problems = {wizard.step_of(problem.fact) for problem in visit.problems if problem.code not in PASSING}
    if current is not None and has_errors:
        with_problems.add(current)
    rows = [
        row_of(step, status=status_of(visit.claim, step, with_problems), url=open_url(visit, step), current=current)
        for step in STEPS
    ]
    if visit.claim.submitted_at is not None:
        return [row for row in rows if row["url"]]
    url = reverse("claim_check", args=[visit.claim.public_id])
    return [*rows, check_row(url=url, status="in_progress", is_current=current is None)]


def status_of(claim: Claim, step: Step, with_problems: Iterable[Step]) -> str:
    """Return the state of one step, from what the claim states."""
    if step in with_problems:
        return "problem"
    if not step.can_start(claim):
        return "cannot_start"
    return "in_progress" if step.missing(claim) else "completed"


def row_of(step: Step, *, status: str, url: str = "", current: Step | None = None) -> dict[str, Any]:
    return {
        "label": step.title,
        "url": url,
        "status": status,
        "status_label": STATUS_LABELS[status],
        "current": step is current,
    }


def check_row(*, url: str, status: str, is_current: bool = False) -> dict[str, Any]:
    label = STATUS_LABELS[status]
    title = _("Check your answers")
    return {"label": title, "url": url, "status": status, "status_label": label, "current": is_current}


def open_url(visit: Visit, step: Step) -> str:
    """Return the address of a step that can be opened now, or nothing."""
    if not step.is_editable(visit.claim, visit.by) or not step.can_start(visit.claim):
        return ""
    return reverse("claim_step", args=[visit.claim.public_id, step.key])


def step_url(visit: Visit, step: Step) -> str:
    """Return the address of a step, on the way back to the check page if that is where the person comes from."""
    url = reverse("claim_step", args=[visit.claim.public_id, step.key])
    return f"{url}?{urlencode({'next': 'check'})}" if visit.returns_to_check else url


def back_url(visit: Visit, step: Step) -> str:
    """Return where Back leads: to the check page, to the claim, or to the step before."""
    public_id = visit.claim.public_id
    if visit.claim.submitted_at is not None:
        return reverse("claim_detail", args=[public_id])
    if visit.returns_to_check:
        return reverse("claim_check", args=[public_id])
    position = STEPS.index(step)
    if position == 0:
        return reverse("claim_list")
    return reverse("claim_step", args=[public_id, STEPS[position - 1].key])


def refuse_edit(visit: Visit, *, groups: Iterable[str]) -> NoReturn:
    """Answer like a page that does not exist, and note who tried to change a claim that is locked."""
    claim = visit.claim
    is_locked = not lifecycle.EDITABLE_FACTS.get(ClaimStatus(claim.status), frozenset()).intersection(groups)
    if visit.request.method == "POST" and is_locked:
        group = next(iter(groups))
        drafting.note_refused_edit(claim_id=claim.pk, group=group, by=visit.by, now=visit.now)
    raise Http404


@in_own_zone
def cancel_draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once, then give the draft up; its History stays."""
    visit = begin_visit(request, public_id)
    claim = visit.claim
    if ClaimAction.CANCEL_DRAFT not in lifecycle.actions_for(claim.status, visit.by.role):
        raise Http404
    if request.method == "POST":
        return delete_draft(visit)
    return render(request, "associations/wizard/cancel_draft.html", {"claim": claim})


def delete_draft(visit: Visit) -> HttpResponse:
    claim = visit.claim
    try:
        submission.cancel_draft(claim_id=claim.pk, by=visit.by, now=visit.now)
    except lifecycle.ActionNotAllowed:
        messages.error(visit.request, str(MESSAGES["STATE_CONFLICT"]))
        return redirect("claim_detail", claim.public_id)
    messages.info(visit.request, _("The draft %(number)s was deleted.") % {"number": claim.number})
    return redirect("claim_list")


def intent_of(request: HttpRequest) -> Intent:
    """Return which button was pressed; without a known one, *Continue*."""
    try:
        return Intent(request.POST.get("then", Intent.CONTINUE))
    except ValueError:
        return Intent.CONTINUE


def warn(request: HttpRequest, form: StepForm) -> None:
    """Say on the next page what does not stop the claim but deserves a look."""
    for warning in form.warnings:
        messages.warning(request, str(warning))


def uuid_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
