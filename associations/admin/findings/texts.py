"""Shows reviewers what the portal found in the files of a claim, and the text of a file with the words marked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from associations.admin.findings.pages import ProofPagesAdmin, cut_url, is_drawn, page_url
from associations.models import Claim, ProofOfExecution
from associations.rules.proof_reading.texts import Part, Source, part_of
from associations.services.files.proof_findings import WITH_READINGS, claim_findings
from associations.wording.proof_findings import files_left, lines_of, place_in_words


@dataclass(frozen=True)
class ShownLine:
    """A line of a text, its marked words between the others."""

    before: str
    marked: str
    behind: str
    is_first: bool


@dataclass(frozen=True)
class ShownPart:
    """A page, slide, row or paragraph with its lines."""

    place: str
    is_unread: bool
    lines: list[ShownLine]


def findings_for_reviewers(claim: Claim, *, now: datetime) -> dict[str, Any]:
    """Return the same list as the partner's; each place opens the text with its words marked."""
    if claim.submitted_at is None or claim.forgotten_at is not None or not claim.proofs.all():
        return {"findings": None}
    found = claim_findings(claim, now=now)

    def url_of(proof: ProofOfExecution, spot: Mapping[str, Any]) -> str:
        if not proof.is_usable:
            return ""
        if is_drawn(proof, spot):
            return page_url(claim, proof, spot)
        page = reverse("admin:associations_claim_proof_text", args=[claim.pk, proof.public_id])
        return f"{page}?line={spot.get('line', -1)}&start={spot.get('start', 0)}&end={spot.get('end', 0)}#mark"

    def picture_of(proof: ProofOfExecution, spot: Mapping[str, Any]) -> str:
        return cut_url(claim, proof, spot) if proof.is_usable else ""

    lines = lines_of(found, claim, url_of=url_of, picture_of=picture_of)
    return {"findings": {"lines": lines, "left": files_left(found), "is_reading": found.is_reading}}


class ProofTextsAdmin(ProofPagesAdmin):
    """The page with what was found, and the one with the text of a file."""

    @method_decorator(csp_update({"frame-src": [SELF]}))
    @method_decorator(require_safe)
    def findings_view(self, request: HttpRequest, claim_id: int) -> HttpResponse:
        """Show the partner's list of a filed claim, with the first words that were found beside it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        claims = (
            self.get_queryset(request)
            .exclude(submitted_at=None)
            .select_related("partner", "tenant", "acknowledgement")
        )
        claims = claims.prefetch_related("items__product", "contacts", WITH_READINGS)
        claim = get_object_or_404(claims, pk=claim_id)
        context = findings_for_reviewers(claim, now=timezone.now())
        lines = context["findings"]["lines"] if context["findings"] else []
        opened = [place.url for line in lines for piece in line.pieces for place in piece.places if place.url]
        context |= {"first_url": opened[0] if opened else ""}
        return self.answer(request, "admin/associations/claim/findings.html", claim, context)

    @method_decorator(csp_replace({"frame-ancestors": [SELF]}))
    @method_decorator(xframe_options_sameorigin)
    @method_decorator(require_safe)
    def text_view(self, request: HttpRequest, claim_id: int, proof_id: UUID) -> HttpResponse:
        """Show what was read of a file of a filed claim, with the words at `line`, `start` and `end` marked."""
        proof = self.proof_of(request, claim_id, proof_id)
        reading = getattr(proof, "reading", None) if proof.is_usable else None
        mark = tuple(number_in(request, name) for name in ("line", "start", "end"))
        parts = [part_of(told) for told in reading.parts] if reading else []
        context = {"proof": proof, "parts": list(shown(parts, mark)), "state": reading.state if reading else ""}
        response = render(request, "admin/associations/claim/proof_text.html", context)
        response["Cache-Control"] = "private, no-store"
        return response


def number_in(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def shown(parts: list[Part], mark: tuple[int, ...]) -> Iterator[ShownPart]:
    """Yield the parts with their lines; the lines are counted as the rules count them, without blank ones."""
    index, (wanted, start, end) = -1, mark
    for part in parts:
        lines = []
        for line in part.lines:
            if not line.text.strip():
                continue
            index += 1
            if index == wanted and 0 <= start < end:
                text = line.text
                lines.append(ShownLine(text[:start], text[start:end], text[end:], is_first=True))
            else:
                lines.append(ShownLine(line.text, "", "", is_first=False))
        spot = {"kind": part.kind.value, "number": part.number, "name": part.name}
        yield ShownPart(place_in_words(spot), part.source is Source.UNREAD, lines)
