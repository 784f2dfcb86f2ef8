"""Proofs of execution, stored as private files under names that can't be guessed (domain.md 4.3)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from associations.choices import ScanStatus
from associations.models.associations import Association
from associations.models.claim_queries import ClaimQuerySet
from associations.models.claims import Claim
from associations.rules.proof_reading.findings import FileState


def new_path() -> str:
    """Return a random storage name; the original name is only for display."""
    return f"proofs/{uuid.uuid4().hex}"


def proof_path(proof: "ProofOfExecution", filename: str) -> str:
    """Return where a new proof's file is stored."""
    return new_path()


def in_another_companys_claim(seen: ClaimQuerySet) -> Exists:
    """Return a query column of a claim: true if a file of it is also in another company's claim, one of *seen*."""
    others = ProofOfExecution.objects.filter(sha256=OuterRef("sha256"), claim__in=seen)
    own = ProofOfExecution.objects.filter(claim=OuterRef("pk"))
    return Exists(own.filter(Exists(others.exclude(claim__partner=OuterRef("claim__partner")))))


class ProofOfExecution(models.Model):
    """One uploaded file that shows the partner's work; an association migrated without a claim has its own."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="proofs", verbose_name=_("claim")
    )
    association = models.ForeignKey(
        Association,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proofs",
        verbose_name=_("association"),
    )
    file = models.FileField(upload_to=proof_path, max_length=200)
    name = models.CharField(_("document name"), max_length=255)
    kind = models.CharField(_("type"), max_length=10)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    scan_status = models.CharField(
        _("malware scan"), max_length=20, choices=ScanStatus.choices, default=ScanStatus.NOT_SCANNED
    )
    scan_due_at = models.DateTimeField(_("next malware scan"), null=True, blank=True)
    scan_tries = models.PositiveIntegerField(_("malware scans tried"), default=0, db_default=0)
    uploaded_at = models.DateTimeField(_("uploaded"))
    # Nobody: the portal itself sealed what the customer acknowledged.
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("proof of execution")
        verbose_name_plural = _("proofs of execution")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(scan_status__in=ScanStatus.values), name="scan_status_is_known"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="proof_is_not_empty"),
            models.CheckConstraint(
                condition=models.Q(claim__isnull=False, association=None)
                | models.Q(claim=None, association__isnull=False),
                name="proof_backs_one_claim_or_association",
            ),
            models.CheckConstraint(
                condition=models.Q(scan_status=ScanStatus.PENDING, scan_due_at__isnull=False)
                | (~models.Q(scan_status=ScanStatus.PENDING) & models.Q(scan_due_at__isnull=True)),
                name="a_scan_is_due_while_it_is_pending",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["scan_due_at"], condition=models.Q(scan_due_at__isnull=False), name="scans_due_by_time"
            ),
            models.Index(fields=["sha256"], name="proofs_by_checksum"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_usable(self) -> bool:
        """True if people can open the file: after its scan, and never when it is infected."""
        return bool(self.file) and self.scan_status in (ScanStatus.CLEAN, ScanStatus.NOT_SCANNED)

    @property
    def shown_name(self) -> str:
        """The document's name, or that it was removed with the personal data of its claim."""
        return self.name or str(_("File removed"))


class ProofReading(models.Model):
    """The text of one proof with its places, and what it shows of the claim; deleted with the file.

    `services.files.proof_reading` writes it. *evidence* follows from *parts* and from the claim's facts, whose key is
    *evidence_key*.
    """

    proof = models.OneToOneField(ProofOfExecution, on_delete=models.CASCADE, related_name="reading")
    state = models.CharField(max_length=10, default=FileState.READING.value)
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    parts = models.JSONField(default=list, blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    evidence_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("text of a proof")
        verbose_name_plural = _("texts of proofs")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in FileState]), name="reading_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=FileState.READING.value, due_at__isnull=False)
                | (~models.Q(state=FileState.READING.value) & models.Q(due_at__isnull=True)),
                name="a_reading_is_due_until_it_is_done",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="readings_due_by_time"),
        ]

    def __str__(self) -> str:
        return str(self.proof)


class ProofPointer(models.Model):
    """The place of an element as the partner describes it to the reviewer: "page 4, second paragraph".

    *about* is the element, or `product:CODE` for one product.
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="proof_pointers", verbose_name=_("claim"))
    about = models.CharField(max_length=40)
    text = models.CharField(_("where it is"), max_length=200)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = _("place in a proof")
        verbose_name_plural = _("places in proofs")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "about"], name="place_is_told_once_for_each_element"),
        ]

    def __str__(self) -> str:
        return self.text


class Acknowledgement(models.Model):
    """The customer's acknowledgement of the work: asked by the partner, given on the link, then sealed as a proof.

    *statement* is the text as the customer read it, of which `services.files.sealing` makes the document.
    """

    claim = models.OneToOneField(Claim, on_delete=models.CASCADE, related_name="acknowledgement")
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey("CustomerNotice", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    signer_name = models.CharField(_("name"), max_length=120, blank=True)
    signer_title = models.CharField(_("job title"), max_length=120, blank=True)
    signer_email = models.EmailField(_("email"), blank=True)
    signer_ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    signer_user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    code_number = models.PositiveSmallIntegerField(null=True, blank=True)
    code_sent_at = models.DateTimeField(_("code sent"), null=True, blank=True)
    statement = models.JSONField(default=dict, blank=True)
    seal_due_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(_("sealed"), null=True, blank=True)
    # Of the document before its time stamp; that of the document as it is now is the proof's.
    sealed_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    # The time stamp of an outside authority, which may come later than the seal.
    stamp_due_at = models.DateTimeField(null=True, blank=True)
    stamped_at = models.DateTimeField(_("time stamp added"), null=True, blank=True)
    proof = models.OneToOneField(
        ProofOfExecution, on_delete=models.SET_NULL, null=True, blank=True, related_name="acknowledgement"
    )

    class Meta:
        verbose_name = _("acknowledgement of work")
        verbose_name_plural = _("acknowledgements of work")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(given_at=None, notice=None)
                | models.Q(given_at__isnull=False, notice__isnull=False, code_sent_at__isnull=False),
                name="acknowledgement_came_by_a_notice_and_a_code",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed_at=None, stamp_due_at=None, stamped_at=None, proof=None)
                | models.Q(given_at__isnull=False, sealed_at__isnull=False, seal_due_at=None),
                name="acknowledgement_is_sealed_once_given",
            ),
            models.CheckConstraint(
                condition=models.Q(seal_due_at=None) | models.Q(given_at__isnull=False), name="seal_is_due_once_given"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["seal_due_at"], condition=models.Q(seal_due_at__isnull=False), name="seals_due_by_time"
            ),
            models.Index(
                fields=["stamp_due_at"], condition=models.Q(stamp_due_at__isnull=False), name="stamps_due_by_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.claim)


class LooseFile(models.Model):
    """A stored file that no proof holds: on its way in until it is attached, or on its way out.

    The row is there before the first byte is stored, and goes with the transaction that attaches the file. So a
    process may die at any moment: what is left loose is known by name, and swept.
    """

    name = models.CharField(max_length=200, unique=True)
    since_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("loose file")
        verbose_name_plural = _("loose files")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
