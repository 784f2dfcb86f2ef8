"""Deletes a draft, after asking once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from associations.choices import ClaimAction
from associations.rules import lifecycle
from associations.services.claim import withdrawal
from associations.views.wizard.visit import Visit, begin_visit, redirect_to_claim
from associations.views.zones import in_own_zone
from associations.wording.messages import MESSAGES


@in_own_zone
def cancel_draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once, then cancel the draft; its History stays. A filed claim redirects to its page."""
    visit = begin_visit(request, public_id)
    claim = visit.claim
    if ClaimAction.CANCEL_DRAFT not in lifecycle.actions_for(claim.status, visit.by.role):
        return redirect_to_claim(visit)
    if request.method == "POST":
        return delete_draft(visit)
    return render(request, "associations/wizard/cancel_draft.html", {"claim": claim})


def delete_draft(visit: Visit) -> HttpResponse:
    claim = visit.claim
    try:
        withdrawal.cancel_draft(claim_id=claim.pk, by=visit.by, now=visit.now)
    except lifecycle.ActionNotAllowed:
        messages.error(visit.request, str(MESSAGES["STATE_CONFLICT"]))
        return redirect("claim_detail", claim.public_id)
    messages.info(visit.request, _("The draft %(number)s was deleted.") % {"number": claim.number})
    return redirect("claim_list")
