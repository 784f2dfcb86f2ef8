"""Shows what the portal found in the files of a claim, and stores the partner's pointers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.post_only import post_only
from associations.forms.claim.proof_pointers import ProofPointersForm
from associations.models import Claim, ProofOfExecution
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.proof_reading.findings import State
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import takes_proofs
from associations.services.files.proof_findings import claim_findings, point_to
from associations.views.wizard.visit import Visit, begin_visit
from associations.views.zones import in_own_zone
from associations.wording.proof_findings import files_left, lines_of

# About these no place has to be told.
ANSWERED = frozenset({State.FOUND.value, State.READING.value})


def findings_context(claim: Claim, *, by: Actor, now: Any, asks: bool = True) -> dict[str, Any]:
    """Return what `associations/proof_findings.html` shows; with *asks* the partner can say where the rest is."""
    if not claim.proofs.all() or claim.forgotten_at is not None:
        return {"findings": None}
    found = claim_findings(claim, now=now, with_pointers=asks)
    lines = lines_of(found, claim, url_of=url_of(claim))
    step_url = f"{reverse('claim_step', args=[claim.public_id, 'proof'])}?next=check#findings"
    is_open = any(line.state not in ANSWERED for line in lines)
    can_point = asks and is_open and takes_proofs(claim) and by.role in lifecycle.EDITORS
    return {
        "findings": {
            "lines": lines,
            "is_reading": found.is_reading,
            "left": files_left(found),
            "can_point": can_point,
            "step_url": step_url if is_open and not asks else "",
            "poll_url": reverse("claim_findings", args=[claim.public_id]) + ("" if asks else "?reading=only"),
            "save_url": reverse("proof_pointers", args=[claim.public_id]),
        }
    }


def url_of(claim: Claim) -> Any:
    def open_file(proof: ProofOfExecution, spot: Mapping[str, Any]) -> str:
        """Return where the file is downloaded; the portal shows no partner its pages."""
        return reverse("proof_download", args=[claim.public_id, proof.public_id]) if proof.is_usable else ""

    return open_file


@require_safe
@in_own_zone
def claim_findings_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The list alone, for a page that shows it while the files are being read."""
    visit = begin_visit(request, public_id)
    asks = request.GET.get("reading") != "only"
    context = findings_context(visit.claim, by=visit.by, now=visit.now, asks=asks)
    response = render(request, "associations/proof_findings.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@post_only("claim_detail", "public_id", part="findings")
@in_own_zone
def proof_pointers(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Store the partner's pointers to elements in the files."""
    visit = begin_visit(request, public_id)
    if visit.by.role not in lifecycle.EDITORS:
        raise Http404
    form = ProofPointersForm(request.POST, claim=visit.claim)
    if not form.is_valid():
        messages.error(request, _("Use at most 200 characters for each place."))
        return redirect(back_of(visit))
    try:
        point_to(claim_id=visit.claim.pk, places=form.places(), by=visit.by, now=timezone.now())
    except ClaimLocked:
        messages.error(request, _("This claim is closed: nothing can be added any more."))
    else:
        messages.success(request, _("The reviewer sees where you said it is."))
    return redirect(back_of(visit))


def back_of(visit: Visit) -> str:
    """Return the page that the form was on: one of the portal's own."""
    request, page = visit.request, visit.request.POST.get("next", "")
    hosts = {request.get_host()}
    if not url_has_allowed_host_and_scheme(page, allowed_hosts=hosts, require_https=request.is_secure()):
        page = reverse("claim_detail", args=[visit.claim.public_id])
    return f"{page.partition('#')[0]}#findings"
