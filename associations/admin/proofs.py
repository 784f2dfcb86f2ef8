"""Proofs of execution beside the facts: images and PDF pages in a sandbox, everything else to download (ADR 4)."""

import logging
from dataclasses import dataclass

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from associations.files import storage
from associations.files.storage import StorageUnavailable
from associations.models import Association, Claim, ProofOfExecution
from associations.rules.proof_files import ProofKind, download_name
from associations.wording.lines import FileLine, file_line

logger = logging.getLogger(__name__)

IMAGES = frozenset({ProofKind.PNG, ProofKind.JPEG})
PREVIEWED = IMAGES | {ProofKind.PDF}

# Whatever a browser made of the bytes, it would be a document of no origin that may load and run nothing.
SANDBOX = "sandbox; default-src 'none'; img-src 'self'; frame-ancestors 'self'"


@dataclass(frozen=True, kw_only=True)
class DeskFile:
    """A file of a claim on the desk, with where to see it before it is downloaded."""

    id: str
    line: FileLine
    preview_url: str
    is_image: bool


def files_of(claim: Claim) -> list[DeskFile]:
    """Return the files of a claim, newest first, with where to read them; those of a draft are the partner's alone."""
    return [desk_file(proof, claim) for proof in newest_first(claim)]


def newest_first(claim: Claim) -> list[ProofOfExecution]:
    return sorted(claim.proofs.all(), key=lambda proof: (proof.uploaded_at, proof.pk), reverse=True)


def desk_file(proof: ProofOfExecution, claim: Claim) -> DeskFile:
    is_filed = claim.submitted_at is not None
    url = reverse("proof_download", args=[claim.public_id, proof.public_id])
    return DeskFile(
        id=str(proof.public_id),
        line=file_line(
            proof,
            by=proof.uploaded_by.get_full_name() if proof.uploaded_by else _("CPOR portal"),
            url=url if is_filed else "",
        ),
        preview_url=preview_url(proof, claim) if is_filed and is_previewed(proof) else "",
        is_image=ProofKind(proof.kind) in IMAGES,
    )


def preview_url(proof: ProofOfExecution, holder: Claim | Association) -> str:
    """Return where the desk shows a proof of a claim, or of an association that has none."""
    page = "proof_preview" if isinstance(holder, Claim) else "held_proof_preview"
    return reverse(f"admin:associations_claim_{page}", args=[holder.pk, proof.public_id])


def is_previewed(proof: ProofOfExecution) -> bool:
    """Return whether the desk shows the file itself: not before its scan, and not one that was found infected."""
    return ProofKind(proof.kind) in PREVIEWED and proof.is_usable


def chosen_file(files: list[DeskFile], chosen: str) -> DeskFile | None:
    """Return the file to show: the chosen one, else the first that can be shown."""
    shown = [file for file in files if file.preview_url]
    return next((file for file in shown if file.id == chosen), shown[0] if shown else None)


def preview(proof: ProofOfExecution) -> HttpResponseBase:
    """Answer with the file in a sandbox, as an attachment unless it is an image or a PDF.

    Raise Http404 before its scan, and for an infected one. The portal streams it even from a bucket, because the
    sandbox is the portal's to set.
    """
    if not proof.is_usable:
        raise Http404
    try:
        file = storage.read(proof.file.name or "")
    except StorageUnavailable:
        logger.exception("The file of proof %s could not be read.", proof.pk)
        text = _("The file can't be read at the moment. Try again in a few minutes.")
        return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    response = FileResponse(
        file,
        as_attachment=not is_previewed(proof),
        filename=download_name(proof.name),
        content_type=ProofKind(proof.kind).media_type,
    )
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
