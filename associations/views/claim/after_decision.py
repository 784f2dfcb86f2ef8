"""Actions on a decided claim: dispute, disassociate, copy to a new claim, renew (domain.md 1.6)."""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from associations.choices import ClaimAction
from associations.files.storage import StorageUnavailable
from associations.forms.claim.after_decision import DisassociateForm, DisputeForm
from associations.forms.wizard.step_form import Asked
from associations.models import Claim, IncentiveProgram
from associations.rules import lifecycle
from associations.rules.actors import Actor, Role
from associations.rules.filing_again import FACT_TO_CHECK, FRESH_DAYS
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.association import association
from associations.services.association.association import NothingToEnd
from associations.services.claim import copy, disputes
from associations.services.claim.disputes import DisputeClosed, is_disputable
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import TooManyProofs
from associations.views.actor import signed_in
from associations.views.claim.decision import TELLING, in_force, may_copy, may_end, rejection_of
from associations.views.claim.detail import find_claim
from associations.views.posted_ids import posted_id
from associations.views.uploads import files_of, uploads_limited
from associations.views.zones import in_own_zone
from associations.wizard.steps import STEPS, first_incomplete, step_of
from associations.wording.facts import Fact
from associations.wording.messages import refusal

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@uploads_limited
@in_own_zone
def claim_dispute(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask why the rejection is wrong, with new proofs if there are any, and give the claim back to the reviewers."""
    claim, actor = find_claim(request, public_id, roles=lifecycle.PERFORMERS[ClaimAction.DISPUTE])
    asked = Asked(user=signed_in(request), now=timezone.now(), claim=claim)
    is_posted = request.method == "POST"
    form = DisputeForm(request.POST if is_posted else None, files_of(request) if is_posted else None, asked=asked)
    try:
        if not is_disputable(claim, now=asked.now):
            raise DisputeClosed
        if form.is_valid():
            disputes.open_dispute(
                claim_id=claim.pk,
                justification=form.cleaned_data["justification"],
                proofs=form.checked_proofs(),
                max_files=settings.POE_MAX_FILES,
                by=actor,
                now=asked.now,
            )
            messages.success(request, _("Your dispute went to the reviewers."))
            return redirect("claim_detail", public_id)
    except (DisputeClosed, ActionNotAllowed):
        messages.error(request, _("This claim has no rejection that can be disputed now."))
        return redirect("claim_detail", public_id)
    except TooManyProofs:
        names = ", ".join(proof.name for proof in form.checked_proofs())
        form.add_error("proofs", refusal("POE_TOO_MANY", limit=str(settings.POE_MAX_FILES), names=names))
    except StorageUnavailable:
        logger.exception("A file for %s could not be stored.", claim.number)
        form.add_error("proofs", refusal("POE_NOT_STORED"))
    return draw_dispute(request, claim, actor, form)


def draw_dispute(request: HttpRequest, claim: Claim, actor: Actor, form: DisputeForm) -> HttpResponse:
    context = {
        "claim": claim,
        "form": form,
        "facts": facts_in_dispute(claim),
        "rejection": rejection_of(claim, list(claim.events.filter(TELLING)), actor=actor, now=form.asked.now),
        "asks_for_files_again": bool(form.errors and files_of(request)),
    }
    return render(request, "associations/dispute.html", context)


def facts_in_dispute(claim: Claim) -> list[Fact]:
    """Return what identifies the claim in a dispute (domain.md T18)."""
    codes = [each.program for each in claim.activities]
    names = dict(IncentiveProgram.objects.filter(code__in=codes).values_list("code", "name"))
    programs = [": ".join(filter(None, (names.get(each.program), str(each.name)))) for each in claim.activities]
    items = [
        f"{item.name}, {item.subscription.subscription_id}" if item.subscription else item.name
        for item in claim.items.all()
    ]
    return [
        Fact(_("Claim number"), claim.number),
        Fact(_("MPN ID"), f"{claim.location.mpn_id} {claim.location.name}"),
        Fact(_("Program and activity"), lines=programs),
        Fact(_("Items"), lines=items),
        Fact(_("Customer"), claim.tenant.name),
        Fact(_("Directory ID (tenant ID)"), str(claim.tenant.tenant_id), mono=True),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def claim_disassociate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """**Disassociate customer**: say what follows, ask for the reason, and end what the claim made official."""
    claim, actor = find_claim(request, public_id, roles=frozenset({Role.INCENTIVES_ADMIN}))
    form = DisassociateForm(request.POST if request.method == "POST" else None)
    try:
        if not may_end(claim, actor):
            raise NothingToEnd
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            association.disassociate(claim_id=claim.pk, reason=reason, by=actor, now=timezone.now())
            messages.info(request, _("The association has ended."))
            return redirect("claim_detail", public_id)
    except NothingToEnd:
        messages.error(request, _("This claim has no association in force."))
        return redirect("claim_detail", public_id)
    context = {"claim": claim, "form": form, "items": [item.name for item in in_force(claim)]}
    return render(request, "associations/disassociate.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def claim_copy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """**Correct and file again**, or **Renew** when a subscription ended or soon will: say what is copied, open it."""
    claim, actor = find_claim(request, public_id, roles=lifecycle.EDITORS)
    draft_id, now = posted_id(request, "draft_id"), timezone.now()
    try:
        if not may_copy(claim, actor, now=now):
            raise ClaimLocked
        if request.method == "POST":
            draft = copy.copy_claim(claim_id=claim.pk, by=actor, now=now, draft_id=draft_id)
            keep_proofs(request, claim, draft, actor=actor, now=now)
            return open_copy(request, claim, draft)
    except ClaimLocked:
        messages.error(request, _("This claim is open or in force: there is nothing to start again."))
        return redirect("claim_detail", public_id)
    renewed = copy.items_to_renew(claim, now=now)
    context = {
        "claim": claim,
        "draft_id": draft_id,
        "is_renewal": bool(renewed),
        "items": [item.name for item in copy.items_to_copy(claim, now=now)],
        "proofs": copy.proofs_to_copy(claim, now=now),
        "fresh_days": FRESH_DAYS,
        "reasons": [] if renewed else copy.reasons_to_correct(claim),
    }
    return render(request, "associations/copy.html", context)


def open_copy(request: HttpRequest, claim: Claim, draft: Claim) -> HttpResponse:
    """Open *draft*, the copy of *claim*, at what has to be corrected, or at what is missing if that comes earlier."""
    reasons = copy.reasons_to_correct(claim)
    to_check = [step_of(FACT_TO_CHECK[reason]) for reason in reasons if reason in FACT_TO_CHECK]
    missing = first_incomplete(draft)
    steps = [step for step in STEPS if step is missing or step in to_check]
    if not steps:
        return redirect("claim_check", draft.public_id)
    if steps[0] in to_check:
        text = _("%(number)s: %(reasons)s. Check this step before you file the claim again.")
        why = ", ".join(str(reason.label) for reason in reasons)
        messages.warning(request, text % {"number": claim.number, "reasons": why})
    return redirect("claim_step", draft.public_id, steps[0].key)


def keep_proofs(request: HttpRequest, claim: Claim, draft: Claim, *, actor: Actor, now: datetime) -> None:
    """Copy the recent proofs of *claim* to its *draft*, or say that some have to be added again."""
    try:
        copy.copy_proofs(claim_id=claim.pk, draft=draft, max_files=settings.POE_MAX_FILES, by=actor, now=now)
    except StorageUnavailable:
        logger.exception("The proofs of %s could not be copied to %s.", claim.number, draft.number)
        messages.warning(request, _("Not every proof of execution could be copied. Add the missing ones again."))
