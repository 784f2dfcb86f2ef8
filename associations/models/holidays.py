"""Where the list of public holidays is wrong: days that the platform admin adds or takes away (domain.md 1.9, D5)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class HolidayOverride(models.Model):
    """One day of one country that is a public holiday though the list says otherwise, or the other way round.

    Weekends rest in any case. Windows that are open keep the end that was stored for them.
    """

    country = models.CharField(_("country"), max_length=2)
    falls_on = models.DateField(_("day"))
    is_holiday = models.BooleanField(_("public holiday"), default=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("holiday override")
        verbose_name_plural = _("holiday overrides")
        ordering: ClassVar = ["-falls_on", "country"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "falls_on"], name="day_of_a_country_is_overridden_once"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.falls_on}"
