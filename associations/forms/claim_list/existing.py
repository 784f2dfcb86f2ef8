"""The filters and order of the tab of existing associations, those of before this process (domain.md R5)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, DateField, DateTimeField, Exists, F, OuterRef, Q, UUIDField, Value, When
from django.db.models.fields import CharField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.text.search_keys import search_words
from associations.forms.claim_list.filter import FLAGS, IN_THE_ADDRESS, LONGEST_SEARCH, Pill, activity_names
from associations.forms.claim_list.sort import SORTS, Sort
from associations.models import Product, TenantDomain
from associations.models.associations import AssociationQuerySet
from associations.rules.shown_status import ShownStatus
from associations.status_words.claim_status import LABELS
from associations.stored_activities import of_kind
from guides.editions import Edition, edition_in_force

TAB = "existing"
STATES = (ShownStatus.OFFICIAL, ShownStatus.ENDED)
# Behind every day that is known: what is not going to end, and what has ended already.
NEVER, OVER = Value(date(9998, 12, 31)), Value(date.max)
ENDS = Case(
    When(ended_at__isnull=False, then=OVER),
    default=Coalesce("subscription__ends_on", NEVER, output_field=DateField()),
    output_field=DateField(),
)
NEXT_TO_END = "end"
EXISTING_SORTS: dict[str, Sort] = {
    NEXT_TO_END: Sort(_("End of the subscription"), ENDS, DateField(), has_index=False),
    "customer": Sort(SORTS["customer"].label, F("tenant__name"), CharField(), has_index=False),
    "items": Sort(_("Products"), F("product__name"), CharField(), has_index=False),
    "area": Sort(SORTS["area"].label, F("product__solution_area"), CharField(), has_index=False),
    "tenant": Sort(SORTS["tenant"].label, F("tenant__tenant_id"), UUIDField(), has_index=False),
    "changed": Sort(
        SORTS["changed"].label,
        Coalesce("ended_at", "starts_at"),
        DateTimeField(),
        descends_first=True,
        has_index=False,
    ),
}
# The columns by which the tab is sorted: the status stands with the end of the subscription.
SORTED_COLUMNS = {key: key for key in EXISTING_SORTS if key != NEXT_TO_END} | {"status": NEXT_TO_END}
PARTS = ("words", "state", "area", "activity", "product", "ending")


def product_names() -> dict[str, str]:
    """Return the names of all products by their code."""
    return dict(Product.objects.order_by("name").values_list("code", "name"))


@dataclass(frozen=True)
class ExistingFilter:
    """The person's search, filters and order; values in the address that make no sense are *ignored*."""

    words: str = ""
    state: str = ""
    area: str = ""
    activity: str = ""
    product: str = ""
    ending: str = ""
    sort: str = NEXT_TO_END
    ignored: tuple[str, ...] = ()

    @classmethod
    def asked(
        cls,
        address: Mapping[str, Any],
        *,
        products: Collection[str] | None = None,
        edition: Edition | None = None,
    ) -> "ExistingFilter":
        """Return the filter that *address* states; of *products* and *edition* only, if given."""
        is_known: dict[str, Callable[[str], bool]] = {
            "state": {state.value for state in STATES}.__contains__,
            "sort": {f"{sign}{key}" for key in EXISTING_SORTS for sign in ("", "-")}.__contains__,
        }
        is_known |= {} if products is None else {"product": products.__contains__}
        if edition is not None:
            is_known |= {"area": edition.known_areas.__contains__, "activity": activity_names(edition).__contains__}
        stated, ignored = {}, []
        for name in (*PARTS, "sort"):
            key, is_meant = IN_THE_ADDRESS[name]
            value = str(address.get(key, "")).replace("\x00", "").strip()
            if value and is_known.get(name, is_meant)(value):
                stated[name] = value[:LONGEST_SEARCH]
            elif value:
                ignored.append(key)
        return cls(**stated, ignored=tuple(ignored))

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in PARTS)

    def of(self, held: AssociationQuerySet, *, now: datetime) -> AssociationQuerySet:
        """Return those of *held* that match."""
        for word in search_words(self.words):
            named = Q(tenant__folded_name__contains=word) | Q(subscription__subscription_id__icontains=word)
            domains = TenantDomain.objects.filter(tenant=OuterRef("tenant"), folded_name__contains=word)
            held = held.filter(named | Exists(domains))
        if self.state:
            held = held.filter(ended_at__isnull=self.state == ShownStatus.OFFICIAL)
        if self.area:
            held = held.listed_under(self.area, edition_in_force(now=now))
        if self.activity:
            held = held.filter(of_kind(self.activity))
        if self.product:
            held = held.filter(product__code=self.product)
        return held.ending_soon(now) if self.ending else held

    def query(self, **more: str) -> str:
        """Return the query string of this filter with *more*, empty parts and the usual order left out."""
        parts = {IN_THE_ADDRESS[name][0]: getattr(self, name) for name in (*PARTS, "sort")} | more
        if parts["sort"] == NEXT_TO_END:
            del parts["sort"]
        return f"?{urlencode({'tab': TAB} | {name: value for name, value in parts.items() if value})}"

    def without(self, name: str) -> "ExistingFilter":
        """Return this filter with the part *name* off."""
        off: dict[str, Any] = {name: ""}
        return replace(self, **off)

    def pills(self, edition: Edition, *, products: Mapping[str, str]) -> list[Pill]:
        """Return the filters that are on, in the words of *edition*."""
        words = {
            "words": (pgettext_lazy("filter", "Search"), self.words),
            "state": (_("Status"), LABELS[ShownStatus(self.state)] if self.state else ""),
            "area": (_("Solution area"), edition.area_name(self.area)),
            "activity": (_("Activity"), activity_names(edition).get(self.activity, "")),
            "product": (_("Product"), products.get(self.product, self.product)),
            "ending": (FLAGS["ending"], ""),
        }
        return [
            Pill(str(label), str(value), self.without(name).query())
            for name, (label, value) in words.items()
            if getattr(self, name)
        ]
