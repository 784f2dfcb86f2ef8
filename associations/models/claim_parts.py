"""Items and contacts of a claim, and the colleague asked to submit a draft."""

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_choices
from associations.choices import ConfirmedBy, ConsentStatus, ContactKind, ContactPolicy
from associations.models.customers import Subscription
from associations.models.reference import Product
from associations.rules.activities import is_recognition_only
from associations.rules.claim_rules import ClaimRules, rules_of
from associations.stored_activities import CodesField
from guides.choices import AskedFact, Grain
from guides.editions import Activity, Edition, edition_by_id, edition_on, portal_day
from guides.models import ProgramGuide


class ContactConfirmation(models.Model):
    """The columns of a claim that say whether its contact is of the customer (domain.md D18).

    `services.customer.contacts` writes them, and the program gives the policy. They are the claim's own, so that the
    sweep reads them afresh under the claim's lock.
    """

    contact_policy = models.CharField(
        max_length=10,
        choices=ContactPolicy.choices,
        default=ContactPolicy.ALLOW,
        db_default=ContactPolicy.ALLOW,
        editable=False,
    )
    contact_confirmed_by = models.CharField(
        _("contact confirmed by"), max_length=10, choices=ConfirmedBy.choices, blank=True, default="", db_default=""
    )
    contact_confirmed_at = models.DateTimeField(_("contact confirmed"), null=True, blank=True)
    contact_due_at = models.DateTimeField(_("decision on the contact due"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(contact_confirmed_by="", contact_confirmed_at=None)
                | Q(contact_confirmed_by__in=ConfirmedBy.values, contact_confirmed_at__isnull=False),
                name="confirmed_contact_has_proof_and_time",
            ),
            models.CheckConstraint(
                condition=Q(contact_policy=ContactPolicy.ALLOW)
                | Q(contact_policy=ContactPolicy.HOLD)
                & (
                    Q(consent_status=ConsentStatus.NOT_SENT)
                    | Q(contact_confirmed_at__isnull=False)
                    | Q(contact_due_at__isnull=False)
                ),
                name="unconfirmed_contact_has_a_due_time",
            ),
        ]

    @property
    def is_contact_held(self) -> bool:
        """True if the claim's contact has to be confirmed before it can become official (domain.md D18)."""
        return self.contact_policy == ContactPolicy.HOLD and self.contact_confirmed_at is None


class ClaimedWork(models.Model):
    """The activities of a claim, and what follows from them by its edition."""

    # Claims that a version of before the column wrote have none, and go by the day on which they began.
    guide = models.ForeignKey(
        ProgramGuide,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("program guide"),
    )

    solution_area: str
    activity_codes: CodesField
    created_at: datetime

    class Meta:
        abstract = True

    @property
    def activities(self) -> tuple[Activity, ...]:
        """The activities claimed, in the order of the edition (domain.md 3.2)."""
        return self.edition.activities_named(self.activity_codes)

    @property
    def has_activities(self) -> bool:
        """True if it states activities that its edition lets one claim state together."""
        groups = {(activity.area, activity.choice_group) for activity in self.activities}
        is_of_one_group = len(groups) == 1 and self.activities[0].area == self.solution_area
        return is_of_one_group and len(self.activities) == len(self.activity_codes)

    @property
    def edition(self) -> Edition:
        """The edition by whose rules the claim is judged and shown (domain.md D22)."""
        return edition_by_id(self.guide_id) if self.guide_id else self.edition_at_its_start

    @cached_property
    def edition_at_its_start(self) -> Edition:
        """The edition of the day on which the claim began. It takes a query, and no edition starts on a past day."""
        return edition_on(portal_day(self.created_at))

    @property
    def rules(self) -> ClaimRules:
        """The rules of its activities, or of all that its area or edition has as long as it states none."""
        edition = self.edition
        return rules_of(self.activities or edition.activities_in(self.solution_area) or edition.activities)

    @property
    def is_recognition_only(self) -> bool:
        """True if no activity on it pays."""
        return is_recognition_only(self.activities)

    @property
    def choice_group(self) -> str:
        """The group of its activities: that of the area's first activity as long as it has none."""
        stated = self.activities or self.edition.activities_in(self.solution_area)
        return stated[0].choice_group if stated else ""

    @property
    def claims_subscriptions(self) -> bool:
        """True if one partner can have each subscription, false if each workload of the tenant (domain.md R1)."""
        stated = self.activities or self.edition.activities_in(self.solution_area)
        return any(activity.grain is Grain.SUBSCRIPTION for activity in stated)

    def asks(self, fact: AskedFact) -> bool:
        """Return whether any of its activities asks for *fact*."""
        return any(fact in activity.asks for activity in self.activities)


class ClaimedProduct(models.Model):
    """One item of a claim: a workload of the tenant, or a product with its subscription."""

    claim = models.ForeignKey("Claim", on_delete=models.CASCADE, related_name="items", verbose_name=_("claim"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("subscription ID")
    )
    association = models.ForeignKey(
        "Association", on_delete=models.PROTECT, null=True, blank=True, related_name="claimed_products"
    )

    class Meta:
        verbose_name = _("claimed product")
        verbose_name_plural = _("claimed products")
        ordering: ClassVar = ["product__name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "product"], name="product_is_claimed_once_per_claim"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name of the product in the edition of the claim, or that of the catalog if the edition lacks it."""
        return self.claim.edition.product_name(self.product.code, catalog_name=self.product.name)


def listed_under(area: str, edition: Edition) -> Q:
    """Return the condition that a claim is listed under *area* in *edition*, over its earlier editions.

    It states the area, or one that this one succeeds. Where several succeed one, it is listed under those that its
    products belong to, and under the first where they belong to none. An area of before finds what is listed now
    under any of its successors.
    """
    if area in edition.area_names:
        found = [stated_and_listed(stated, area, edition) for stated in edition.listed_under(area)]
    else:
        found = [Q(solution_area=area), *(listed_under(each, edition) for each in edition.successors_of(area))]
    return reduce(or_, found)


def stated_and_listed(stated: str, area: str, edition: Edition) -> Q:
    """Return the condition that a claim states the area *stated*, and is listed under *area*."""
    successors = edition.successors_of(stated)
    if len(successors) == 1:
        return Q(solution_area=stated)
    is_there = Q(with_product_in([area], edition))
    if area == successors[0]:
        is_there |= ~Q(with_product_in(successors, edition))
    return Q(solution_area=stated) & is_there


def with_product_in(areas: Collection[str], edition: Edition) -> Exists:
    codes = sorted(edition.products_in(areas))
    return Exists(ClaimedProduct.objects.filter(claim=OuterRef("pk"), product__code__in=codes))


class Contact(models.Model):
    """A person on a claim. The customer contact's language is the language of the notice."""

    # What can be stated of a person.
    FIELDS: ClassVar = ("name", "title", "email", "language", "mismatch_reason")

    claim = models.ForeignKey("Claim", on_delete=models.CASCADE, related_name="contacts", verbose_name=_("claim"))
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices)
    name = models.CharField(_("name"), max_length=120, blank=True)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    email = models.EmailField(_("email"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=language_choices, blank=True)
    mismatch_reason = models.CharField(_("why the email domain differs"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "kind"], name="claim_has_one_contact_of_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=ContactKind.values), name="contact_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class SubmitRequest(models.Model):
    """The colleague who was last asked to submit a finished draft, and the person who asked."""

    claim = models.OneToOneField(
        "Claim", on_delete=models.CASCADE, related_name="submit_request", verbose_name=_("claim")
    )
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("colleague")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("request to submit")
        verbose_name_plural = _("requests to submit")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.claim}: {self.colleague}"
