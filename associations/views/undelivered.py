"""A notice that did not arrive: **Correct contact** and **Resend** (experience.md 3)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from associations.forms.asking import Asked
from associations.forms.undelivered import CorrectContactForm
from associations.models import Claim
from associations.rules.actors import Actor
from associations.rules.undelivered import MENDERS, can_mend
from associations.services import undelivered
from associations.services.undelivered import NoticeNotMendable
from associations.views.claims import find_claim
from associations.views.moments import in_own_zone
from associations.views.people import signed_in
from associations.views.windows import bounce_reason_of


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def claim_correct_contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for the right customer contact, and send them a new notice."""
    claim, actor = find_claim(request, public_id, roles=MENDERS)
    if not is_mendable(claim, actor):
        return nothing_to_mend(request, public_id)
    asked = Asked(user=signed_in(request), now=timezone.now(), claim=claim)
    form = CorrectContactForm(request.POST or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        try:
            notice = undelivered.correct_contact(claim_id=claim.pk, facts=form.facts(), by=actor, now=asked.now)
        except NoticeNotMendable:
            return nothing_to_mend(request, public_id)
        messages.success(request, _("A new notice goes to %(email)s.") % {"email": notice.contact_email})
        return redirect("claim_detail", public_id)
    return render(request, "associations/correct_contact.html", facts_of(claim) | {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def claim_resend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once, then send the notice to the same contact again."""
    claim, actor = find_claim(request, public_id, roles=MENDERS)
    if request.method == "POST":
        try:
            notice = undelivered.resend_notice(claim_id=claim.pk, by=actor, now=timezone.now())
        except NoticeNotMendable:
            return nothing_to_mend(request, public_id)
        messages.success(request, _("A new notice goes to %(email)s.") % {"email": notice.contact_email})
        return redirect("claim_detail", public_id)
    if not is_mendable(claim, actor):
        return nothing_to_mend(request, public_id)
    return render(request, "associations/resend_notice.html", facts_of(claim))


def is_mendable(claim: Claim, actor: Actor) -> bool:
    """Whether the pages have something to ask; the service asks again under the lock."""
    return can_mend(claim.status, consent=claim.consent_status, role=actor.role)


def nothing_to_mend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that the notice needs nothing, and show how it stands."""
    messages.error(request, _("This claim has no undelivered notice that you could send again."))
    return redirect("claim_detail", public_id)


def facts_of(claim: Claim) -> dict[str, Any]:
    """Return what both pages show: the notice that did not arrive, and why."""
    notice = claim.notices.current().select_related("email").get()
    return {
        "claim": claim,
        "notice": notice,
        "bounce_reason": bounce_reason_of(notice),
        "days": claim.opt_out_business_days,
    }
