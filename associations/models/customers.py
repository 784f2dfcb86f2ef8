"""Customers' tenants, their domain names and their subscriptions: the local directory (domain.md 2.2, 3.4)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.text.readable import domain_in_full
from associations.choices import ListedBy, SalesChannel, SubscriptionState
from associations.models.folding import FoldedDomainField, FoldedField
from associations.models.reference import Product


class CustomerTenant(models.Model):
    """A customer's directory. Its country decides the calendar and the zone of the opt-out window (domain.md D5)."""

    tenant_id = models.UUIDField(_("tenant ID"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    folded_name = FoldedField(of="name")
    country = models.CharField(_("country"), max_length=2, blank=True)
    time_zone = models.CharField(_("time zone, when not the country's"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("customer tenant")
        verbose_name_plural = _("customer tenants")
        ordering: ClassVar = ["name"]
        indexes: ClassVar = [models.Index(fields=["name", "id"], name="tenants_by_name")]

    def __str__(self) -> str:
        return self.name


class TenantDomainQuerySet(models.QuerySet["TenantDomain"]):
    """Named filters; they can be chained."""

    def listed(self) -> "TenantDomainQuerySet":
        """Domain names with a source, which prove that an address is of the tenant (domain.md D18)."""
        return self.exclude(listed_by="")


class TenantDomain(models.Model):
    """A domain name that belongs to a tenant, in lower case and punycode; `listed_by` is the source."""

    tenant = models.ForeignKey(
        CustomerTenant, on_delete=models.CASCADE, related_name="domains", verbose_name=_("customer tenant")
    )
    domain_name = models.CharField(_("domain name"), max_length=253, unique=True)
    folded_name = FoldedDomainField(of="domain_name")
    listed_by = models.CharField(
        _("listed by"), max_length=10, choices=ListedBy.choices, blank=True, default="", db_default="", editable=False
    )

    objects: ClassVar = TenantDomainQuerySet.as_manager()

    class Meta:
        verbose_name = _("domain name")
        verbose_name_plural = _("domain names")
        ordering: ClassVar = ["domain_name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(listed_by__in=["", *ListedBy.values]), name="source_of_a_domain_is_known"
            ),
        ]

    def __str__(self) -> str:
        return domain_in_full(self.domain_name)


class Subscription(models.Model):
    """A purchase of one product on one tenant."""

    subscription_id = models.UUIDField(_("subscription ID"), unique=True)
    tenant = models.ForeignKey(
        CustomerTenant, on_delete=models.PROTECT, related_name="subscriptions", verbose_name=_("customer tenant")
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    sku = models.CharField(_("SKU"), max_length=80, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    seats_available = models.PositiveIntegerField(_("seats available"), default=0)
    seats_assigned = models.PositiveIntegerField(_("seats assigned"), default=0)
    seats_active = models.PositiveIntegerField(_("seats active"), default=0)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=SubscriptionState.choices)
    channel = models.CharField(_("channel"), max_length=20, choices=SalesChannel.choices)
    is_provisioned = models.BooleanField(_("activated by the customer"), default=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering: ClassVar = ["tenant", "product", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=SubscriptionState.values), name="subscription_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=SalesChannel.values), name="subscription_channel_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.subscription_id}"
