"""Reference data that the platform admin keeps: programs, products and corrected holidays (domain.md 3.2-3.4)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from associations.choices import ProductGroup
from guides.editions import Activity, Edition


class IncentiveProgram(models.Model):
    """A program in which locations are enrolled. Editions say which activities it pays, and by which rules (D22)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("incentive program")
        verbose_name_plural = _("incentive programs")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A Microsoft 365 workload or a Business Applications product: the identity behind the rows of editions.

    The claim's edition (`guides.editions`) has its name and the activities it can be claimed for.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    solution_area = models.CharField(_("solution area"), max_length=10)
    group = models.CharField(_("group"), max_length=10, choices=ProductGroup.choices)

    class Meta:
        verbose_name = _("product or workload")
        verbose_name_plural = _("products and workloads")
        ordering: ClassVar = ["solution_area", "group", "name"]

    def __str__(self) -> str:
        return self.name

    def area_in(self, edition: Edition) -> str:
        """Return the code of the solution area in *edition*, or of the one that takes the place of the catalog's."""
        return edition.area_of(self.code, in_catalog=self.solution_area)

    def open_to(self, edition: Edition) -> tuple[Activity, ...]:
        """Return the activities of *edition* that the product can be claimed for."""
        known = edition.products_by_code.get(self.code)
        return edition.activities_named(known.activities) if known else ()


class HolidayOverride(models.Model):
    """A correction of the list of public holidays: one day of one country (domain.md 1.9, D5).

    Weekends are never business days. Windows that are open keep the end that was stored for them.
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


class SealCertificate(models.Model):
    """A certificate with which the portal seals or sealed; it stays published when another follows."""

    fingerprint = models.CharField(_("SHA-256 fingerprint"), max_length=64, unique=True)
    pem = models.TextField()
    first_used_at = models.DateTimeField(_("first used"))

    class Meta:
        verbose_name = _("certificate of seals")
        verbose_name_plural = _("certificates of seals")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.fingerprint
