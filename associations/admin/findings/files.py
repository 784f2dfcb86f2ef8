"""Finds a file of a filed claim for a reviewer."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from associations.admin.desk import DeskAdmin
from associations.models import ProofOfExecution


class ProofFilesAdmin(DeskAdmin):
    """The files of the claims that a reviewer sees."""

    def proof_of(self, request: HttpRequest, claim_id: int, proof_id: UUID) -> ProofOfExecution:
        """Return the file with its reading; raise Http404 for one that isn't to be seen, or PermissionDenied."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        claims = self.get_queryset(request).exclude(submitted_at=None).filter(pk=claim_id)
        proofs = ProofOfExecution.objects.filter(claim__in=claims).exclude(name="").select_related("reading")
        return get_object_or_404(proofs, public_id=proof_id)
