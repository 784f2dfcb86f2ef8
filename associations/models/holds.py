"""Holds: they keep a claim from becoming official until a reviewer has decided (domain.md D19, D20)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from associations.choices import HoldKind, HoldOutcome
from associations.models.claims import Claim
from associations.models.notices import CustomerNotice
from notifications.models import IncomingEmail


class ClaimHoldQuerySet(models.QuerySet["ClaimHold"]):
    """Phrases about holds; they compose."""

    def unsettled(self) -> "ClaimHoldQuerySet":
        """Holds that wait for a reviewer."""
        return self.filter(settled_at=None)


class ClaimHold(models.Model):
    """One email that came in about a claim's notice, and what a reviewer decided about it.

    While it is not settled, the claim does not become official. `Claim.hold_kinds` and `Claim.hold_due_at` repeat what
    is open: these columns are what the sweep asks, under the claim's lock, and what lists show. `reason` is the
    reviewer's own text; like the email's text it is shown to reviewers only. What the portal settled itself has no
    `settled_by`.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="holds", verbose_name=_("claim"))
    kind = models.CharField(_("kind"), max_length=20, choices=HoldKind.choices)
    notice = models.ForeignKey(
        CustomerNotice, on_delete=models.PROTECT, related_name="holds", verbose_name=_("customer notice")
    )
    incoming = models.OneToOneField(
        IncomingEmail, on_delete=models.PROTECT, related_name="claim_hold", verbose_name=_("incoming email")
    )
    opened_at = models.DateTimeField(_("on hold since"))
    due_at = models.DateTimeField(_("decision due"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=HoldOutcome.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects: ClassVar = ClaimHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=HoldKind.values), name="hold_kind_is_known"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="", reason="")
                | Q(settled_at__isnull=False, outcome__in=HoldOutcome.values),
                name="settled_hold_has_time_and_outcome",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(outcome=HoldOutcome.OVERTAKEN) | Q(settled_by__isnull=False),
                name="hold_was_decided_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_kind_display()}"
