"""**Watch this subscription**: begin and stop waiting for what can't be claimed yet (domain.md 9, row 8)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from associations.choices import SolutionArea
from associations.forms.messages import MESSAGES
from associations.models import Product
from associations.rules import lifecycle
from associations.services import watching
from associations.services.watching import NothingToWatch
from associations.views.people import signed_in
from associations.views.wizard import begin_visit


@require_POST
def watch_subscription(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin to watch the product that the button names, or stop."""
    visit, user = begin_visit(request, public_id), signed_in(request)
    if visit.by.role not in lifecycle.EDITORS:
        raise Http404
    asked = request.POST.get("watch") or request.POST.get("stop_watching") or ""
    if not asked.isascii() or not asked.isdigit() or len(asked) > 9:
        raise Http404
    product = get_object_or_404(Product, pk=asked, solution_area=SolutionArea.BA)
    if "watch" not in request.POST:
        watching.stop_watching(claim=visit.claim, product=product, watcher_id=user.pk)
        messages.info(request, _("%(product)s is not watched any more.") % {"product": product.name})
        return redirect("claim_step", public_id, "products")
    try:
        watching.watch(claim=visit.claim, product=product, watcher_id=user.pk, now=visit.now)
    except NothingToWatch:
        messages.error(request, str(MESSAGES["STATE_CONFLICT"]))
        return redirect("claim_detail", public_id)
    text = _("%(product)s is watched: you get a notice and a mail when it can be claimed.")
    messages.success(request, text % {"product": product.name})
    return redirect("claim_step", public_id, "products")
