"""The claim: its columns, its indexes and the constraints on them."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.text.readable import in_own_letters
from accounts.text.search_keys import search_key
from associations.choices import (
    CONTACT_NOT_CONFIRMED,
    ClaimStatus,
    ConsentStatus,
    EndReason,
    HoldKind,
    OfficialBy,
    ReasonCode,
    ReviewOutcome,
)
from associations.models.claim_parts import ClaimedProduct, ClaimedWork, ContactConfirmation
from associations.models.claim_queries import INDEXES, SUBMITTED_OR_NEVER, ClaimQuerySet
from associations.models.customers import CustomerTenant
from associations.models.partners import Partner, PartnerLocation
from associations.rules import lifecycle
from associations.rules.customer.opt_out import ApprovalFacts
from associations.rules.identifiers import claim_number
from associations.rules.shown_status import ReviewStage, ShownStatus, review_stage, shown_status
from associations.stored_activities import CodesField, well_formed


class Claim(ClaimedWork, ContactConfirmation):
    """A partner's request to be the partner of record for items of one customer.

    `status` is written by `associations.services.claim.lifecycle` alone. Instants are aware; a window's end is
    exclusive.
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
    # Codes of the edition by which the claim goes.
    solution_area = models.CharField(_("solution area"), max_length=10, blank=True)
    activity_codes = CodesField(_("activity"))
    name = models.CharField(_("claim name"), max_length=100, blank=True)
    dynamics_solution_seller_name = models.CharField(_("Dynamics solution seller name"), max_length=200, blank=True)
    revenue_customer_name = models.CharField(_("customer name"), max_length=200, blank=True)
    isv_product_solution_name = models.CharField(_("ISV product/solution name"), max_length=200, blank=True)
    transaction_date = models.DateField(_("date of the transaction"), null=True, blank=True)
    # Of a copy: the fact of `rules.requirements` for which the other claim was withdrawn, until it is stated anew.
    to_correct = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)

    status = models.CharField(_("status"), max_length=20, choices=ClaimStatus.choices, default=ClaimStatus.DRAFT)
    consent_status = models.CharField(
        _("customer's answer"), max_length=20, choices=ConsentStatus.choices, default=ConsentStatus.NOT_SENT
    )
    review_outcome = models.CharField(
        _("review"), max_length=20, choices=ReviewOutcome.choices, default=ReviewOutcome.PENDING
    )
    has_competing_claim = models.BooleanField(_("competing claim"), default=False)
    # The kinds of its open holds and when the first is to be settled: written by `services.customer.holds` alone.
    hold_kinds = models.CharField(_("on hold"), max_length=60, blank=True, default="", db_default="")
    hold_due_at = models.DateTimeField(_("decision on the hold due"), null=True, blank=True)
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
    official_by = models.CharField(
        _("how it became official"), max_length=20, choices=OfficialBy.choices, blank=True, default="", db_default=""
    )
    # When the last of its associations ended, and why: written by `services.association.association` alone.
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(
        _("why it ended"), max_length=30, choices=EndReason.choices, blank=True, default="", db_default=""
    )
    forgotten_at = models.DateTimeField(_("personal data removed"), null=True, blank=True)

    requires_validation = models.BooleanField(_("needs a reviewer's validation"), default=False)
    opt_out_business_days = models.PositiveSmallIntegerField(_("opt-out period in business days"), default=5)
    window_zone = models.CharField(_("time zone of the opt-out period"), max_length=64, blank=True)
    opt_out_opens_at = models.DateTimeField(_("opt-out period opened"), null=True, blank=True)
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
        indexes: ClassVar = INDEXES
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
            # A trigger keeps the activities of a filed claim within one choice group of its edition.
            models.CheckConstraint(
                condition=well_formed("activity_codes"), name="activities_of_a_claim_are_codes_between_spaces"
            ),
            models.CheckConstraint(
                condition=Q(hold_kinds="", hold_due_at=None) | (~Q(hold_kinds="") & Q(hold_due_at__isnull=False)),
                name="claim_on_hold_says_why_and_until_when",
            ),
            *ContactConfirmation.Meta.constraints,
            models.CheckConstraint(
                condition=Q(official_by="") | Q(official_by__in=OfficialBy.values, status=ClaimStatus.APPROVED),
                name="official_claim_says_by_what",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | Q(ended_at__isnull=False, end_reason__in=EndReason.values, status=ClaimStatus.APPROVED),
                name="ended_claim_was_official_and_says_why",
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
        return claim_number(self.pk)

    def window_has_run_out(self, now: datetime) -> bool:
        """Return whether the opt-out period is over and the window not yet closed."""
        closes_at = self.opt_out_closes_at
        return self.consent_status == ConsentStatus.OPEN and closes_at is not None and closes_at <= now

    @property
    def shown_status(self) -> ShownStatus:
        """The status that people read (domain.md D23)."""
        return shown_status(self.status, consent=self.consent_status, is_in_force=self.ended_at is None)

    @property
    def review_stage(self) -> ReviewStage | None:
        """The stage of the review, beside that status; None where no review runs or counts."""
        return review_stage(self.status, outcome=self.review_outcome)

    @property
    def open_holds(self) -> tuple[HoldKind, ...]:
        """The kinds of the holds that a reviewer has not settled, in the order of HoldKind."""
        return tuple(kind for kind in HoldKind if kind.value in self.hold_kinds.split())

    @property
    def open_hold_labels(self) -> list[str]:
        """The names of the holds that a reviewer has not settled."""
        unconfirmed = [str(CONTACT_NOT_CONFIRMED)] if self.awaits_confirmation else []
        return [*(str(kind.label) for kind in self.open_holds), *unconfirmed]

    @property
    def decision_due_at(self) -> datetime | None:
        """The time by which a reviewer settles the first open hold, if there is one."""
        due = [self.hold_due_at, self.contact_due_at if self.awaits_confirmation else None]
        return min((at for at in due if at is not None), default=None)

    @property
    def awaits_confirmation(self) -> bool:
        """True if a reviewer has to confirm the contact now: nothing waits for that once the claim is decided."""
        return self.is_contact_held and self.status in lifecycle.UNDECIDED

    @property
    def approval_facts(self) -> ApprovalFacts:
        """The values that `rules.customer.opt_out.what_holds` needs of the claim."""
        return ApprovalFacts(
            status=self.status,
            consent=self.consent_status,
            has_competing_claim=self.has_competing_claim,
            requires_validation=self.requires_validation,
            is_validated=self.review_outcome == ReviewOutcome.VALIDATED,
            is_contact_held=self.is_contact_held,
            open_holds=self.open_holds,
        )

    @property
    def claims_dynamics_365(self) -> bool:
        """True if any item is a Dynamics 365 product, which requires a technical contact."""
        known = self.edition.products_by_code
        codes = [item.product.code for item in self.items.all()]
        return any(known[code].is_dynamics_365 for code in codes if code in known)

    @property
    def reasons(self) -> list[str]:
        """The reasons of the last return or rejection, in words."""
        return [str(ReasonCode(code).label) for code in self.reason_codes]

    def searchable(self, items: Iterable[ClaimedProduct]) -> str:
        """Return what `search_text` should hold now, with these *items*."""
        parts = [self.number, self.name, self.domain_name, self.tenant.name, str(self.tenant.tenant_id)]
        parts += [str(item.subscription.subscription_id) for item in items if item.subscription]
        letters = in_own_letters(self.domain_name)
        return search_key(" ".join(parts if letters == self.domain_name else [*parts, letters]))


def submitted_around(partner: int | F, moment: datetime | F, *, within: timedelta) -> ClaimQuerySet:
    """Return the claims of a partner that were submitted at most *within* before or after *moment*."""
    submitted = Claim.objects.alias(at=SUBMITTED_OR_NEVER).exclude(submitted_at=None)
    return submitted.filter(partner=partner, at__gte=moment - within, at__lte=moment + within)


def among_many(count: int, *, within: timedelta) -> Exists:
    """Return a query column of a claim: true if it is one of *count* that its partner submitted around its time."""
    around = submitted_around(OuterRef("partner"), OuterRef("submitted_at"), within=within)
    return Exists(around.order_by("pk")[count - 1 : count])
