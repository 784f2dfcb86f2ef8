"""Shows the first page of the wizard, which makes a draft."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from associations.forms.wizard.customer import CustomerForm
from associations.forms.wizard.step_form import Asked
from associations.services.claim import drafting
from associations.views.actor import may_draft, partner_actor, signed_in
from associations.views.company.permissions import global_admins_for
from associations.views.posted_ids import posted_id
from associations.views.wizard.progress_list import first_rows, place_in_words
from associations.views.wizard.visit import warn
from associations.views.zones import in_own_zone
from associations.wizard.steps import STEPS


@in_own_zone
def start_claim(request: HttpRequest) -> HttpResponse:
    """The first page: which location, which customer. A good answer makes the draft."""
    user, now = signed_in(request), timezone.now()
    if not may_draft(user):
        return render(request, "associations/wizard/no_role.html", {"admins": global_admins_for(user)}, status=403)
    asked = Asked(user=user, now=now)
    draft_id = posted_id(request, "draft_id")
    if request.method != "POST":
        return draw_start(request, CustomerForm(asked=asked), draft_id)
    form = CustomerForm(request.POST, asked=asked)
    if not form.is_valid() or form.tenant is None or form.earlier:
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
        "kicker": place_in_words(1),
        "back_url": reverse("claim_list"),
        "steps": first_rows(has_errors=bool(form.errors)),
    }
    return render(request, STEPS[0].template, context)
