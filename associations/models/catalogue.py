"""What can be claimed, and under which incentive program (domain.md 3.2-3.4)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from associations.choices import Activity, ProductGroup, SolutionArea


class IncentiveProgram(models.Model):
    """The program that pays an activity, with the rules that are copied onto a claim at submission (domain.md D2)."""

    activity = models.CharField(_("activity"), max_length=20, choices=Activity.choices, unique=True)
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_paid = models.BooleanField(_("pays incentives"), default=True)
    requires_validation = models.BooleanField(_("needs a reviewer's validation"), default=False)
    opt_out_business_days = models.PositiveSmallIntegerField(_("opt-out window in business days"), default=5)

    class Meta:
        verbose_name = _("incentive program")
        verbose_name_plural = _("incentive programs")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(opt_out_business_days__gte=1, opt_out_business_days__lte=60),
                name="opt_out_window_is_1_to_60_business_days",
            ),
            models.CheckConstraint(condition=models.Q(activity__in=Activity.values), name="program_activity_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A Microsoft 365 workload or a Business Applications product."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    solution_area = models.CharField(_("solution area"), max_length=10, choices=SolutionArea.choices)
    group = models.CharField(_("group"), max_length=10, choices=ProductGroup.choices)
    is_dynamics_365 = models.BooleanField(_("is Dynamics 365"), default=False)
    is_claimable = models.BooleanField(_("can be claimed"), default=True)
    is_revenue_only = models.BooleanField(_("for revenue association only"), default=False)
    is_paid_eligible = models.BooleanField(_("counts for payment"), default=True)

    class Meta:
        verbose_name = _("product or workload")
        verbose_name_plural = _("products and workloads")
        ordering: ClassVar = ["solution_area", "group", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(solution_area__in=SolutionArea.values), name="product_solution_area_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
