"""Claims as rows of a spreadsheet: the list's columns (domain.md 6.1), in constant memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.text.readable import address_in_full, readable_domain
from associations.background import sheet_sentences
from associations.choices import (
    ClaimStatus,
    ConsentStatus,
    ContactPolicy,
    EndReason,
    ReviewOutcome,
)
from associations.models import Claim, ClaimedProduct, Product
from associations.models.claim_queries import ClaimQuerySet
from associations.rules.customer.opt_out import ApprovalFacts, holds_beside_the_status, last_day
from associations.rules.identifiers import claim_number
from associations.rules.lifecycle import UNDECIDED
from associations.rules.shown_status import ReviewStage, ShownStatus, review_stage, shown_status
from associations.status_words.claim_status import LABELS, OFFICIAL_BY, REVIEWS
from associations.status_words.holds import HOLD_NAMES
from guides.editions import edition_by_id
from guides.models import ProgramGuide

CLAIMS_A_CHUNK = 2000
COLUMNS = (
    "pk",
    "name",
    "tenant__name",
    "domain_name",
    "tenant__tenant_id",
    "guide_id",
    "solution_area",
    "activity_codes",
    "location__mpn_id",
    "location__name",
    "status",
    "review_outcome",
    "answer_due_at",
    "consent_status",
    "opt_out_closes_at",
    "closed_at",
    "official_by",
    "ended_at",
    "end_reason",
    "has_competing_claim",
    "requires_validation",
    "contact_policy",
    "contact_confirmed_at",
    "hold_kinds",
    "hold_due_at",
    "contact_due_at",
    "window_zone",
    "created_by__full_name",
    "created_by__email",
    "created_at",
    "submitted_at",
    "changed_at",
)
WIDTH = len(COLUMNS)

Items = dict[int, list[tuple[int, str]]]


def exportable_by(user: User) -> ClaimQuerySet:
    """Return the claims of the person's list; for who works at the desk, those they may review (domain.md 7)."""
    own = Claim.objects.visible_to(user)
    if user.is_superuser:
        return Claim.objects.all()
    return own | Claim.objects.reviewable_by(user) if user.has_perm("associations.review_claim") else own


class ClaimSheet:
    """The words of the sheet, looked up once, in the language that is active when it is made.

    Rows are made afterwards, while a response is streamed or a worker writes, and need no language then.
    """

    def __init__(self, *, zone: ZoneInfo, now: datetime) -> None:
        self.zone = zone
        self.sentences = sheet_sentences.SheetSentences(zone=zone, now=now)
        self.head = [
            _("Claim ID"),
            _("Claim name"),
            _("Customer"),
            _("Customer domain name"),
            _("Tenant ID"),
            _("Solution area"),
            _("Activity"),
            _("Number of items"),
            _("Items"),
            _("Subscription IDs"),
            _("MPN ID"),
            _("MPN location"),
            _("Status"),
            _("Answer due"),
            _("Opt-out period"),
            _("Last day to opt out"),
            _("Owner"),
            _("Created"),
            pgettext("date", "Submitted"),
            _("Last activity"),
            _("Domain name in its own letters"),
            _("On hold: decision by a reviewer due"),
            _("Review"),
            _("Official since"),
            _("How it became official"),
            pgettext("date", "Ended"),
            _("Why it ended"),
            _("Holds"),
            _("Program guide"),
            _("Status details"),
        ]
        editions = [edition_by_id(pk) for pk in ProgramGuide.objects.published().values_list("pk", flat=True)]
        self.areas: dict[tuple[int | None, str], str] = {
            (edition.id, code): str(name) for edition in editions for code, name in edition.area_names.items()
        }
        self.guides: dict[int | None, str] = {edition.id: edition.title for edition in editions}
        # Claims that a version of before editions wrote while its tables were migrated.
        first = min(editions, key=lambda edition: edition.valid_from or date.max)
        self.guides[None] = first.title
        # What no claim stands behind is named by the first edition that has it.
        for edition in (first, *editions):
            for code, name in edition.area_names.items():
                self.areas.setdefault((None, code), str(name))
        self.statuses = {facts: str(LABELS[shown]) for facts, shown in shown_statuses().items()}
        self.reviews = {facts: str(REVIEWS[stage]) for facts, stage in review_stages().items()}
        self.official_by = {consent.value: str(label) for consent, label in OFFICIAL_BY.items()}
        self.end_reasons = {value: str(label) for value, label in EndReason.choices}
        self.hold_names = {hold: str(label) for hold, label in HOLD_NAMES.items()}
        self.consents = {value: str(label) for value, label in ConsentStatus.choices}
        self.activities: dict[tuple[int | None, str], str] = {
            (edition.id, activity.code): str(activity.name) for edition in editions for activity in edition.activities
        }
        for edition in (first, *editions):
            for activity in edition.activities:
                self.activities.setdefault((None, activity.code), str(activity.name))
        catalog = list(Product.objects.values_list("pk", "code", "name"))
        self.products: dict[tuple[int | None, int], str] = {
            (edition.id, pk): edition.product_name(code, catalog_name=name)
            for edition in editions
            for pk, code, name in catalog
        }
        self.products |= {(None, pk): self.products[first.id, pk] for pk, _code, _name in catalog}
        self.zones: dict[str, ZoneInfo] = {"": ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE)}

    def rows(self, claims: ClaimQuerySet) -> Iterator[tuple[object, ...]]:
        """Yield one row per claim in the order of *claims*, with two queries per chunk at most."""
        remaining = claims.values_list(*COLUMNS, *sheet_sentences.COLUMNS).iterator(chunk_size=CLAIMS_A_CHUNK)
        while chunk := list(islice(remaining, CLAIMS_A_CHUNK)):
            items = items_of([facts[0] for facts in chunk])
            sentences = self.sentences.of([facts[WIDTH:] for facts in chunk])
            for facts, sentence in zip(chunk, sentences, strict=True):
                yield *self.row(facts[:WIDTH], items.get(facts[0], ())), sentence

    def row(self, facts: tuple[Any, ...], items: Sequence[tuple[int, str]]) -> tuple[object, ...]:
        """Return the cells of one claim, apart from the last, the sentence of its status."""
        (
            pk,
            name,
            customer,
            domain_name,
            tenant_id,
            guide_id,
            area,
            activity_codes,
            mpn_id,
            location,
            status,
            outcome,
            answer_due_at,
            consent,
            closes_at,
            closed_at,
            official_by,
            ended_at,
            end_reason,
            has_competing_claim,
            requires_validation,
            contact_policy,
            contact_confirmed_at,
            hold_kinds,
            hold_due_at,
            contact_due_at,
            zone,
            owner,
            owner_email,
            created_at,
            submitted_at,
            changed_at,
        ) = facts
        return (
            claim_number(pk),
            name,
            customer,
            domain_name,
            str(tenant_id),
            self.areas.get((guide_id, area), area),
            self.activities_in_words(guide_id, activity_codes),
            len(items),
            "; ".join([self.products[guide_id, product] for product, _subscription in items]),
            "; ".join([subscription for _product, subscription in items if subscription]),
            mpn_id,
            location,
            self.statuses[status, consent, ended_at is None],
            self.local(answer_due_at),
            self.consents[consent],
            self.last_day(closes_at, zone),
            owner or address_in_full(owner_email),
            self.local(created_at),
            self.local(submitted_at),
            self.local(changed_at),
            readable_domain(domain_name),
            # Nothing holds a decided claim, whatever a customer still writes about it.
            self.last_day(first_of(hold_due_at, contact_due_at) if status in UNDECIDED else None, zone),
            self.reviews.get((status, outcome), ""),
            self.local(closed_at if status == ClaimStatus.APPROVED else None),
            self.official_by.get(official_by, ""),
            self.local(ended_at),
            self.end_reasons.get(end_reason, ""),
            self.holds(
                ApprovalFacts(
                    status=status,
                    consent=consent,
                    has_competing_claim=has_competing_claim,
                    requires_validation=requires_validation,
                    is_validated=outcome == ReviewOutcome.VALIDATED,
                    is_contact_held=contact_policy == ContactPolicy.HOLD and contact_confirmed_at is None,
                    open_holds=hold_kinds.split(),
                )
            )
            if status in UNDECIDED
            else "",
            self.guides[guide_id],
        )

    def activities_in_words(self, guide_id: int | None, codes: Iterable[str]) -> str:
        """Return the names of the activities *codes* in the claim's edition."""
        return ", ".join([self.activities.get((guide_id, code), code) for code in codes])

    def holds(self, facts: ApprovalFacts) -> str:
        """Return the names of what holds an undecided claim."""
        return "; ".join([self.hold_names[hold] for hold in holds_beside_the_status(facts)])

    def local(self, moment: datetime | None) -> datetime | None:
        """Return *moment* as the reader's clock shows it, to the second."""
        return moment.astimezone(self.zone).replace(tzinfo=None, microsecond=0) if moment else None

    def last_day(self, closes_at: datetime | None, zone: str) -> date | None:
        """Return the last whole day before an exclusive end, in the customer's zone."""
        if closes_at is None:
            return None
        if zone not in self.zones:
            self.zones[zone] = ZoneInfo(zone)
        return last_day(closes_at, zone=self.zones[zone])


def shown_statuses() -> dict[tuple[str, str, bool], ShownStatus]:
    """Return the status that people read for every stored status and consent, in force and not."""
    return {
        (status, consent, it_is): shown_status(status, consent=consent, is_in_force=it_is)
        for status in ClaimStatus.values
        for consent in ConsentStatus.values
        for it_is in (True, False)
    }


def review_stages() -> dict[tuple[str, str], ReviewStage]:
    """Return the stage of the review for every stored status and outcome that has one."""
    found = {
        (status, outcome): review_stage(status, outcome=outcome)
        for status in ClaimStatus.values
        for outcome in ReviewOutcome.values
    }
    return {facts: stage for facts, stage in found.items() if stage}


def items_of(claim_ids: Sequence[int]) -> Items:
    """Return product and subscription ID of every item of the claims, in one query."""
    items: Items = defaultdict(list)
    found = ClaimedProduct.objects.filter(claim__in=claim_ids).order_by("claim", "pk")
    facts = found.values_list("claim_id", "product_id", "subscription_id", "subscription__subscription_id")
    for claim_id, product_id, subscription_pk, subscription_id in facts:
        items[claim_id].append((product_id, str(subscription_id) if subscription_pk else ""))
    return items


def first_of(*moments: datetime | None) -> datetime | None:
    """Return the earliest of *moments* that are known."""
    return min((moment for moment in moments if moment is not None), default=None)
