"""Customers' usage, month by month, with the source of each figure (domain.md 8)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from associations.models import CustomerTenant, Product, Subscription


class UsageReport(models.TextChoices):
    """The reports whose columns the importer knows."""

    M365 = "m365", _("CPOR Microsoft 365 usage")
    DYNAMICS = "dynamics", _("Dynamics 365 and Power BI licence usage")


class UsageImport(models.Model):
    """One file of usage data that was read."""

    report = models.CharField(_("report"), max_length=10, choices=UsageReport)
    source = models.CharField(_("source"), max_length=200)
    imported_at = models.DateTimeField(_("imported"))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rows = models.PositiveIntegerField(_("rows taken"), default=0)
    refused = models.PositiveIntegerField(_("rows refused"), default=0)

    class Meta:
        verbose_name = _("import of usage data")
        verbose_name_plural = _("imports of usage data")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(report__in=UsageReport.values), name="usage_report_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_report_display()}: {self.source}"


class MonthlyUsage(models.Model):
    """The figures of one workload of a tenant, or of one subscription, for one month.

    Of a workload *active* counts monthly active users and *available* paid available units; of a subscription both
    count seats, and so does *assigned*. *month* is the first day of the month. One row per item and month: a report
    that is read again, or a later one, takes its place.
    """

    tenant = models.ForeignKey(CustomerTenant, on_delete=models.CASCADE, related_name="+", verbose_name=_("customer"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("subscription")
    )
    month = models.DateField(_("month"))
    active = models.PositiveIntegerField(_("active"))
    available = models.PositiveIntegerField(_("available"))
    assigned = models.PositiveIntegerField(_("assigned"), null=True, blank=True)
    origin = models.ForeignKey(UsageImport, on_delete=models.PROTECT, related_name="+", verbose_name=_("import"))

    class Meta:
        verbose_name = _("monthly usage")
        verbose_name_plural = _("monthly usage")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "product", "month"],
                condition=Q(subscription=None),
                name="workload_has_one_usage_per_month",
            ),
            models.UniqueConstraint(
                fields=["subscription", "month"],
                condition=Q(subscription__isnull=False),
                name="subscription_has_one_usage_per_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenant} · {self.product} · {self.month:%Y-%m}"
