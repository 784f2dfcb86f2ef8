"""Querysets of claims, the expressions that lists of claims are sorted by, and the indexes that serve both."""

from datetime import UTC, date, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.text.search_keys import search_words
from associations.choices import ClaimStatus, ConsentStatus, ContactKind, ContactPolicy, ReviewOutcome
from associations.models.associations import Association
from associations.models.claim_parts import ClaimedProduct, Contact, SubmitRequest
from associations.models.notices import CustomerNotice
from associations.models.partners import CLAIM_READERS, ClaimScope, PartnerMember
from associations.rules import lifecycle
from associations.rules.shown_status import ReviewStage, ShownStatus, shown_status

if TYPE_CHECKING:
    from associations.models.claims import Claim

# Sort expressions beside the plain columns. INDEXES uses the same objects, so that an index serves them.
# A claim without a date sorts before every date: a page can start at a date, but not at NULL.
NO_DATE = Value(datetime(1900, 1, 1, tzinfo=UTC), output_field=models.DateTimeField())
SUBMITTED_OR_NEVER = Coalesce("submitted_at", NO_DATE)
CLOSES_OR_NEVER = Coalesce("opt_out_closes_at", NO_DATE)
# The reviewers' order: reviews by due date, then claims that wait for others, then decided claims.
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
# The place of the shown status in a claim's life: `rules.shown_status.shown_status`, asked of columns.
PLACES = {shown: place for place, shown in enumerate(ShownStatus)}
SHOWN_PLACE = Case(
    When(status=ClaimStatus.DRAFT, then=Value(PLACES[ShownStatus.DRAFT])),
    When(status=ClaimStatus.APPROVED, ended_at__isnull=True, then=Value(PLACES[ShownStatus.OFFICIAL])),
    When(status=ClaimStatus.APPROVED, then=Value(PLACES[ShownStatus.ENDED])),
    When(status=ClaimStatus.CANCELLED, then=Value(PLACES[ShownStatus.WITHDRAWN])),
    When(status=ClaimStatus.REJECTED, then=Value(PLACES[ShownStatus.REJECTED])),
    When(status=ClaimStatus.REJECTED_FINAL, then=Value(PLACES[ShownStatus.REJECTED])),
    When(status=ClaimStatus.DISPUTED, then=Value(PLACES[ShownStatus.DISPUTED])),
    When(status=ClaimStatus.ACTION_REQUIRED, then=Value(PLACES[ShownStatus.ACTION_REQUIRED])),
    When(consent_status=ConsentStatus.NOT_SENT, then=Value(PLACES[ShownStatus.SUBMITTED])),
    When(consent_status=ConsentStatus.QUEUED, then=Value(PLACES[ShownStatus.SUBMITTED])),
    When(consent_status=ConsentStatus.OPEN, then=Value(PLACES[ShownStatus.OPT_OUT_PERIOD])),
    default=Value(PLACES[ShownStatus.ON_HOLD]),
    output_field=models.IntegerField(),
)
CONSENTS_IN_FORCE = [(consent, it_is) for consent in ConsentStatus.values for it_is in (True, False)]
# The stored statuses behind each shown one, for an index that begins with the stored one.
STORED_STATUSES = {
    shown: sorted(
        status
        for status in ClaimStatus.values
        if shown in {shown_status(status, consent=consent, is_in_force=it_is) for consent, it_is in CONSENTS_IN_FORCE}
    )
    for shown in ShownStatus
}
# The stages of a review: `rules.shown_status.review_stage`, asked of columns.
AT_REVIEW_STAGE = {
    ReviewStage.WAITING: Q(status=ClaimStatus.SUBMITTED),
    ReviewStage.RUNNING: Q(status__in=[ClaimStatus.UNDER_REVIEW, ClaimStatus.DISPUTED]),
    ReviewStage.VALIDATED: Q(
        status__in=[ClaimStatus.AWAITING_CUSTOMER, ClaimStatus.APPROVED], review_outcome=ReviewOutcome.VALIDATED
    ),
}
# What is counted or sorted by beside an index, so that a partner's thousands of wide rows stay unread.
COUNTED = [
    "location",
    "created_by",
    "status",
    "consent_status",
    "submitted_at",
    "closed_at",
    "ended_at",
    "reason_codes",
]
# At most sixteen: every claim that is written renews each of them (ADR 12).
INDEXES = [
    models.Index(fields=["partner", "-id"], include=COUNTED, name="claims_counted_in_a_partner"),
    models.Index(fields=["location", "-id"], include=["partner"], name="claims_at_a_location"),
    models.Index(fields=["status", "submitted_at"], name="claims_in_the_queue"),
    models.Index(fields=["tenant", "status"], include=["partner", "id"], name="claims_to_a_tenant"),
    models.Index(
        fields=["opt_out_closes_at"],
        condition=Q(status__in=sorted(status.value for status in lifecycle.UNDECIDED)),
        name="claims_with_a_window",
    ),
    GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="claims_by_search_text"),
    # The orders of the partner's list that people use most; the others are sorted within the partner (ADR 12).
    models.Index(fields=["partner", "name", "id"], name="claims_by_name"),
    models.Index(F("partner"), SHOWN_PLACE, F("id"), name="claims_by_shown_status"),
    models.Index(fields=["partner", "changed_at", "id"], name="claims_by_activity_time"),
    models.Index(F("partner"), SUBMITTED_OR_NEVER, F("id"), name="claims_by_submission"),
    models.Index(F("partner"), CLOSES_OR_NEVER, F("id"), name="claims_by_window"),
    # The reviewers' order, alone, behind a status, and of the few claims that compete.
    models.Index(REVIEW_DUE, F("id"), name="claims_due"),
    models.Index(F("status"), REVIEW_DUE, F("id"), name="claims_due_by_status"),
    models.Index(REVIEW_DUE, F("id"), condition=Q(has_competing_claim=True), name="claims_due_competing"),
    models.Index(
        fields=["hold_due_at", "contact_due_at", "id"],
        condition=Q(hold_due_at__isnull=False) | Q(contact_due_at__isnull=False),
        name="claims_held_for_reviewers",
    ),
    models.Index(
        fields=["closed_at", "id"],
        condition=Q(closed_at__isnull=False, forgotten_at=None),
        name="claims_to_forget",
    ),
]


class Attention(IntEnum):
    """The reasons why a claim needs its partner's attention, the most urgent first."""

    ANSWER = 0
    UNDELIVERED = 1
    CONTACT = 2
    COMPETING = 3
    TO_SUBMIT = 4
    DRAFT = 5


def is_undelivered() -> Q:
    """Return the condition that a claim's notice did not arrive: `rules.customer.undelivered.is_undelivered`."""
    # The subquery doesn't depend on the claim, so the database runs it once. Few emails are lost; an index has them.
    lost = CustomerNotice.objects.undelivered().values("claim")
    found_out = Q(consent_status=ConsentStatus.BOUNCED) | Q(consent_status=ConsentStatus.QUEUED, pk__in=lost)
    return Q(status__in=lifecycle.UNDECIDED) & found_out


def is_contact_unconfirmed() -> Q:
    """Return the condition that an undecided claim waits until its contact is confirmed (domain.md D18)."""
    return Q(
        status__in=lifecycle.UNDECIDED,
        contact_policy=ContactPolicy.HOLD,
        contact_confirmed_at=None,
        contact_due_at__isnull=False,
    )


class ReadClaim(Protocol):
    """A claim with what the queryset that is named here read beside its columns."""

    notice_mail_status: str  # with_notice_status
    next_end: date  # ending_soon
    attention: int  # needing_attention
    is_commented: bool  # wizard.steps.with_answers


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Reading rules of claims; they compose."""

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

    def beside(self, claim: "Claim") -> "ClaimQuerySet":
        """Other claims of the same company for the same customer, the newest first."""
        return self.filter(partner=claim.partner_id, tenant=claim.tenant_id).exclude(pk=claim.pk).order_by("-pk")

    def with_reachable_contact(self) -> "ClaimQuerySet":
        """Claims that name a customer contact, unless the notice did not reach them."""
        named = Contact.objects.filter(claim=OuterRef("pk"), kind=ContactKind.CUSTOMER).exclude(email="")
        return self.filter(Exists(named)).exclude(is_undelivered() | Q(consent_status=ConsentStatus.BOUNCED))

    def undecided(self) -> "ClaimQuerySet":
        return self.filter(status__in=lifecycle.UNDECIDED)

    def shown_as(self, *statuses: ShownStatus) -> "ClaimQuerySet":
        """Claims that people read as one of *statuses*: `rules.shown_status.shown_status` (domain.md D23)."""
        # The expression is that of an index within a partner; the reviewers' indexes begin with the stored status.
        stored = {status for shown in statuses for status in STORED_STATUSES[shown]}
        places = [PLACES[shown] for shown in statuses]
        return self.alias(shown_place=SHOWN_PLACE).filter(shown_place__in=places, status__in=sorted(stored))

    def at_review_stage(self, stage: ReviewStage) -> "ClaimQuerySet":
        """Claims whose review is at *stage*: `rules.shown_status.review_stage`."""
        return self.filter(AT_REVIEW_STAGE[stage])

    def matching(self, words: str) -> "ClaimQuerySet":
        """Claims that contain every one of *words*, blind to what people can't type."""
        claims = self
        for word in search_words(words):
            claims = claims.filter(search_text__contains=word)
        return claims

    def window_elapsed(self, now: datetime) -> "ClaimQuerySet":
        """Undecided claims whose opt-out window has run out and not yet been closed."""
        return self.undecided().filter(consent_status=ConsentStatus.OPEN, opt_out_closes_at__lte=now)

    def answer_overdue(self, now: datetime) -> "ClaimQuerySet":
        """Claims whose partner did not answer the reviewer's question in time (domain.md T9)."""
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
        """Claims that silence, or the customer's yes, makes official now, since nothing holds them (domain.md D1).

        The rule is `rules.customer.opt_out.what_holds`. It asks columns of the claim alone, which a lock reads afresh.
        """
        return self.filter(
            Q(consent_status=ConsentStatus.OPEN, opt_out_closes_at__lte=now)
            | Q(consent_status__in=[ConsentStatus.NO_OBJECTION, ConsentStatus.ACKNOWLEDGED]),
            Q(requires_validation=False) | Q(review_outcome=ReviewOutcome.VALIDATED),
            Q(contact_policy=ContactPolicy.ALLOW) | Q(contact_confirmed_at__isnull=False),
            status__in=lifecycle.APPROVABLE,
            has_competing_claim=False,
            hold_due_at=None,
        )

    def ending_soon(self, now: datetime) -> "ClaimQuerySet":
        """Approved claims of which an association ends soon with its subscription, on `next_end` (domain.md R6)."""
        ending = Association.objects.ending_soon(now).filter(
            claimed_products__claim=OuterRef("pk"), partner=OuterRef("partner")
        )
        first = ending.order_by("subscription__ends_on").values("subscription__ends_on")[:1]
        return self.filter(Exists(ending), status=ClaimStatus.APPROVED).annotate(next_end=Subquery(first))

    def with_notice_status(self) -> "ClaimQuerySet":
        """Claims with the status of their current notice's email on `notice_mail_status`, empty without a notice."""
        current = CustomerNotice.objects.current().filter(claim=OuterRef("pk"))
        return self.annotate(notice_mail_status=Coalesce(Subquery(current.values("email__status")[:1]), Value("")))

    def needing_attention(self, *, reader: User | None = None) -> "ClaimQuerySet":
        """Claims that wait for their partner, with the most urgent reason, an Attention, on `attention`.

        With a *reader*, drafts that colleagues asked that person to submit have a reason of their own.
        """
        asked = SubmitRequest.objects.filter(colleague=reader).values("claim")
        to_submit = [When(status=ClaimStatus.DRAFT, pk__in=asked, then=Value(Attention.TO_SUBMIT.value))]
        attention = Case(
            When(status=ClaimStatus.ACTION_REQUIRED, then=Value(Attention.ANSWER.value)),
            When(is_undelivered(), then=Value(Attention.UNDELIVERED.value)),
            When(is_contact_unconfirmed(), then=Value(Attention.CONTACT.value)),
            When(status__in=lifecycle.UNDECIDED, has_competing_claim=True, then=Value(Attention.COMPETING.value)),
            *(to_submit if reader else ()),
            When(status=ClaimStatus.DRAFT, then=Value(Attention.DRAFT.value)),
        )
        live = self.filter(status__in=[*lifecycle.UNDECIDED, ClaimStatus.DRAFT]).annotate(attention=attention)
        return live.filter(Q(attention__isnull=False))

    def contact_unconfirmed(self) -> "ClaimQuerySet":
        """Undecided claims that are on hold until their contact is confirmed (domain.md D18)."""
        return self.filter(is_contact_unconfirmed())

    def with_email_to_read(self) -> "ClaimQuerySet":
        """Claims about which a reviewer has to read an incoming email, decided claims too (domain.md D19, D20)."""
        return self.filter(hold_due_at__isnull=False)

    def hold_due_by(self, moment: datetime) -> "ClaimQuerySet":
        """Claims on hold of which a decision is due by *moment*."""
        return self.filter(Q(hold_due_at__lte=moment) | is_contact_unconfirmed() & Q(contact_due_at__lte=moment))
