"""Proofs of execution: handed out to who may see the claim, removed while it is a draft (domain.md 4.3)."""

import logging
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.post_only import post_only
from associations.choices import ScanStatus
from associations.files import storage
from associations.files.storage import StorageUnavailable
from associations.models import Claim, ProofOfExecution
from associations.models.claim_queries import ClaimQuerySet
from associations.rules.proof_files import ProofKind, download_name
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.claim.proofs import ProofNotRemovable, discard_proof
from associations.views.actor import signed_in
from associations.views.wizard.visit import begin_visit, refuse_edit

logger = logging.getLogger(__name__)


@require_safe
def proof_download(request: HttpRequest, public_id: UUID, proof_id: UUID) -> HttpResponseBase:
    """Hand the file out as an attachment to the claim's company and to reviewers of others, never inline.

    A bucket hands it out itself, at an address that holds for a minute.
    """
    claims = readable_claims(signed_in(request))
    proofs = ProofOfExecution.objects.filter(claim__in=claims, claim__public_id=public_id)
    return file_response(request, get_object_or_404(proofs.exclude(name=""), public_id=proof_id))


def file_response(request: HttpRequest, proof: ProofOfExecution) -> HttpResponseBase:
    """Answer with the file of *proof*, which the person may open, or say why nobody opens it."""
    if not proof.is_usable:
        return refuse_unusable(request, proof)
    path = proof.file.name or ""
    address = storage.address_for_browsers(path, shown_as=proof.name)
    response = redirect(address) if address else streamed(request, proof)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def streamed(request: HttpRequest, proof: ProofOfExecution) -> HttpResponseBase:
    """Answer with the file itself, or say that it can't be read now."""
    try:
        file = storage.read(proof.file.name or "")
    except StorageUnavailable:
        logger.exception("The file of proof %s could not be read.", proof.pk)
        text = _("The file can't be read at the moment. Try again in a few minutes.")
        return unavailable(request, title=_("The file is not available now"), text=text, status=503)
    return FileResponse(
        file,
        as_attachment=True,
        filename=download_name(proof.name),
        content_type=ProofKind(proof.kind).media_type,
    )


def refuse_unusable(request: HttpRequest, proof: ProofOfExecution) -> HttpResponse:
    """Say why nobody opens this file: it is being scanned, or it was infected."""
    if proof.scan_status == ScanStatus.INFECTED:
        text = _("%(name)s contained a virus and was deleted.") % {"name": proof.name}
        return unavailable(request, title=_("The file was deleted"), text=text, status=410)
    text = _("%(name)s is still being scanned for viruses. Try again in a minute.") % {"name": proof.name}
    return unavailable(request, title=_("The file is being scanned"), text=text, status=409)


def unavailable(request: HttpRequest, *, title: str, text: str, status: int) -> HttpResponse:
    return render(request, "associations/proof_unavailable.html", {"title": title, "text": text}, status=status)


def readable_claims(user: User) -> ClaimQuerySet:
    """Return the claims whose evidence *user* may open (domain.md R16, R17)."""
    claims = Claim.objects.visible_to(user)
    if user.has_perm("associations.review_claim"):
        return claims | Claim.objects.reviewable_by(user)
    return claims


@post_only("claim_detail", "public_id")
def proof_remove(request: HttpRequest, public_id: UUID, proof_id: UUID) -> HttpResponse:
    """Take a file off a draft."""
    visit = begin_visit(request, public_id)
    proof = get_object_or_404(visit.claim.proofs, public_id=proof_id)
    try:
        discard_proof(claim_id=visit.claim.pk, proof_id=proof.pk, by=visit.by, now=visit.now)
    except ClaimLocked:
        refuse_edit(visit, groups=["proof"])
    except ProofNotRemovable:
        messages.error(request, _("A file that was submitted with the claim stays with it."))
    except ProofOfExecution.DoesNotExist as error:
        raise Http404 from error
    else:
        messages.info(request, _("%(name)s was removed.") % {"name": proof.name})
    return redirect("claim_step", public_id, "proof")
