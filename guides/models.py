"""Editions of the program guide: areas, activities and products with the rules of their time (domain.md D22).

Codes stay the same over editions; names, texts and values belong to one. An edition is a draft until it is published.
From then on triggers on both engines refuse every change of it; one whose day hasn't come can be withdrawn.
"""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from guides.choices import (
    AskedFact,
    ContactPolicy,
    Grain,
    ProductGroup,
    ProofElement,
    SalesChannel,
    SignatureKind,
)
from guides.fields import ListField, NamesField
from guides.names import in_language


class ProgramGuideQuerySet(models.QuerySet["ProgramGuide"]):
    """The reading rules of editions."""

    def published(self) -> "ProgramGuideQuerySet":
        """Return the editions that apply, or will."""
        return self.exclude(published_at=None)

    def in_force_on(self, day: date) -> "ProgramGuideQuerySet":
        """Return the edition of *day*, a day in the portal's zone, as the only row; the first one before its day."""
        begun = Case(When(valid_from__lte=day, then=F("valid_from")))
        return self.published().order_by(begun.desc(nulls_last=True), "valid_from")[:1]

    def in_order(self) -> "ProgramGuideQuerySet":
        """Return the published editions, the first one first."""
        return self.published().order_by("valid_from")


class ProgramGuide(models.Model):
    """One complete edition. `guides.publishing` publishes and withdraws it, and nothing else does."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=120)
    valid_from = models.DateField(_("in force from"), null=True, blank=True)
    # The first instant of that day in the portal's zone: the triggers know no time zones.
    begins_at = models.DateTimeField(null=True, editable=False)
    source = models.URLField(_("source"), max_length=500, blank=True)
    note = NamesField(_("what changed"), is_long=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    # Nobody published what came with the portal.
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )

    objects: ClassVar = ProgramGuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering: ClassVar = [F("valid_from").desc(nulls_first=True), "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["valid_from"], condition=Q(published_at__isnull=False), name="one_edition_begins_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, valid_from__isnull=False, begins_at__isnull=False),
                name="published_edition_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | Q(published_at__lt=F("begins_at")),
                name="edition_is_published_before_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_published(self) -> bool:
        """True if the edition applies, or will."""
        return self.published_at is not None


class GuideArea(models.Model):
    """A solution area of one edition."""

    guide = models.ForeignKey(ProgramGuide, on_delete=models.CASCADE, related_name="areas", verbose_name=_("edition"))
    code = models.SlugField(_("code"), max_length=10)
    name = NamesField(_("name"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    succeeds = ListField(
        _("succeeds"),
        blank=True,
        help_text=_("Codes of earlier areas whose claims are listed under this one."),
    )

    class Meta:
        verbose_name = _("solution area")
        verbose_name_plural = _("solution areas")
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["guide", "code"], name="area_is_in_an_edition_once"),
        ]

    def __str__(self) -> str:
        return in_language(self.name)


def days(least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class GuideActivity(models.Model):
    """An activity of one edition, with every rule for claims that state it."""

    guide = models.ForeignKey(
        ProgramGuide, on_delete=models.CASCADE, related_name="activities", verbose_name=_("edition")
    )
    code = models.SlugField(_("code"), max_length=20)
    area = models.ForeignKey(
        GuideArea, on_delete=models.RESTRICT, related_name="activities", verbose_name=_("solution area")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = NamesField(_("name"))
    choose_when = NamesField(_("choose it when"), is_long=True)
    choice_group = models.SlugField(
        _("choice group"),
        max_length=20,
        help_text=_("Activities of one group can be claimed together; those of two groups can't."),
    )
    grain = models.CharField(_("one partner per"), max_length=20, choices=Grain.choices)
    program = models.ForeignKey(
        "associations.IncentiveProgram",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("incentive program"),
    )
    pays = models.BooleanField(_("pays incentives"), default=True)
    gives_recognition = models.BooleanField(_("gives recognition"), default=True)
    asks = ListField(_("asks for"), codes=AskedFact, blank=True)
    opt_out_business_days = models.PositiveSmallIntegerField(
        _("opt-out period in business days"), default=5, validators=days(1, 60)
    )
    needs_validation = models.BooleanField(_("needs a reviewer's validation"), default=False)
    review_business_days = models.PositiveSmallIntegerField(
        _("business days for the review"), default=5, validators=days(1, 60)
    )
    answer_business_days = models.PositiveSmallIntegerField(
        _("business days for the partner's reply"), default=5, validators=days(1, 60)
    )
    dispute_days = models.PositiveSmallIntegerField(
        _("days in which a rejection can be disputed"), default=30, validators=days(1, 365)
    )
    late_filing_days = models.PositiveSmallIntegerField(
        _("days from the transaction to the claim"), null=True, blank=True, validators=days(1, 365)
    )
    least_seats = models.PositiveIntegerField(_("least seats"), null=True, blank=True)
    template_required = models.BooleanField(_("needs Microsoft's template"), default=False)
    proof_age_months = models.PositiveSmallIntegerField(
        _("age of a proof in months"), default=12, validators=days(1, 60)
    )
    proof_elements = ListField(_("a proof shows"), codes=ProofElement)
    signature_kinds = ListField(_("accepted signatures"), codes=SignatureKind)
    sales_channels = ListField(_("sales channels"), codes=SalesChannel)
    contact_policy = models.CharField(
        _("contact who is not confirmed"), max_length=10, choices=ContactPolicy.choices, default=ContactPolicy.HOLD
    )

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["guide", "code"], name="activity_is_in_an_edition_once"),
            models.CheckConstraint(
                condition=Q(
                    opt_out_business_days__range=(1, 60),
                    review_business_days__range=(1, 60),
                    answer_business_days__range=(1, 60),
                    dispute_days__range=(1, 365),
                    proof_age_months__range=(1, 60),
                ),
                name="activity_gives_everyone_time",
            ),
            models.CheckConstraint(
                condition=Q(grain__in=Grain.values, contact_policy__in=ContactPolicy.values),
                name="activity_has_known_grain_and_policy",
            ),
        ]

    def __str__(self) -> str:
        return f"{in_language(self.name)} ({self.code})"


class GuideProduct(models.Model):
    """A workload or product of one edition, and the activities it can be claimed for."""

    guide = models.ForeignKey(
        ProgramGuide, on_delete=models.CASCADE, related_name="products", verbose_name=_("edition")
    )
    product = models.ForeignKey(
        "associations.Product", on_delete=models.PROTECT, related_name="+", verbose_name=_("product or workload")
    )
    area = models.ForeignKey(
        GuideArea, on_delete=models.RESTRICT, related_name="products", verbose_name=_("solution area")
    )
    group = models.CharField(_("group"), max_length=10, choices=ProductGroup.choices)
    name = models.CharField(_("name"), max_length=120)
    former_names = ListField(_("former names"), are_names=True, blank=True, help_text=_("One a line."))
    synonyms = ListField(_("other names"), are_names=True, blank=True, help_text=_("One a line."))
    is_dynamics_365 = models.BooleanField(
        _("is Dynamics 365"),
        default=False,
        help_text=_("Claims name a technical contact and a subscription."),
    )
    activities = ListField(
        _("activities"),
        blank=True,
        help_text=_("Codes of the activities it can be claimed for; none if it can't be claimed."),
    )
    counts_for_payment = models.BooleanField(_("counts for payment"), default=True)

    class Meta:
        verbose_name = _("product or workload")
        verbose_name_plural = _("products and workloads")
        ordering: ClassVar = ["area__position", "group", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["guide", "product"], name="product_is_in_an_edition_once"),
            models.CheckConstraint(condition=Q(group__in=ProductGroup.values), name="product_group_is_known"),
        ]

    def __str__(self) -> str:
        return self.name
