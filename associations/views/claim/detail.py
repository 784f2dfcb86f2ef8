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
from django.views.decorators.http import require_http_methods, require_safe

from accounts.post_only import post_only
from associations import proof_template
from associations.choices import ClaimAction, ContactKind
from associations.files.storage import StorageUnavailable
from associations.forms.claim.messages import CommentForm, ReadForm, ResubmitForm, WithdrawForm
from associations.forms.wizard.proofs import ProofForm
from associations.forms.wizard.step_form import Asked, Intent
from associations.models import Claim
from associations.questions import contact_on
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.claim import submission
from associations.services.claim.eligibility import ClaimIncomplete, ClaimIneligible
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import TooManyProofs
from associations.services.claim.submission import AnswerMissing
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.comments.adding import add_comment, mark_as_read
from associations.services.customer.contacts import ask_about_contact
from associations.views.actor import member_actor, signed_in, with_member_role
from associations.views.claim.content import edit_links, open_claim, page_of_claim, question_of, step_url
from associations.views.claim.notice_email import frames_emails
from associations.views.claim.proof_findings import findings_context
from associations.views.uploads import files_of, report_added_files, uploads_limited
from associations.views.zones import in_own_zone
from associations.wizard.recording import Recording, names_added, record_proofs
from associations.wizard.refusals import missing_in_words, problems_in_words
from associations.wizard.steps import Step
from associations.wording.messages import refusal

logger = logging.getLogger(__name__)


@require_safe
@in_own_zone
def claim_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The claim page."""
    claim, actor = find_claim(request, public_id)
    return draw_claim(request, claim, actor)


@post_only("claim_detail", "public_id", part="comments")
@in_own_zone
def claim_comment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a remark to an open claim."""
    claim, actor = find_claim(request, public_id, roles=lifecycle.EDITORS)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return draw_claim(request, claim, actor, comment_form=form)
    try:
        add_comment(claim_id=claim.pk, text=form.cleaned_data["text"], by=actor, now=timezone.now())
    except ClaimLocked:
        messages.error(request, _("This claim is closed: no comment can be added any more."))
        return redirect("claim_detail", public_id)
    return redirect(reverse("claim_detail", args=[public_id]) + "#comments")


@post_only("claim_detail", "public_id", part="comments")
def claim_comments_read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark the comments as read up to the one that the page showed last."""
    claim, actor = find_claim(request, public_id)
    form = ReadForm(request.POST)
    if form.is_valid():
        mark_as_read(claim, through=form.cleaned_data["through"], by=actor, now=timezone.now())
    return redirect(reverse("claim_detail", args=[public_id]) + "#comments")


@post_only("claim_detail", "public_id", part="proofs")
@uploads_limited
@in_own_zone
def claim_add_proof(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add proofs to an open or approved claim, which is never too late to strengthen (domain.md 1.7, D15)."""
    claim, actor = find_claim(request, public_id, roles=lifecycle.EDITORS)
    now, form = timezone.now(), proof_form(request, claim)
    form.is_valid()
    try:
        record_proofs(form.facts(), Recording(claim=claim, version="", by=actor, now=now))
    except ClaimLocked:
        messages.error(request, _("This claim is closed: no proof of execution can be added any more."))
        return redirect("claim_detail", public_id)
    except TooManyProofs:
        form.add_error(None, refusal("STATE_CONFLICT"))
    except StorageUnavailable:
        logger.exception("A file for %s could not be stored.", claim.number)
        form.add_error("proofs", refusal("POE_NOT_STORED"))
    if form.errors:
        report_added_files(request, names_added(claim, by=actor, now=now))
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
        ask_about_contact(claim)
        try:
            submission.resubmit_claim(
                claim_id=claim.pk, reply=form.cleaned_data["reply"].strip(), by=actor, now=timezone.now()
            )
        except ActionNotAllowed:
            pass
        except AnswerMissing:
            form.add_error("reply", _("Enter a reply, or change an answer or add a proof first."))
        except ClaimIncomplete as refused:
            problems = with_links(claim, missing_in_words(refused.missing))
        except ClaimIneligible as refused:
            problems = with_links(claim, problems_in_words(refused.problems))
        else:
            messages.success(request, _("Your answer went to the reviewer."))
            return redirect("claim_detail", public_id)
    if ClaimAction.RESUBMIT not in lifecycle.actions_for(status_now(claim), actor.role):
        messages.error(request, _("This claim isn't waiting for a reply."))
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
            withdraw_claim(claim_id=claim.pk, reason=form.cleaned_data["reason"], by=actor, now=timezone.now())
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
    """**Download template**: filled in from the claim, in the language asked for, else the customer contact's."""
    claim, _actor = find_claim(request, public_id)
    contact = contact_on(claim, ContactKind.CUSTOMER)
    language = request.GET.get("language") or (contact and contact.language) or get_language() or "en"
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
        claim = open_claim(with_member_role(Claim.objects.visible_to(user), user=user), public_id, reader=user)
    except Claim.DoesNotExist as error:
        raise Http404 from error
    actor = member_actor(claim, user=user)
    if roles is not None and actor.role not in roles:
        raise Http404
    return claim, actor


@frames_emails
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
        **findings_context(claim, by=actor, now=now),
    }
    return render(request, "associations/detail.html", context)


def proof_form(request: HttpRequest, claim: Claim) -> ProofForm:
    """Return the uploaded files as the wizard's page checks them."""
    asked = Asked(user=signed_in(request), now=timezone.now(), claim=claim)
    return ProofForm(request.POST, files_of(request), asked=asked, intent=Intent.STAY)


def with_links(claim: Claim, refused: list[tuple[Step, str]]) -> list[dict[str, str]]:
    """Return why the claim can't go back to the review, each with the way to change it."""
    return [{"text": text, "url": step_url(claim, step.key)} for step, text in refused]


def status_now(claim: Claim) -> str:
    """Return the stored status, which another person may have changed since the claim was read."""
    return Claim.objects.values_list("status", flat=True).get(pk=claim.pk)
