"""Lasting trouble with sending or reading email, for operators."""

from typing import ClassVar

from django.db import models


class TroubleKind(models.TextChoices):
    ENVELOPE_REFUSED = "envelope_refused"


class MailTrouble(models.Model):
    """One lasting trouble: its start, when it was last seen, and the other side's words. No page shows it."""

    kind = models.CharField(max_length=30, choices=TroubleKind, primary_key=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    words = models.TextField()

    objects: ClassVar[models.Manager["MailTrouble"]] = models.Manager()

    class Meta:
        ordering: ClassVar = ["kind"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=TroubleKind.values), name="mail_trouble_is_known")
        ]

    def __str__(self) -> str:
        return self.kind
