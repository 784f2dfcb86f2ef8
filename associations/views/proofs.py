"""Proofs of execution: handed out to who may see the claim, removed while it is a draft (domain.md 4.3)."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from associations.models import Claim, ProofOfExecution
from associations.models.claims import ClaimQuerySet
from associations.rules.evidence import ProofKind
from associations.services import drafting
from associations.services.drafting import ClaimLocked, ProofNotRemovable
from associations.views.people import signed_in
from associations.views.wizard import begin_visit, refuse_edit


def proof_download(request: HttpRequest, public_id: UUID, proof_id: UUID) -> FileResponse:
    """Hand the file out as an attachment to the claim's company and to reviewers of others, never inline."""
    claims = readable_claims(signed_in(request))
    proofs = ProofOfExecution.objects.filter(claim__in=claims, claim__public_id=public_id)
    proof = get_object_or_404(proofs, public_id=proof_id)
    response = FileResponse(
        proof.file.open("rb"),
        as_attachment=True,
        filename=proof.name,
        content_type=ProofKind(proof.kind).media_type,
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def readable_claims(user: User) -> ClaimQuerySet:
    """Return the claims whose evidence *user* may open (domain.md R16, R17)."""
    claims = Claim.objects.visible_to(user)
    if user.has_perm("associations.review_claim"):
        return claims | Claim.objects.reviewable_by(user)
    return claims


@require_POST
def proof_remove(request: HttpRequest, public_id: UUID, proof_id: UUID) -> HttpResponse:
    """Take a file off a draft."""
    visit = begin_visit(request, public_id)
    proof = get_object_or_404(visit.claim.proofs, public_id=proof_id)
    try:
        drafting.discard_proof(claim_id=visit.claim.pk, proof_id=proof.pk, by=visit.by, now=visit.now)
    except ClaimLocked:
        refuse_edit(visit, groups=["proof"])
    except ProofNotRemovable:
        messages.error(request, _("A file that was submitted with the claim stays with it."))
    except ProofOfExecution.DoesNotExist as error:
        raise Http404 from error
    else:
        messages.info(request, _("%(name)s was removed.") % {"name": proof.name})
    return redirect("claim_step", public_id, "proof")
