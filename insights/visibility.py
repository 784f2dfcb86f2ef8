"""Decides which usage a person sees: customers, products and start (domain.md R10, 7, 8)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from django.db.models import DateField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncMonth

from accounts.models import User
from accounts.text.search_keys import search_words
from associations.choices import MemberRole
from associations.models import Association, ClaimedProduct, PartnerMember
from insights.models import MonthlyUsage

USAGE_READERS = (
    MemberRole.INCENTIVES_ADMIN.value,
    MemberRole.INCENTIVES_USER.value,
    MemberRole.GLOBAL_ADMIN.value,
    MemberRole.REPORT_VIEWER.value,
    MemberRole.EXEC_REPORT_VIEWER.value,
)
# Who may take the figures away as a file (domain.md 7).
DOWNLOADERS = (
    MemberRole.INCENTIVES_ADMIN.value,
    MemberRole.INCENTIVES_USER.value,
    MemberRole.GLOBAL_ADMIN.value,
    MemberRole.EXEC_REPORT_VIEWER.value,
)
MONTHS_SHOWN = 13
KEY, FIGURES = ("tenant", "product", "subscription"), ("month", "active", "available", "assigned")


@dataclass(frozen=True)
class MonthOfUse:
    """The figures of one item in one month."""

    month: date
    active: int
    available: int
    assigned: int | None

    @property
    def share(self) -> float | None:
        """The share of the available amount that is in use, from 0 to 1; None when nothing is."""
        return self.active / self.available if self.available else None


def items_open_to(user: User, *, roles: tuple[str, ...] = USAGE_READERS) -> QuerySet[Association]:
    """Return the active associations whose usage *user* sees through one of *roles*, each with customer and product.

    An association is in the scope of the locations whose claims stand behind it; one that was migrated has none, and
    is seen by who acts for all locations of the partner. What ended is not among them from that very commit on.
    Each row has its `first_month`, for `outer_months`.
    """
    members = PartnerMember.objects.filter(user=user, role__in=roles)
    everywhere = members.filter(all_locations=True).values("partner")
    behind = ClaimedProduct.objects.filter(association=OuterRef(OuterRef("pk"))).values("claim__location")
    named = members.filter(all_locations=False, partner=OuterRef("partner"), locations__in=behind)
    in_scope = Q(partner__in=everywhere) | Exists(named)
    first_month = TruncMonth("starts_at", output_field=DateField(), tzinfo=UTC)
    active = Association.objects.active().filter(in_scope).annotate(first_month=first_month)
    return active.select_related("tenant", "product", "subscription")


def matching(items: QuerySet[Association], words: str) -> QuerySet[Association]:
    """Return those of *items* whose customer, product or a claim behind them contains every one of *words*.

    It is blind to what people can't type; the names of products hold nothing of it.
    """
    for word in search_words(words):
        behind = ClaimedProduct.objects.filter(association=OuterRef("pk"), claim__search_text__contains=word)
        named = Q(tenant__folded_name__contains=word) | Q(product__name__icontains=word)
        items = items.filter(Exists(behind) | named)
    return items


def usage_of(items: Sequence[Association]) -> dict[int, list[MonthOfUse]]:
    """Return the months of each of *items*, which `items_open_to` let through, oldest first, by its key; in one query.

    The first is the month in which the association became official: its figures are counted at its end. At most the
    latest thirteen are returned.
    """
    figures = MonthlyUsage.objects.filter(
        tenant__in={item.tenant_id for item in items}, product__in={item.product_id for item in items}
    )
    by_item = defaultdict(list)
    for *key, month, active, available, assigned in figures.order_by("month").values_list(*KEY, *FIGURES):
        by_item[tuple(key)].append(MonthOfUse(month, active, available, assigned))
    return {
        item.pk: [
            month
            for month in by_item[item.tenant_id, item.product_id, item.subscription_id]
            if month.month >= first_month(item)
        ][-MONTHS_SHOWN:]
        for item in items
    }


def outer_months(*, levels: int = 1) -> QuerySet[MonthlyUsage]:
    """Return the months that `usage_of` shows of an item, and earlier ones since it is official, for a subquery.

    The query on associations is so many *levels* further out.
    """
    months = MonthlyUsage.objects.annotate(of_subscription=Coalesce("subscription_id", 0))
    return months.filter(
        tenant=outer("tenant_id", levels),
        product=outer("product_id", levels),
        of_subscription=Coalesce(outer("subscription_id", levels), 0),
        month__gte=outer("first_month", levels),
    )


def outer(name: str, levels: int) -> Any:
    """Return a reference to a column of the query that is so many levels further out."""
    return OuterRef(name) if levels == 1 else OuterRef(outer(name, levels - 1))


def first_month(item: Association) -> date:
    """Return the first day of the month, in UTC, in which *item* became official."""
    return item.starts_at.date().replace(day=1)
