"""Shows reviewers a page of a proof as it looks, the words marked on it, and the cut-out of an ID to compare."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from associations.admin.findings.files import ProofFilesAdmin
from associations.files import storage
from associations.files.proof_texts import DRAWN, SCAN_DPI, SHOWN_DPI, NotReadable, SandboxBusy, picture_of
from associations.files.storage import StorageUnavailable
from associations.models import Claim, ProofOfExecution
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.texts import PlaceKind

logger = logging.getLogger(__name__)

Corners = tuple[float, float, float, float]
MOST_MARKS = 20
LAST_PAGE = 10_000
# How much of the page around the words a cut-out shows.
MARGIN_ACROSS, MARGIN_DOWN = 0.02, 0.008


def is_drawn(proof: ProofOfExecution, spot: Mapping[str, Any]) -> bool:
    """Return whether a place can be shown on a picture of its page; one in an attachment can't."""
    return ProofKind(proof.kind) in DRAWN and spot.get("kind") == PlaceKind.PAGE.value and not spot.get("name")


def page_url(claim: Claim, proof: ProofOfExecution, spot: Mapping[str, Any]) -> str:
    """Return where the page with the marked words is shown."""
    page = reverse("admin:associations_claim_proof_page", args=[claim.pk, proof.public_id, spot.get("number", 1)])
    return f"{page}?{query_of(spot.get('boxes', ()))}#mark"


def cut_url(claim: Claim, proof: ProofOfExecution, spot: Mapping[str, Any]) -> str:
    """Return where the cut-out with the words is, with a little around; nothing for a place without a rectangle."""
    boxes = spot.get("boxes", ())
    if not (is_drawn(proof, spot) and boxes):
        return ""
    left, top, right, bottom = boxes[0]
    wider = (left - MARGIN_ACROSS, top - MARGIN_DOWN, right + MARGIN_ACROSS, bottom + MARGIN_DOWN)
    picture = reverse("admin:associations_claim_proof_picture", args=[claim.pk, proof.public_id, spot["number"]])
    return f"{picture}?{query_of([[min(max(each, 0.0), 1.0) for each in wider]])}"


def query_of(boxes: Sequence[Sequence[float]]) -> str:
    return urlencode([("box", ",".join(f"{each:.4f}" for each in box)) for box in boxes])


def boxes_in(request: HttpRequest) -> list[Corners]:
    """Return the rectangles of the address, in parts of the page; those that are none are left out."""
    found = []
    for told in request.GET.getlist("box")[:MOST_MARKS]:
        try:
            left, top, right, bottom = (float(each) for each in told.split(","))
        except ValueError:
            continue
        # NaN is in no order.
        if 0 <= left < right <= 1 and 0 <= top < bottom <= 1:
            found.append((left, top, right, bottom))
    return found


class ProofPagesAdmin(ProofFilesAdmin):
    """The page of one file as a picture, and the picture itself."""

    @method_decorator(csp_replace({"frame-ancestors": [SELF]}))
    @method_decorator(xframe_options_sameorigin)
    @method_decorator(require_safe)
    def page_view(self, request: HttpRequest, claim_id: int, proof_id: UUID, page: int) -> HttpResponse:
        """Show one page with the words marked at the rectangles that the address names."""
        proof = self.proof_of(request, claim_id, proof_id)
        if ProofKind(proof.kind) not in DRAWN or not 1 <= page <= LAST_PAGE:
            raise Http404
        key = [claim_id, proof.public_id]
        marks = [
            {"x": left * 1000, "y": top * 1000, "width": (right - left) * 1000, "height": (bottom - top) * 1000}
            for left, top, right, bottom in boxes_in(request)
        ]
        context = {
            "proof": proof,
            "page": page,
            "marks": marks,
            "picture_url": reverse("admin:associations_claim_proof_picture", args=[*key, page]),
            "text_url": reverse("admin:associations_claim_proof_text", args=key),
        }
        response = render(request, "admin/associations/claim/proof_page.html", context)
        response["Cache-Control"] = "private, no-store"
        return response

    @method_decorator(require_safe)
    def picture_view(self, request: HttpRequest, claim_id: int, proof_id: UUID, page: int) -> HttpResponse:
        """Answer with one page as a picture, or with the cut-out at the rectangle that the address names."""
        proof = self.proof_of(request, claim_id, proof_id)
        kind = ProofKind(proof.kind)
        if not proof.is_usable or kind not in DRAWN or not 1 <= page <= LAST_PAGE:
            raise Http404
        cut = next(iter(boxes_in(request)), ())
        try:
            with storage.read(proof.file.name or "") as file:
                png = picture_of(file, kind=kind, page=page, dpi=SCAN_DPI if cut else SHOWN_DPI, cut=cut)
        except NotReadable as error:
            raise Http404 from error
        except (SandboxBusy, StorageUnavailable):
            logger.warning("A page of proof %s could not be drawn now.", proof.pk)
            text = _("The file can't be read at the moment. Try again in a few minutes.")
            return HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
        response = HttpResponse(png, content_type="image/png")
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response
