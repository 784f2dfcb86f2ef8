"""The claim, its items and its people."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_choices
from accounts.models import User
from associations.choices import (
    Activity,
    ClaimStatus,
    ConsentStatus,
    ContactKind,
    ReasonCode,
    ReviewOutcome,
    SolutionArea,
)
from associations.models.catalogue import Product
from associations.models.customers import CustomerTenant, Subscription
from associations.models.folding import search_key
from associations.models.partners import CLAIM_READERS, ClaimScope, Partner, PartnerLocation, PartnerMember
from associations.rules import lifecycle
from associations.rules.requirements import ClaimPath

NUMBER_PREFIX = "CPOR-"

# What a list is sorted by beside the plain columns. An index holds each, so the words must be the same in both places.
# What has no date comes before every date: a page can start at it, which it could not at NULL.
NO_DATE = Value(datetime(1900, 1, 1, tzinfo=UTC), output_field=models.DateTimeField())
SUBMITTED_OR_NEVER = Coalesce("submitted_at", NO_DATE)
CLOSES_OR_NEVER = Coalesce("opt_out_closes_at", NO_DATE)
# The reviewers' order: what they owe first is first, then what waits for others, then what is decided.
WAITS_FOR_OTHERS = Value(datetime(9000, 1, 1, tzinfo=UTC), output_field=models.DateTimeField())
DECIDED = Value(datetime(9001, 1, 1, tzinfo=UTC), output_field=models.DateTimeField())
REVIEW_DUE = Case(
    When(
        status__in=sorted(status.value for status in lifecycle.REVIEWABLE),
        then=Coalesce("review_due_at", WAITS_FOR_OTHERS),
    ),
    default=DECIDED,
    output_field=models.DateTimeField(),
)
ACTIVITY_RANK = Case(
    When(Q(claims_revenue=True), then=Value(4)),
    When(Q(claims_presales=True, claims_usage=True), then=Value(2)),
    When(Q(claims_presales=True), then=Value(3)),
    When(Q(claims_usage=True), then=Value(1)),
    default=Value(0),
    output_field=models.IntegerField(),
)


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Phrases from the office; they compose."""

    def visible_to(self, user: User) -> "ClaimQuerySet":
        """Claims of the locations on which the person's role shows claims; nobody else's (domain.md 7, R17)."""
        members = PartnerMember.objects.filter(user=user, role__in=CLAIM_READERS)
        named = members.filter(all_locations=False, partner=OuterRef("partner"), locations=OuterRef("location"))
        return self.filter(Q(partner__in=members.filter(all_locations=True).values("partner")) | Exists(named))

    def within(self, scope: ClaimScope) -> "ClaimQuerySet":
        """Claims in a scope that was looked up before: the same as `visible_to` finds, ready to be walked by index."""
        if not scope.locations:
            return self.filter(partner__in=scope.whole)
        in_locations = Q(partner__in=scope.partly, location__in=scope.locations)
        return self.filter(in_locations | Q(partner__in=scope.whole) if scope.whole else in_locations)

    def reviewable_by(self, user: User) -> "ClaimQuerySet":
        """Filed claims of every company but the person's own (domain.md R16)."""
        return self.exclude(submitted_at=None).exclude(partner__members__user=user)

    def editable(self) -> "ClaimQuerySet":
        return self.filter(status__in=lifecycle.EDITABLE_FACTS)

    def undecided(self) -> "ClaimQuerySet":
        return self.filter(status__in=lifecycle.UNDECIDED)

    def matching(self, words: str) -> "ClaimQuerySet":
        """Claims that contain every one of *words*, blind to case and accents."""
        claims = self
        for word in search_key(words).split():
            claims = claims.filter(search_text__contains=word)
        return claims

    def window_elapsed(self, now: datetime) -> "ClaimQuerySet":
        """Undecided claims whose opt-out window has run out and not yet been closed."""
        return self.undecided().filter(consent_status=ConsentStatus.OPEN, opt_out_closes_at__lte=now)

    def answer_overdue(self, now: datetime) -> "ClaimQuerySet":
        """Claims whose partner let the reviewer's question run out (domain.md T9)."""
        return self.filter(status=ClaimStatus.ACTION_REQUIRED, answer_due_at__lte=now)

    def over_since(self, moment: datetime) -> "ClaimQuerySet":
        """Claims that were decided by *moment*, and of which nothing was in force any more (domain.md R17).

        An official association rests on its claim: as long as it is in force the claim is not over.
        """
        items = ClaimedProduct.objects.filter(claim=OuterRef("pk"), association__isnull=False)
        in_force = items.filter(Q(association__ended_at=None) | Q(association__ended_at__gt=moment))
        return self.filter(~Exists(in_force), closed_at__lte=moment)

    def to_forget(self, moment: datetime, *, now: datetime) -> "ClaimQuerySet":
        """Claims over since *moment* that still name people, and whose rejection can't be disputed any more."""
        is_settled = Q(dispute_closes_at=None) | Q(dispute_closes_at__lte=now)
        return self.over_since(moment).filter(is_settled, forgotten_at=None)

    def window_closed_unopposed(self, now: datetime) -> "ClaimQuerySet":
        """Claims that silence, or the customer's yes, makes official now, since nothing holds them (domain.md D1)."""
        return self.filter(
            Q(consent_status=ConsentStatus.OPEN, opt_out_closes_at__lte=now)
            | Q(consent_status__in=[ConsentStatus.NO_OBJECTION, ConsentStatus.ACKNOWLEDGED]),
            Q(requires_validation=False) | Q(review_outcome=ReviewOutcome.VALIDATED),
            status__in=lifecycle.APPROVABLE,
            has_competing_claim=False,
        )


class Claim(models.Model):
    """A partner's request to be the partner of record for items of one customer.

    `status` is written by `associations.services.lifecycle` alone. Instants are aware; a window's end is exclusive.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Each of these three begins an index below, and needs none of its own.
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="claims", db_index=False, verbose_name=_("partner")
    )
    location = models.ForeignKey(PartnerLocation, on_delete=models.PROTECT, db_index=False, verbose_name=_("MPN ID"))
    domain_name = models.CharField(_("customer domain name"), max_length=253)
    tenant = models.ForeignKey(
        CustomerTenant, on_delete=models.PROTECT, db_index=False, verbose_name=_("directory ID (tenant ID)")
    )
    solution_area = models.CharField(_("solution area"), max_length=10, choices=SolutionArea.choices, blank=True)
    claims_usage = models.BooleanField(_("usage"), default=False)
    claims_presales = models.BooleanField(_("pre-sales"), default=False)
    claims_revenue = models.BooleanField(_("revenue association"), default=False)
    name = models.CharField(_("claim name"), max_length=100, blank=True)
    dynamics_solution_seller_name = models.CharField(_("Dynamics solution seller name"), max_length=200, blank=True)
    revenue_customer_name = models.CharField(_("customer name"), max_length=200, blank=True)
    isv_product_solution_name = models.CharField(_("ISV product/solution name"), max_length=200, blank=True)

    status = models.CharField(_("status"), max_length=20, choices=ClaimStatus.choices, default=ClaimStatus.DRAFT)
    consent_status = models.CharField(
        _("customer's answer"), max_length=20, choices=ConsentStatus.choices, default=ConsentStatus.NOT_SENT
    )
    review_outcome = models.CharField(
        _("review"), max_length=20, choices=ReviewOutcome.choices, default=ReviewOutcome.PENDING
    )
    has_competing_claim = models.BooleanField(_("competing claim"), default=False)
    reason_codes = models.JSONField(_("reasons"), default=list, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewer"),
    )

    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("last activity"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    review_due_at = models.DateTimeField(_("review due"), null=True, blank=True)
    answer_due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    dispute_closes_at = models.DateTimeField(_("dispute possible until"), null=True, blank=True)
    disputed_at = models.DateTimeField(_("disputed"), null=True, blank=True)
    closed_at = models.DateTimeField(_("decided"), null=True, blank=True)
    forgotten_at = models.DateTimeField(_("personal data removed"), null=True, blank=True)

    requires_validation = models.BooleanField(_("needs a reviewer's validation"), default=False)
    opt_out_business_days = models.PositiveSmallIntegerField(_("opt-out window in business days"), default=5)
    window_zone = models.CharField(_("time zone of the window"), max_length=64, blank=True)
    opt_out_opens_at = models.DateTimeField(_("customer period opened"), null=True, blank=True)
    opt_out_closes_at = models.DateTimeField(_("customer can opt out until"), null=True, blank=True)

    search_text = models.TextField(editable=False, blank=True)
    item_count = models.PositiveSmallIntegerField(editable=False, default=0, db_default=0)
    history_head = models.CharField(max_length=64, editable=False, blank=True)

    objects: ClassVar = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering: ClassVar = ["-pk"]
        permissions: ClassVar = [("review_claim", _("Can review claims"))]
        indexes: ClassVar = [
            # With what is counted or sorted by beside them, so that a partner's thousands of wide rows stay unread.
            models.Index(
                fields=["partner", "-id"],
                include=[
                    "location",
                    "created_by",
                    "status",
                    "consent_status",
                    "submitted_at",
                    "closed_at",
                    "reason_codes",
                ],
                name="claims_within_a_partner",
            ),
            models.Index(fields=["location", "-id"], include=["partner"], name="claims_at_a_location"),
            models.Index(fields=["status", "submitted_at"], name="claims_in_the_queue"),
            models.Index(fields=["tenant", "status"], include=["partner", "id"], name="claims_to_a_tenant"),
            models.Index(
                fields=["opt_out_closes_at"],
                condition=Q(status__in=sorted(status.value for status in lifecycle.UNDECIDED)),
                name="claims_with_a_window",
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="claims_by_search_text"),
            # One for each order of the partner's list; equal values follow the key.
            models.Index(fields=["partner", "name", "id"], name="claims_by_name"),
            models.Index(fields=["partner", "domain_name", "id"], name="claims_by_domain"),
            models.Index(fields=["partner", "solution_area", "id"], name="claims_by_area"),
            models.Index(fields=["partner", "status", "id"], name="claims_by_status"),
            models.Index(fields=["partner", "item_count", "id"], name="claims_by_items"),
            models.Index(fields=["partner", "created_at", "id"], name="claims_by_creation"),
            models.Index(fields=["partner", "changed_at", "id"], name="claims_by_activity_time"),
            models.Index(F("partner"), SUBMITTED_OR_NEVER, F("id"), name="claims_by_submission"),
            models.Index(F("partner"), CLOSES_OR_NEVER, F("id"), name="claims_by_window"),
            models.Index(F("partner"), ACTIVITY_RANK, F("id"), name="claims_by_activity"),
            # The reviewers' list: its order, alone and behind each of its filters, and its other columns.
            models.Index(REVIEW_DUE, F("id"), name="claims_due"),
            models.Index(F("status"), REVIEW_DUE, F("id"), name="claims_due_by_status"),
            models.Index(F("consent_status"), REVIEW_DUE, F("id"), name="claims_due_by_consent"),
            models.Index(REVIEW_DUE, F("id"), condition=Q(has_competing_claim=True), name="claims_due_competing"),
            models.Index(fields=["status", "id"], name="claims_in_status"),
            models.Index(fields=["has_competing_claim", "id"], name="claims_competing"),
            models.Index(SUBMITTED_OR_NEVER, F("id"), name="claims_submitted"),
            models.Index(CLOSES_OR_NEVER, F("id"), name="claims_closing"),
            models.Index(
                fields=["closed_at", "id"],
                condition=Q(closed_at__isnull=False, forgotten_at=None),
                name="claims_to_forget",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ClaimStatus.values), name="claim_status_is_known"),
            models.CheckConstraint(
                condition=Q(consent_status__in=ConsentStatus.values), name="claim_consent_is_known"
            ),
            models.CheckConstraint(condition=Q(review_outcome__in=ReviewOutcome.values), name="claim_review_is_known"),
            models.CheckConstraint(
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="claim_submission_has_time_and_person",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[ClaimStatus.DRAFT, ClaimStatus.CANCELLED]) | Q(submitted_at__isnull=False),
                name="filed_claim_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(opt_out_opens_at=None, opt_out_closes_at=None)
                | Q(
                    opt_out_opens_at__isnull=False,
                    opt_out_closes_at__isnull=False,
                    opt_out_closes_at__gt=models.F("opt_out_opens_at"),
                ),
                name="opt_out_window_has_both_ends",
            ),
            models.CheckConstraint(
                condition=~Q(consent_status=ConsentStatus.OPEN) | Q(opt_out_closes_at__isnull=False),
                name="open_window_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(status=ClaimStatus.ACTION_REQUIRED) | Q(answer_due_at__isnull=False),
                name="required_action_has_a_due_time",
            ),
            models.CheckConstraint(
                condition=Q(claims_revenue=False) | Q(claims_usage=False, claims_presales=False),
                name="revenue_association_stands_alone",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(closed_at__isnull=False), name="forgotten_claim_was_closed"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number people read and search, from the database's own sequence (domain.md D16)."""
        return f"{NUMBER_PREFIX}{self.pk:07d}"

    def window_has_run_out(self, now: datetime) -> bool:
        """Whether the customer's time is over and the window not yet closed."""
        closes_at = self.opt_out_closes_at
        return self.consent_status == ConsentStatus.OPEN and closes_at is not None and closes_at <= now

    @property
    def activities(self) -> tuple[Activity, ...]:
        """The activities claimed, in the order of domain.md 3.2."""
        if self.solution_area == SolutionArea.M365:
            return (Activity.M365_USAGE,) if self.claims_usage else ()
        chosen = (
            (Activity.BA_USAGE, self.claims_usage),
            (Activity.BA_PRESALES, self.claims_presales),
            (Activity.BA_REVENUE, self.claims_revenue),
        )
        return tuple(activity for activity, is_chosen in chosen if is_chosen)

    @property
    def claims_dynamics_365(self) -> bool:
        """Whether any item is a Dynamics 365 product, which asks for a technical contact."""
        return any(item.product.is_dynamics_365 for item in self.items.all())

    @property
    def path(self) -> ClaimPath:
        """Which facts this claim must state."""
        return ClaimPath(
            is_business_applications=self.solution_area == SolutionArea.BA,
            claims_revenue=self.claims_revenue,
            claims_dynamics_365=self.claims_dynamics_365,
        )

    @property
    def reasons(self) -> list[str]:
        """The reasons of the last return or rejection, in words."""
        return [str(ReasonCode(code).label) for code in self.reason_codes]

    def searchable(self, items: "Iterable[ClaimedProduct]") -> str:
        """Return what `search_text` should hold now, with these *items*."""
        parts = [self.number, self.name, self.domain_name, self.tenant.name, str(self.tenant.tenant_id)]
        parts += [str(item.subscription.subscription_id) for item in items if item.subscription]
        return search_key(" ".join(parts))


class ClaimedProduct(models.Model):
    """One item of a claim: a workload of the tenant, or a product with its subscription."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="items", verbose_name=_("claim"))
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
        return str(self.product)


class Contact(models.Model):
    """A person on a claim. The customer contact's language is the language of the notice."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("claim"))
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices)
    name = models.CharField(_("name"), max_length=120, blank=True)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=language_choices, blank=True)
    mismatch_reason = models.CharField(_("why the e-mail domain differs"), max_length=200, blank=True)

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
