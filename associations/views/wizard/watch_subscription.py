"""**Tell me when the customer has it**: starts and stops watching what can't be claimed yet (domain.md 9, row 8)."""

import contextlib
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accounts.post_only import post_only
from associations.forms.wizard.step_form import Intent
from associations.models import Product
from associations.rules import lifecycle
from associations.services.claim import subscription_watch
from associations.services.claim.answers import StaleAnswers
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.subscription_watch import NothingToWatch
from associations.views.actor import signed_in
from associations.views.wizard.visit import Visit, begin_visit, recording
from associations.wizard.steps import BY_KEY
from associations.wording.messages import MESSAGES
from guides.choices import Grain


@post_only("claim_detail", "public_id")
def watch_subscription(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin to watch the product that the button names, or stop; what is selected on the page is saved with it."""
    visit, user = begin_visit(request, public_id), signed_in(request)
    if visit.by.role not in lifecycle.EDITORS:
        raise Http404
    asked = request.POST.get("watch") or request.POST.get("stop_watching") or ""
    if not asked.isascii() or not asked.isdigit() or len(asked) > 9:
        raise Http404
    product = get_object_or_404(Product, pk=asked, solution_area__in=visit.claim.edition.areas_of(Grain.SUBSCRIPTION))
    save_selection(visit)
    if "watch" not in request.POST:
        subscription_watch.stop_watching(claim=visit.claim, product=product, watcher_id=user.pk)
        messages.info(request, _("%(product)s: we won't tell you any more.") % {"product": product.name})
        return redirect("claim_step", public_id, "products")
    try:
        subscription_watch.watch(claim=visit.claim, product=product, watcher_id=user.pk, now=visit.now)
    except NothingToWatch:
        messages.error(request, str(MESSAGES["STATE_CONFLICT"]))
        return redirect("claim_detail", public_id)
    text = _("%(product)s: we'll notify you here and by email when it can be claimed.")
    messages.success(request, text % {"product": product.name})
    return redirect("claim_step", public_id, "products")


def save_selection(visit: Visit) -> None:
    """Save the products selected on a draft's page, which the button belongs to, if they are right and current."""
    step, post = BY_KEY["products"], visit.request.POST
    if "version" not in post or visit.claim.submitted_at is not None:
        return
    form = step.form(post, asked=visit.asked, initial=step.read(visit.claim), intent=Intent.QUIET)
    if form.is_valid():
        with contextlib.suppress(ClaimLocked, StaleAnswers):
            step.record(form.facts(), recording(visit))
