"""Proof of execution: private files under unguessable names (domain.md 4.3)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from associations.choices import ScanStatus
from associations.models.claims import Claim


def proof_path(proof: "ProofOfExecution", filename: str) -> str:
    """Return a random storage name; the original name is only for display."""
    return f"proofs/{uuid.uuid4().hex}"


class ProofOfExecution(models.Model):
    """One uploaded file that shows the partner's work."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="proofs", verbose_name=_("claim"))
    file = models.FileField(upload_to=proof_path, max_length=200)
    name = models.CharField(_("document name"), max_length=255)
    kind = models.CharField(_("type"), max_length=10)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    scan_status = models.CharField(
        _("malware scan"), max_length=20, choices=ScanStatus.choices, default=ScanStatus.NOT_SCANNED
    )
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("proof of execution")
        verbose_name_plural = _("proofs of execution")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(scan_status__in=ScanStatus.values), name="scan_status_is_known"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="proof_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
