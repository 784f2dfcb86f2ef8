"""What a partner does once a claim is decided: dispute, disassociate, copy to a new claim, renew (domain.md 1.6)."""

import logging
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from associations.choices import ClaimAction, ClaimStatus
from associations.files import StorageUnavailable
from associations.forms.after_decision import DisassociateForm, DisputeForm
from associations.forms.asking import Asked
from associations.forms.messages import refusal, refusal_of
from associations.models import Claim, IncentiveProgram
from associations.rules import lifecycle
from associations.rules.actors import Actor, Role
from associations.rules.lifecycle import ActionNotAllowed
from associations.services import associating, copying, disputes
from associations.services.associating import NothingToEnd
from associations.services.disputes import DisputeClosed, is_disputable
from associations.services.drafting import ClaimLocked, TooManyProofs
from associations.views.claim_page import continue_url
from associations.views.claims import find_claim
from associations.views.moments import in_own_zone
from associations.views.outcome import TELLING, in_force, may_copy, may_end, rejection_of
from associations.views.people import signed_in
from associations.views.uploads import files_of
from associations.views.wizard import uuid_in

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
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
        form.add_error("proofs", refusal_of(_("New files"), code="POE_TOO_MANY", limit=str(settings.POE_MAX_FILES)))
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


def facts_in_dispute(claim: Claim) -> list[dict[str, Any]]:
    """Return what names the claim in a dispute (domain.md 1.10)."""
    names = dict(IncentiveProgram.objects.filter(activity__in=claim.activities).values_list("activity", "name"))
    programs = [": ".join(filter(None, (names.get(activity), str(activity.label)))) for activity in claim.activities]
    items = [
        f"{item.product}, {item.subscription.subscription_id}" if item.subscription else str(item.product)
        for item in claim.items.all()
    ]
    return [
        {"label": _("Claim number"), "value": claim.number},
        {"label": _("MPN ID"), "value": f"{claim.location.mpn_id} {claim.location.name}"},
        {"label": _("Program and activity"), "lines": programs},
        {"label": _("Items"), "lines": items},
        {"label": _("Customer"), "value": claim.tenant.name},
        {"label": _("Directory ID (tenant ID)"), "value": str(claim.tenant.tenant_id), "mono": True},
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
            associating.disassociate(claim_id=claim.pk, reason=reason, by=actor, now=timezone.now())
            messages.info(request, _("The association has ended."))
            return redirect("claim_detail", public_id)
    except NothingToEnd:
        messages.error(request, _("This claim has no association in force."))
        return redirect("claim_detail", public_id)
    context = {"claim": claim, "form": form, "items": [str(item.product) for item in in_force(claim)]}
    return render(request, "associations/disassociate.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def claim_copy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """**Copy to new claim**, or **Renew** when a subscription ended or soon will: say what is copied, open it."""
    claim, actor = find_claim(request, public_id, roles=lifecycle.EDITORS)
    draft_id, now = uuid_in(request.POST.get("draft_id", "")) or uuid4(), timezone.now()
    try:
        if not may_copy(claim, actor, now=now):
            raise ClaimLocked
        if request.method == "POST":
            draft = copying.copy_claim(claim_id=claim.pk, by=actor, now=now, draft_id=draft_id)
            return redirect(continue_url(draft, actor) or reverse("claim_detail", args=[draft.public_id]))
    except ClaimLocked:
        messages.error(request, _("This claim is open or in force: there is nothing to start again."))
        return redirect("claim_detail", public_id)
    items = copying.items_to_copy(claim, now=now)
    context = {
        "claim": claim,
        "draft_id": draft_id,
        "is_renewal": claim.status == ClaimStatus.APPROVED,
        "has_subscriptions": any(item.subscription_id for item in items),
        "items": [str(item.product) for item in items],
    }
    return render(request, "associations/copy.html", context)
