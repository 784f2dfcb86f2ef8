"""Who waits for a subscription to become claimable (domain.md 9, row 8)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from associations.models.catalogue import Product
from associations.models.claims import Claim


class SubscriptionWatch(models.Model):
    """A person's wish to hear once, when a product of their draft's customer can be claimed."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="watches")
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    watcher = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("created"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)

    class Meta:
        verbose_name = _("watched subscription")
        verbose_name_plural = _("watched subscriptions")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(told_at=None), name="watches_that_wait"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["claim", "product", "watcher"],
                condition=Q(told_at=None),
                name="person_watches_a_product_once_per_claim",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.product}"
