"""What a person is to be reminded of, and when: a due time on a row, asked for by a sweep."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from associations.choices import ReminderKind
from associations.models.claims import Claim


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Phrases from the office; they compose."""

    def due(self, now: datetime) -> "ReminderQuerySet":
        return self.filter(done_at=None, due_at__lte=now)


class Reminder(models.Model):
    """One reminder of one claim. Whether it is still true is asked when its time comes, not when it is written."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="reminders", verbose_name=_("claim"))
    kind = models.CharField(_("kind"), max_length=30, choices=ReminderKind.choices)
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects: ClassVar = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering: ClassVar = ["due_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None), name="reminders_not_done"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "kind", "due_at"], name="reminder_is_written_once"),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="reminder_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_kind_display()}"
