"""The official link that results from a claim: one partner per workload or subscription (domain.md R1, D7)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from associations.choices import EndReason
from associations.models.customers import CustomerTenant, Subscription, TenantDomain
from associations.models.partners import Partner
from associations.models.reference import Product
from associations.rules.activities import codes_of
from associations.rules.subscriptions import ENDED_STATES, ends_soon_until, is_renewable, over_when_before
from associations.stored_activities import CodesField, well_formed
from guides.editions import Activity, Edition, last_named

if TYPE_CHECKING:
    from associations.models.claim_parts import ClaimedProduct


class AssociationQuerySet(models.QuerySet["Association"]):
    """Named filters; they can be chained."""

    def with_row_facts(self) -> "AssociationQuerySet":
        """Return them with everything that a row of the list or of its export shows, in one query."""
        domains = TenantDomain.objects.filter(tenant=OuterRef("tenant")).values("domain_name")
        return self.select_related("tenant", "product", "subscription").annotate(
            proof_count=Count("proofs"), domain=Subquery(domains[:1])
        )

    def active(self) -> "AssociationQuerySet":
        return self.filter(ended_at=None)

    def of_others_than(
        self, partner_id: int, *, items: "Iterable[ClaimedProduct]", tenant: int
    ) -> "AssociationQuerySet":
        """Associations of other partners with any of *items* of the tenant, by the key of the item (domain.md D7)."""
        bought, workloads = set[int](), set[int]()
        for item in items:
            if item.subscription_id:
                bought.add(item.subscription_id)
            else:
                workloads.add(item.product_id)
        is_wanted = Q(subscription__in=bought) | Q(subscription=None, product__in=workloads)
        return self.exclude(partner=partner_id).filter(is_wanted, tenant=tenant)

    def listed_under(self, area: str, edition: Edition) -> "AssociationQuerySet":
        """Associations whose product belongs to *area*, or to one that succeeds it; by its own area if to none."""
        here = edition.products_in([area] if area in edition.area_names else edition.successors_of(area))
        elsewhere = edition.products_in(edition.area_names)
        of_before = Q(product__solution_area=area) & ~Q(product__code__in=sorted(elsewhere))
        return self.filter(Q(product__code__in=sorted(here)) | of_before)

    def without_a_claim(self) -> "AssociationQuerySet":
        """Associations that existed before this process, and were taken over as they were (domain.md R5)."""
        return self.filter(is_migrated=True)

    def ending_soon(self, now: datetime) -> "AssociationQuerySet":
        """Active associations whose subscription ends within 60 days (domain.md R6, `rules.subscriptions`)."""
        # An index holds those with a subscription.
        return self.active().filter(subscription__isnull=False, subscription__ends_on__lte=ends_soon_until(now))

    def on_ended_subscriptions(self, now: datetime) -> "AssociationQuerySet":
        """Associations whose subscription is over (domain.md R6, `rules.subscriptions`)."""
        is_past = Q(subscription__ends_on__lt=over_when_before(now))
        return self.filter(is_past | Q(subscription__state__in=ENDED_STATES))


class Association(models.Model):
    """A partner's official link to a workload or a subscription, for the interval in which usage is visible."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="associations")
    tenant = models.ForeignKey(CustomerTenant, on_delete=models.PROTECT, related_name="associations")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, null=True, blank=True)
    # Codes of every edition under which it was widened.
    activity_codes = CodesField(_("activity"))
    is_migrated = models.BooleanField(_("migrated"), default=False)
    starts_at = models.DateTimeField(_("official since"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=30, choices=EndReason.choices, blank=True)

    objects: ClassVar = AssociationQuerySet.as_manager()

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("associations")
        indexes: ClassVar = [
            models.Index(
                fields=["partner"],
                condition=Q(subscription__isnull=False, ended_at=None),
                name="subscriptions_of_a_partner",
            ),
        ]
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
            models.CheckConstraint(
                condition=well_formed("activity_codes"), name="activities_held_are_codes_between_spaces"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.product}"

    @property
    def last_day(self) -> date | None:
        """The day on which its subscription ends, if it has one with an end."""
        return self.subscription.ends_on if self.subscription else None

    def is_renewable(self, *, now: datetime) -> bool:
        """Return whether it can be claimed again because its subscription ended, or ends soon (domain.md R6)."""
        soon = ends_soon_until(now)
        return is_renewable(ended_at=self.ended_at, end_reason=self.end_reason, ends_on=self.last_day, soon=soon)

    def has_proof_named(self, name: str) -> bool:
        """Return whether a file of this name backs the association itself: one that was migrated without a claim."""
        return self.proofs.filter(name=name).exists()

    def activities_by(self, edition: Edition) -> tuple[Activity, ...]:
        """Return the activities held, as *edition* names and orders them, then those that it no longer has."""
        named = edition.activities_named(self.activity_codes)
        gone = sorted(set(self.activity_codes).difference(codes_of(named)))
        return (*named, *last_named(gone)) if gone else named

    def widen(self, codes: Iterable[str], *, edition: Edition) -> None:
        """Add the activities *codes* in the order of *edition* to `activity_codes`, which is to be saved."""
        held = {*self.activity_codes, *codes}
        named = codes_of(edition.activities_named(held))
        self.activity_codes = (*named, *sorted(held.difference(named)))


class WithDomain(Protocol):
    """An association with the annotation `domain`."""

    domain: str | None


def domain_of(held: Association) -> str:
    """Return the domain name that *held* is annotated with, or nothing."""
    return cast(WithDomain, held).domain or ""


def with_end(held: Iterable[Association]) -> Iterator[tuple[Association, date]]:
    """Yield each of *held* whose subscription has an end, with its last day."""
    for association in held:
        if ends_on := association.last_day:
            yield association, ends_on
