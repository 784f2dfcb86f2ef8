"""Claims as rows of a spreadsheet: the list's columns (domain.md 6.1), read and told in constant memory."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from associations.choices import Activity, ClaimStatus, ConsentStatus, SolutionArea
from associations.models import Claim, ClaimedProduct, Product
from associations.models.claims import NUMBER_PREFIX, ClaimQuerySet
from associations.rules.opt_out import last_day

CLAIMS_A_CHUNK = 2000
COLUMNS = (
    "pk",
    "name",
    "tenant__name",
    "domain_name",
    "tenant__tenant_id",
    "solution_area",
    "claims_usage",
    "claims_presales",
    "claims_revenue",
    "location__mpn_id",
    "location__name",
    "status",
    "answer_due_at",
    "consent_status",
    "opt_out_closes_at",
    "window_zone",
    "created_by__full_name",
    "created_by__email",
    "created_at",
    "submitted_at",
    "changed_at",
)

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

    def __init__(self, *, zone: ZoneInfo) -> None:
        self.zone = zone
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
            _("Customer period"),
            _("Last day to opt out"),
            _("Owner"),
            _("Created"),
            _("Submitted"),
            _("Last activity"),
        ]
        self.areas = {value: str(label) for value, label in SolutionArea.choices}
        self.statuses = {value: str(label) for value, label in ClaimStatus.choices}
        self.consents = {value: str(label) for value, label in ConsentStatus.choices}
        self.activities = activity_words()
        self.products = dict(Product.objects.values_list("pk", "name"))
        self.zones: dict[str, ZoneInfo] = {"": ZoneInfo(settings.CPOR_DEFAULT_TIME_ZONE)}

    def rows(self, claims: ClaimQuerySet) -> Iterator[tuple[object, ...]]:
        """Yield one row per claim in the order of *claims*, with two queries per chunk at most."""
        remaining = claims.values_list(*COLUMNS).iterator(chunk_size=CLAIMS_A_CHUNK)
        while chunk := list(islice(remaining, CLAIMS_A_CHUNK)):
            items = items_of([facts[0] for facts in chunk])
            for facts in chunk:
                yield self.row(facts, items.get(facts[0], ()))

    def row(self, facts: tuple[Any, ...], items: Sequence[tuple[int, str]]) -> tuple[object, ...]:
        """Return the cells of one claim."""
        (
            pk,
            name,
            customer,
            domain_name,
            tenant_id,
            area,
            usage,
            presales,
            revenue,
            mpn_id,
            location,
            status,
            answer_due_at,
            consent,
            closes_at,
            zone,
            owner,
            owner_email,
            created_at,
            submitted_at,
            changed_at,
        ) = facts
        return (
            f"{NUMBER_PREFIX}{pk:07d}",
            name,
            customer,
            domain_name,
            str(tenant_id),
            self.areas.get(area, ""),
            self.activities[usage, presales, revenue],
            len(items),
            "; ".join([self.products[product] for product, _subscription in items]),
            "; ".join([subscription for _product, subscription in items if subscription]),
            mpn_id,
            location,
            self.statuses[status],
            self.local(answer_due_at),
            self.consents[consent],
            self.last_day(closes_at, zone),
            owner or owner_email,
            self.local(created_at),
            self.local(submitted_at),
            self.local(changed_at),
        )

    def local(self, moment: datetime | None) -> datetime | None:
        """Return *moment* as the reader's clock shows it, to the second."""
        return moment.astimezone(self.zone).replace(tzinfo=None, microsecond=0) if moment else None

    def last_day(self, closes_at: datetime | None, zone: str) -> date | None:
        """Return the last whole day of a window, in the customer's zone."""
        if closes_at is None:
            return None
        if zone not in self.zones:
            self.zones[zone] = ZoneInfo(zone)
        return last_day(closes_at, zone=self.zones[zone])


def activity_words() -> dict[tuple[bool, bool, bool], str]:
    """Return what is said of every combination of usage, pre-sales and revenue association."""
    labels = [str(Activity.BA_USAGE.label), str(Activity.BA_PRESALES.label), str(Activity.BA_REVENUE.label)]
    flags = (False, True)
    return {
        (usage, presales, revenue): ", ".join(
            [label for label, is_claimed in zip(labels, (usage, presales, revenue), strict=True) if is_claimed]
        )
        for usage in flags
        for presales in flags
        for revenue in flags
    }


def items_of(claim_ids: Sequence[int]) -> Items:
    """Return product and subscription ID of every item of the claims, in one query."""
    items: Items = defaultdict(list)
    found = ClaimedProduct.objects.filter(claim__in=claim_ids).order_by("claim", "pk")
    facts = found.values_list("claim_id", "product_id", "subscription_id", "subscription__subscription_id")
    for claim_id, product_id, subscription_pk, subscription_id in facts:
        items[claim_id].append((product_id, str(subscription_id) if subscription_pk else ""))
    return items
