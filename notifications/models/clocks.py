"""The last run of each clock."""

from typing import ClassVar

from django.db import models


class ClockRun(models.Model):
    """The last run of a clock that came to its end: one row per clock. No page shows it."""

    clock = models.CharField(max_length=60, primary_key=True)
    ended_at = models.DateTimeField()
    seconds = models.FloatField()

    objects: ClassVar[models.Manager["ClockRun"]] = models.Manager()

    class Meta:
        ordering: ClassVar = ["clock"]

    def __str__(self) -> str:
        return self.clock
