"""What one person did to many claims at once: one line per claim, written with the deed or not at all."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from associations.choices import BulkAction, BulkOutcome
from associations.models.claims import Claim


class BulkRun(models.Model):
    """One press of the button. The page it stands on chose its address: a second press is the same run."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bulk_runs")
    action = models.CharField(_("action"), max_length=20, choices=BulkAction.choices)
    started_at = models.DateTimeField(_("started"))

    class Meta:
        verbose_name = _("action on many claims")
        verbose_name_plural = _("actions on many claims")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(action__in=BulkAction.values), name="bulk_action_is_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_action_display())


class BulkRow(models.Model):
    """What became of one claim."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(_("result"), max_length=20, choices=BulkOutcome.choices)
    draft = models.ForeignKey(Claim, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("result for one claim")
        verbose_name_plural = _("results for one claim")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "claim"], name="claim_is_taken_once_per_run"),
            models.CheckConstraint(condition=models.Q(outcome__in=BulkOutcome.values), name="bulk_outcome_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_outcome_display()}"
