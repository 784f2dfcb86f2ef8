"""The partner's claims outside the wizard: claim page, comments, proofs, resubmission, withdrawal."""

import logging
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.limits import limited
from associations import proof_template, wizard
from associations.choices import ClaimAction
from associations.files import StorageUnavailable
from associations.forms.answers import CommentForm, ResubmitForm, WithdrawForm
from associations.forms.asking import Asked, Intent
from associations.forms.messages import MESSAGES, refusal
from associations.forms.proofs import ProofForm
from associations.models import Claim
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.lifecycle import ActionNotAllowed
from associations.services import drafting, submission
from associations.services.drafting import ClaimLocked, TooManyProofs
from associations.services.submission import AnswerMissing, ClaimIncomplete, ClaimIneligible
from associations.views.claim_page import edit_links, open_claim, page_of_claim, question_of, step_url
from associations.views.moments import in_own_zone
from associations.views.people import member_actor, signed_in, with_member_role
from associations.views.uploads import files_of

logger = logging.getLogger(__name__)


@require_safe
@in_own_zone
def claim_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The claim page."""
    claim, actor = find_claim(request, public_id)
    return draw_claim(request, claim, actor)


@require_POST
@in_own_zone
def claim_comment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a remark to an open claim."""
    claim, actor = find_claim(request, public_id, roles=lifecycle.EDITORS)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return draw_claim(request, claim, actor, comment_form=form)
    try:
        drafting.add_comment(claim_id=claim.pk, text=form.cleaned_data["text"], by=actor, now=timezone.now())
    except ClaimLocked:
        messages.error(request, _("This claim is closed: no comment can be added any more."))
        return redirect("claim_detail", public_id)
    return redirect(reverse("claim_detail", args=[public_id]) + "#comments")


@require_POST
@limited("upload")
@in_own_zone
def claim_add_proof(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add proofs to an open or approved claim, which is never too late to strengthen (domain.md 1.7, D15)."""
    claim, actor = find_claim(request, public_id, roles=lifecycle.EDITORS)
    form = proof_form(request, claim)
    form.is_valid()
    try:
        wizard.record_proofs(form.facts(), wizard.Recording(claim=claim, version="", by=actor, now=timezone.now()))
    except ClaimLocked:
        messages.error(request, _("This claim is closed: no proof of execution can be added any more."))
        return redirect("claim_detail", public_id)
    except TooManyProofs:
        form.add_error(None, refusal("STATE_CONFLICT"))
    except StorageUnavailable:
        logger.exception("A file for %s could not be stored.", claim.number)
        form.add_error("proofs", refusal("POE_NOT_STORED"))
    if form.errors:
        return draw_claim(request, find_claim(request, public_id)[0], actor, proof_form=form)
    count = len(form.good)
    messages.success(
        request, ngettext("%(count)d file was added.", "%(count)d files were added.", count) % {"count": count}
    )
    return redirect(reverse("claim_detail", args=[public_id]) + "#proofs")


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def claim_resubmit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer the reviewer and give the claim back to the review."""
    claim, actor = find_claim(request, public_id, roles=lifecycle.PERFORMERS[ClaimAction.RESUBMIT])
    form = ResubmitForm(request.POST or None)
    problems: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            submission.resubmit_claim(
                claim_id=claim.pk, reply=form.cleaned_data["reply"].strip(), by=actor, now=timezone.now()
            )
        except ActionNotAllowed:
            pass
        except AnswerMissing:
            form.add_error("reply", _("Enter a reply, or change an answer or add a proof first."))
        except ClaimIncomplete as refused:
            problems = missing_of(claim, refused)
        except ClaimIneligible as refused:
            problems = problems_of(claim, refused)
        else:
            messages.success(request, _("Your answer went to the reviewer."))
            return redirect("claim_detail", public_id)
    if ClaimAction.RESUBMIT not in lifecycle.actions_for(status_now(claim), actor.role):
        messages.error(request, _("This claim doesn't wait for an answer."))
        return redirect("claim_detail", public_id)
    context = {
        "claim": claim,
        "form": form,
        "problems": problems,
        "form_errors": bool(problems),
        "question": question_of(claim, claim.events.exclude(to_status=""), now=timezone.now()),
        "edit_links": edit_links(claim, actor),
    }
    return render(request, "associations/resubmit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def claim_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for the reason, say what follows, and take the claim back."""
    claim, actor = find_claim(request, public_id, roles=lifecycle.PERFORMERS[ClaimAction.WITHDRAW])
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            submission.withdraw_claim(
                claim_id=claim.pk, reason=form.cleaned_data["reason"], by=actor, now=timezone.now()
            )
        except ActionNotAllowed:
            pass
        else:
            messages.info(request, _("The claim was withdrawn."))
            return redirect("claim_detail", public_id)
    if ClaimAction.WITHDRAW not in lifecycle.actions_for(status_now(claim), actor.role):
        messages.error(request, _("This claim can't be withdrawn any more."))
        return redirect("claim_detail", public_id)
    return render(request, "associations/withdraw.html", {"claim": claim, "form": form})


@require_safe
def claim_template(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """**Download template**: filled in from the claim, in the language asked for or the page's."""
    claim, _actor = find_claim(request, public_id)
    language = request.GET.get("language") or get_language() or "en"
    response = HttpResponse(
        proof_template.proof_template(claim, language=language), content_type=proof_template.MEDIA_TYPE
    )
    response["Content-Disposition"] = f'attachment; filename="{proof_template.template_name(claim)}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def find_claim(request: HttpRequest, public_id: UUID, *, roles: frozenset[Any] | None = None) -> tuple[Claim, Actor]:
    """Return the claim and the person's capacity on it; raise Http404 out of sight or without one of *roles*."""
    user = signed_in(request)
    try:
        claim = open_claim(with_member_role(Claim.objects.visible_to(user), user=user), public_id)
    except Claim.DoesNotExist as error:
        raise Http404 from error
    actor = member_actor(claim, user=user)
    if roles is not None and actor.role not in roles:
        raise Http404
    return claim, actor


def draw_claim(
    request: HttpRequest,
    claim: Claim,
    actor: Actor,
    *,
    comment_form: CommentForm | None = None,
    proof_form: ProofForm | None = None,
) -> HttpResponse:
    """Draw the claim page, with the form that was refused, if any, as it was typed."""
    user, now = signed_in(request), timezone.now()
    context = page_of_claim(claim, reader=user, actor=actor, now=now) | {
        "comment_form": comment_form or CommentForm(),
        "proof_form": proof_form or ProofForm(asked=Asked(user=user, now=now, claim=claim), intent=Intent.STAY),
        "form_errors": comment_form is not None or proof_form is not None,
    }
    return render(request, "associations/detail.html", context)


def proof_form(request: HttpRequest, claim: Claim) -> ProofForm:
    """Return the uploaded files as the wizard's page checks them."""
    asked = Asked(user=signed_in(request), now=timezone.now(), claim=claim)
    return ProofForm(request.POST, files_of(request), asked=asked, intent=Intent.STAY)


def missing_of(claim: Claim, refused: ClaimIncomplete) -> list[dict[str, str]]:
    """Return which pages of the claim lack answers, each with the way there."""
    steps = dict.fromkeys(wizard.step_of(fact) for fact in refused.missing)
    text = _("%(step)s: some answers are missing.")
    return [{"text": text % {"step": step.title}, "url": step_url(claim, step.key)} for step in steps]


def problems_of(claim: Claim, refused: ClaimIneligible) -> list[dict[str, str]]:
    """Return why the claim can't go back to the review as it stands, each with the way to mend it."""
    return [
        {
            "text": f"{problem.subject}: {MESSAGES[problem.code]}",
            "url": step_url(claim, wizard.step_of(problem.fact).key),
        }
        for problem in refused.problems
    ]


def status_now(claim: Claim) -> str:
    """Return the stored status, which another person may have changed since the claim was read."""
    return Claim.objects.values_list("status", flat=True).get(pk=claim.pk)
