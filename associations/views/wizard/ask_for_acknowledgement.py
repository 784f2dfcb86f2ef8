"""**Ask the customer to acknowledge the work**: begin and stop asking, on the step of the proofs (domain.md D26)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.post_only import post_only
from associations.rules import lifecycle
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.customer import acknowledgement as acknowledging
from associations.services.customer.acknowledgement import AcknowledgementRefused
from associations.views.wizard.visit import Visit, begin_visit, refuse_edit
from associations.views.zones import in_own_zone
from associations.wording.acknowledgement import acknowledgement_in_words


def asking_context(visit: Visit) -> dict[str, Any]:
    """Return the context of `ask_for_acknowledgement.html`; `asking` is None if the customer can't be asked."""
    claim, asked = visit.claim, acknowledging.acknowledgement_of(visit.claim)
    if asked is None and not (
        acknowledging.is_offered()
        and acknowledging.can_be_asked(claim, acknowledging.current_notice(claim), now=visit.now)
    ):
        return {"asking": None}
    return {
        "asking": {
            "words": acknowledgement_in_words(asked),
            "is_asked": asked is not None,
            "is_given": asked is not None and asked.given_at is not None,
            "url": reverse("ask_for_acknowledgement", args=[claim.public_id]),
        }
    }


@post_only("claim_detail", "public_id")
@in_own_zone
def ask_for_acknowledgement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, or stop asking, as the button says."""
    visit = begin_visit(request, public_id)
    if visit.by.role not in lifecycle.EDITORS:
        raise Http404
    try:
        if request.POST.get("wanted") == "no":
            acknowledging.stop_asking(claim_id=visit.claim.pk, by=visit.by, now=visit.now)
            messages.success(request, _("The customer isn't asked to acknowledge the work."))
        elif acknowledging.is_offered():
            acknowledging.ask(claim_id=visit.claim.pk, by=visit.by, now=visit.now)
            messages.success(request, _("The customer is asked to acknowledge the work, with the notice."))
    except ClaimLocked:
        refuse_edit(visit, groups=["proof"])
    except AcknowledgementRefused:
        messages.error(request, _("It's too late to ask: the customer's opt-out period has ended."))
    return redirect(back_of(visit))


def back_of(visit: Visit) -> str:
    """Return the step that the form was on."""
    request, page = visit.request, visit.request.POST.get("next", "")
    hosts = {request.get_host()}
    if not url_has_allowed_host_and_scheme(page, allowed_hosts=hosts, require_https=request.is_secure()):
        page = reverse("claim_step", args=[visit.claim.public_id, "proof"])
    return f"{page.partition('#')[0]}#acknowledgement"
