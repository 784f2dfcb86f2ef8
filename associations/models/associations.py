"""The official link that results from a claim: one partner per workload or subscription (domain.md R1, D7)."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from associations.choices import Activity, EndReason, SolutionArea, SubscriptionState
from associations.models.catalogue import Product
from associations.models.customers import CustomerTenant, Subscription
from associations.models.partners import Partner


class AssociationQuerySet(models.QuerySet["Association"]):
    """Phrases from the office; they compose."""

    def active(self) -> "AssociationQuerySet":
        return self.filter(ended_at=None)

    def on_ended_subscriptions(self, now: datetime) -> "AssociationQuerySet":
        """Associations whose subscription is past its last day, or no longer there (domain.md R6).

        A day is past when it is past in every time zone: nobody loses an evening.
        """
        is_past = Q(subscription__ends_on__lt=(now.astimezone(UTC) - timedelta(hours=12)).date())
        return self.filter(
            is_past | Q(subscription__state__in=[SubscriptionState.EXPIRED, SubscriptionState.DEPROVISIONED])
        )

    def active_at(self, moment: datetime) -> "AssociationQuerySet":
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=moment), starts_at__lte=moment)


class Association(models.Model):
    """A partner's official link to a workload or a subscription, for the interval in which usage is visible."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="associations")
    tenant = models.ForeignKey(CustomerTenant, on_delete=models.PROTECT, related_name="associations")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, null=True, blank=True)
    for_usage = models.BooleanField(default=False)
    for_presales = models.BooleanField(default=False)
    for_revenue = models.BooleanField(default=False)
    is_migrated = models.BooleanField(_("migrated"), default=False)
    starts_at = models.DateTimeField(_("official since"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=30, choices=EndReason.choices, blank=True)

    objects: ClassVar = AssociationQuerySet.as_manager()

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("associations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "product"],
                condition=Q(subscription=None, ended_at=None),
                name="workload_has_one_active_association",
            ),
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(subscription__isnull=False, ended_at=None),
                name="subscription_has_one_active_association",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | Q(ended_at__isnull=False, end_reason__in=EndReason.values),
                name="ended_association_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("starts_at")),
                name="association_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.product}"

    def has_proof_named(self, name: str) -> bool:
        """Whether a file of this name backs the association itself: one that was migrated without a claim."""
        return self.proofs.filter(name=name).exists()

    @property
    def activities(self) -> tuple[Activity, ...]:
        """The activities held, in the order of domain.md 3.2."""
        if self.product.solution_area == SolutionArea.M365:
            return (Activity.M365_USAGE,)
        held = (
            (Activity.BA_USAGE, self.for_usage),
            (Activity.BA_PRESALES, self.for_presales),
            (Activity.BA_REVENUE, self.for_revenue),
        )
        return tuple(activity for activity, is_held in held if is_held)
