"""**Ask a colleague to submit**: hands a finished draft to somebody who may submit it (domain.md D6)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from associations.forms.wizard.submit import AskToSubmitForm
from associations.models.partners import submitters_at
from associations.rules import lifecycle
from associations.services.claim import submission
from associations.services.claim.eligibility import ClaimIncomplete, ClaimIneligible
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.submission import NotAColleague
from associations.views.wizard.visit import begin_visit, redirect_to_claim
from associations.views.zones import in_own_zone
from associations.wording.messages import MESSAGES


@require_http_methods(["GET", "HEAD", "POST"])
@in_own_zone
def ask_to_submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask which colleague submits the claim, and tell them; an unfinished draft goes back to its check page."""
    visit = begin_visit(request, public_id)
    claim = visit.claim
    if not lifecycle.may_ask_to_submit(claim.status, visit.by.role):
        return redirect_to_claim(visit)
    colleagues = list(submitters_at(claim.location))
    form = AskToSubmitForm(request.POST if request.method == "POST" else None, colleagues=colleagues)
    if not form.is_valid():
        context = {"claim": claim, "form": form, "colleagues": colleagues}
        return render(request, "associations/wizard/ask_to_submit.html", context)
    try:
        colleague = submission.ask_to_submit(
            claim_id=claim.pk, colleague_id=form.cleaned_data["colleague"], by=visit.by, now=visit.now
        )
    except (ClaimIncomplete, ClaimIneligible):
        messages.error(request, _("The draft is not finished yet."))
        return redirect("claim_check", public_id)
    except (ClaimLocked, NotAColleague):
        messages.error(request, str(MESSAGES["STATE_CONFLICT"]))
        return redirect("claim_detail", public_id)
    text = _("%(name)s was asked to submit %(number)s.")
    messages.success(request, text % {"name": colleague.get_full_name(), "number": claim.number})
    return redirect("claim_check", public_id)
