"""A notice that did not arrive, or a contact that isn't confirmed: **Correct**, **Resend**, **Replace contact**."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.text.readable import address_in_full
from associations.forms.claim.undelivered_notice import CorrectContactForm, ReplaceContactForm
from associations.forms.wizard.step_form import Asked
from associations.models import Claim
from associations.rules.actors import Actor
from associations.rules.customer.undelivered import CORRECTORS, can_correct, can_replace, can_replace_again
from associations.services.customer import undelivered_notice
from associations.services.customer.undelivered_notice import (
    ContactNotReplaceable,
    NoticeNotCorrectable,
    TooManyReplacements,
    replacements_of,
)
from associations.views.actor import signed_in
from associations.views.claim.detail import find_claim
from associations.views.zones import in_own_zone
from associations.wording.customer_period import bounce_reason_of, replaced_often


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def claim_correct_contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for the right customer contact, and send them a new notice."""
    claim, actor = find_claim(request, public_id, roles=CORRECTORS)
    if not may_correct(claim, actor):
        return nothing_to_correct(request, public_id)
    asked = Asked(user=signed_in(request), now=timezone.now(), claim=claim)
    form = CorrectContactForm(request.POST or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        try:
            notice = undelivered_notice.correct_contact(claim_id=claim.pk, facts=form.facts(), by=actor, now=asked.now)
        except NoticeNotCorrectable:
            return nothing_to_correct(request, public_id)
        messages.success(
            request, _("A new notice goes to %(email)s.") % {"email": address_in_full(notice.contact_email)}
        )
        return redirect("claim_detail", public_id)
    return render(request, "associations/correct_contact.html", context_of(claim) | {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def claim_replace_contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for another customer contact instead of one that isn't confirmed, and send them a new notice."""
    claim, actor = find_claim(request, public_id, roles=CORRECTORS)
    if not may_replace(claim, actor):
        return nothing_to_replace(request, public_id)
    if not can_replace_again(replacements_of(claim)):
        return too_many_replacements(request, public_id)
    asked = Asked(user=signed_in(request), now=timezone.now(), claim=claim)
    form = ReplaceContactForm(request.POST or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        try:
            notice = undelivered_notice.replace_contact(claim_id=claim.pk, facts=form.facts(), by=actor, now=asked.now)
        except ContactNotReplaceable:
            return nothing_to_replace(request, public_id)
        except TooManyReplacements:
            return too_many_replacements(request, public_id)
        messages.success(
            request, _("A new notice goes to %(email)s.") % {"email": address_in_full(notice.contact_email)}
        )
        return redirect("claim_detail", public_id)
    return render(request, "associations/replace_contact.html", context_of(claim) | {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def claim_resend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once, then send the notice to the same contact again."""
    claim, actor = find_claim(request, public_id, roles=CORRECTORS)
    if request.method == "POST":
        try:
            notice = undelivered_notice.resend_notice(claim_id=claim.pk, by=actor, now=timezone.now())
        except NoticeNotCorrectable:
            return nothing_to_correct(request, public_id)
        messages.success(
            request, _("A new notice goes to %(email)s.") % {"email": address_in_full(notice.contact_email)}
        )
        return redirect("claim_detail", public_id)
    if not may_correct(claim, actor):
        return nothing_to_correct(request, public_id)
    return render(request, "associations/resend_notice.html", context_of(claim))


def may_correct(claim: Claim, actor: Actor) -> bool:
    """Return whether the pages have something to ask; the service asks again under the lock."""
    return can_correct(claim.status, consent=claim.consent_status, role=actor.role)


def may_replace(claim: Claim, actor: Actor) -> bool:
    """Return whether the page has something to ask; the service asks again under the lock."""
    is_held = claim.is_contact_held
    return can_replace(claim.status, consent=claim.consent_status, is_contact_held=is_held, role=actor.role)


def nothing_to_replace(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Explain that the contact can't be replaced, and show the claim."""
    messages.error(request, _("The contact of this claim is confirmed or can't be replaced any more."))
    return redirect("claim_detail", public_id)


def too_many_replacements(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Explain that the contact was replaced too often, and show the claim."""
    messages.error(request, replaced_often())
    return redirect("claim_detail", public_id)


def nothing_to_correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Explain that the notice needs no correction, and show the claim."""
    messages.error(request, _("This claim has no undelivered notice that you could send again."))
    return redirect("claim_detail", public_id)


def context_of(claim: Claim) -> dict[str, Any]:
    """Return what both pages show: the notice that was not delivered, and why."""
    notice = claim.notices.current().select_related("email").get()
    return {
        "claim": claim,
        "notice": notice,
        "bounce_reason": bounce_reason_of(notice),
        "days": claim.opt_out_business_days,
    }
