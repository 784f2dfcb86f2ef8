"""Editions of the program guide as plain values, kept in memory by the ID of their row (domain.md D22).

What a grain, a question or an element of a proof does is code; which of them apply, the numbers and the words are
values of the edition. Codes stay the same over editions.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings

from guides.choices import AskedFact, ContactPolicy, Grain, ProofElement, SalesChannel, SignatureKind
from guides.models import GuideActivity, GuideArea, GuideProduct, ProgramGuide
from guides.names import Names


class NoEdition(LookupError):
    """No edition was in force on that day: it is before the first one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Area:
    """A solution area of one edition; *name* is read with `str` in the active language."""

    code: str
    name: Names
    succeeds: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False, kw_only=True)
class Activity:
    """An activity of one edition, with everything that follows from claiming it.

    *name* and *choose_when* are read with `str` in the active language. Activities of one *choice_group* can be
    claimed together, groups of one area exclude each other. None stands for a limit that the edition doesn't set.
    """

    code: str
    area: str
    name: Names
    choose_when: Names
    choice_group: str
    grain: Grain
    program: str
    pays: bool
    gives_recognition: bool
    asks: frozenset[AskedFact]
    opt_out_business_days: int
    needs_validation: bool
    review_business_days: int
    answer_business_days: int
    dispute_days: int
    late_filing_days: int | None
    least_seats: int | None
    template_required: bool
    proof_age_months: int
    proof_elements: frozenset[ProofElement]
    signature_kinds: frozenset[SignatureKind]
    sales_channels: frozenset[SalesChannel]
    contact_policy: ContactPolicy

    @property
    def kind(self) -> str:
        """The end of the code in lower case, over areas and editions: "usage" of M365_USAGE and BA_USAGE."""
        return (self.code.partition("_")[2] or self.code).lower()


@dataclass(frozen=True, eq=False, kw_only=True)
class Product:
    """A workload or product of one edition; without *activities* it can't be claimed."""

    code: str
    area: str
    group: str
    name: str
    former_names: tuple[str, ...]
    synonyms: tuple[str, ...]
    is_dynamics_365: bool
    activities: frozenset[str]
    counts_for_payment: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Edition:
    """One complete edition; areas, activities and products are in the order in which people see them."""

    id: int
    code: str
    title: str
    valid_from: date | None
    source: str
    note: Names
    areas: Sequence[Area]
    activities: Sequence[Activity]
    products: Sequence[Product]

    @cached_property
    def area_names(self) -> Mapping[str, Names]:
        """The name of each area by its code."""
        return {area.code: area.name for area in self.areas}

    @cached_property
    def products_by_code(self) -> Mapping[str, Product]:
        """Each workload and product by its code."""
        return {product.code: product for product in self.products}

    def activities_named(self, codes: Collection[str]) -> tuple[Activity, ...]:
        """Return the activities *codes* in the order of the edition, without those that the edition lacks."""
        return tuple(activity for activity in self.activities if activity.code in codes)

    def activities_in(self, area: str) -> tuple[Activity, ...]:
        """Return the activities of an area."""
        return tuple(activity for activity in self.activities if activity.area == area)

    def product_name(self, code: str, *, catalog_name: str) -> str:
        """Return a product's name, or that of the catalog if the edition lacks it."""
        known = self.products_by_code.get(code)
        return known.name if known else catalog_name

    def area_name(self, code: str) -> str:
        """Return an area's name in the active language, or its code if the edition lacks it."""
        return str(self.area_names.get(code, code))

    def areas_of(self, grain: Grain) -> frozenset[str]:
        """Return the codes of the areas in which items of this *grain* are claimed."""
        return frozenset(activity.area for activity in self.activities if activity.grain is grain)

    def area_of(self, product: str, *, in_catalog: str) -> str:
        """Return the area to which a product belongs, or the one that takes the place of its area *in_catalog*."""
        known = self.products_by_code.get(product)
        return known.area if known else next(iter(self.successors_of(in_catalog)), in_catalog)

    def successor_of(self, area: str) -> Area | None:
        """Return the area that takes the place of *area* of an earlier edition; None where it stays, or has none."""
        if area in self.area_names:
            return None
        return next((each for each in self.areas if area in each.succeeds), None)

    def successors_of(self, area: str) -> tuple[str, ...]:
        """Return the areas under which claims to *area*, of this or an earlier edition, are listed: the same first."""
        stays = (area,) if area in self.area_names else ()
        return (*stays, *(each.code for each in self.areas if area in each.succeeds))

    def listed_under(self, area: str) -> tuple[str, ...]:
        """Return the areas, of this or an earlier edition, of which claims can be listed under *area*."""
        return (area, *sorted(each for row in self.areas if row.code == area for each in row.succeeds))

    def products_in(self, areas: Collection[str]) -> frozenset[str]:
        """Return the codes of the workloads and products in *areas*."""
        return frozenset(product.code for product in self.products if product.area in areas)

    @cached_property
    def known_areas(self) -> frozenset[str]:
        """The codes of its areas, and of those that they succeed: addresses and saved views may name either."""
        return frozenset(self.area_names).union(*(area.succeeds for area in self.areas))

    @cached_property
    def kinds(self) -> dict[str, Names]:
        """The name of the first activity of each kind, by the kind."""
        kinds: dict[str, Names] = {}
        for activity in self.activities:
            kinds.setdefault(activity.kind, activity.name)
        return kinds

    def products_for(self, activity: str) -> tuple[Product, ...]:
        """Return what can be claimed for an activity."""
        return tuple(product for product in self.products if activity in product.activities)


# By the ID of the row, with the time of publication: an edition to come may be withdrawn, changed and published again.
_kept: dict[int, tuple[datetime, Edition]] = {}
_last_named: dict[str, Activity] = {}


def portal_day(now: datetime) -> date:
    """Return the day of *now* in the portal's zone, which decides which edition is in force."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def edition_in_force(*, now: datetime) -> Edition:
    """Return the edition in force at *now*, with one query for one row; raise NoEdition if none is published."""
    return edition_on(portal_day(now))


def edition_on(day: date) -> Edition:
    """Return the edition in force on *day*, with one query for one row; raise NoEdition if none is published."""
    row = ProgramGuide.objects.in_force_on(day).values_list("pk", "published_at").first()
    if row is None:
        raise NoEdition(day)
    guide_id, published_at = row
    kept = _kept.get(guide_id)
    if kept is None or kept[0] != published_at:
        return keep(guide_id)
    return kept[1]


def edition_by_id(guide_id: int) -> Edition:
    """Return an edition whose day has come, such as a claim's, from memory once it was read.

    Raise NoEdition for one that isn't published.
    """
    kept = _kept.get(guide_id)
    return kept[1] if kept else keep(guide_id)


def keep(guide_id: int) -> Edition:
    """Read a published edition into memory and return it; raise NoEdition if it isn't published."""
    guide = ProgramGuide.objects.published().filter(pk=guide_id).first()
    if guide is None:
        raise NoEdition(guide_id)
    return edition_of(guide)


def edition_of(guide: ProgramGuide) -> Edition:
    """Return the edition of a row: a published one from memory once it was read, a draft as it is now."""
    if guide.published_at is None:
        return read_edition(guide)
    kept = _kept.get(guide.pk)
    if kept is None or kept[0] != guide.published_at:
        kept = _kept[guide.pk] = guide.published_at, read_edition(guide)
    return kept[1]


def last_named(codes: Collection[str]) -> tuple[Activity, ...]:
    """Return the activities *codes* as the last published edition that has each says: from memory once it was read."""
    if not _last_named.keys() >= set(codes):
        for guide in ProgramGuide.objects.in_order():
            _last_named.update({activity.code: activity for activity in edition_of(guide).activities})
    return tuple(_last_named[code] for code in codes if code in _last_named)


def forget_kept() -> None:
    """Empty the memory: tests take back what they published."""
    _kept.clear()
    _last_named.clear()


def read_edition(guide: ProgramGuide) -> Edition:
    """Return the edition of *guide* as it is in the database now, also a draft."""
    return Edition(
        id=guide.pk,
        code=guide.code,
        title=guide.title,
        valid_from=guide.valid_from,
        source=guide.source,
        note=Names.of(guide.note),
        areas=tuple(area_of(row) for row in guide.areas.all()),
        activities=tuple(activity_of(row) for row in guide.activities.select_related("area", "program")),
        products=tuple(product_of(row) for row in guide.products.select_related("area", "product")),
    )


def area_of(row: GuideArea) -> Area:
    return Area(code=row.code, name=Names.of(row.name), succeeds=frozenset(row.succeeds))


def activity_of(row: GuideActivity) -> Activity:
    return Activity(
        code=row.code,
        area=row.area.code,
        name=Names.of(row.name),
        choose_when=Names.of(row.choose_when),
        choice_group=row.choice_group,
        grain=Grain(row.grain),
        program=row.program.code,
        pays=row.pays,
        gives_recognition=row.gives_recognition,
        asks=frozenset(map(AskedFact, row.asks)),
        opt_out_business_days=row.opt_out_business_days,
        needs_validation=row.needs_validation,
        review_business_days=row.review_business_days,
        answer_business_days=row.answer_business_days,
        dispute_days=row.dispute_days,
        late_filing_days=row.late_filing_days,
        least_seats=row.least_seats,
        template_required=row.template_required,
        proof_age_months=row.proof_age_months,
        proof_elements=frozenset(map(ProofElement, row.proof_elements)),
        signature_kinds=frozenset(map(SignatureKind, row.signature_kinds)),
        sales_channels=frozenset(map(SalesChannel, row.sales_channels)),
        contact_policy=ContactPolicy(row.contact_policy),
    )


def product_of(row: GuideProduct) -> Product:
    return Product(
        code=row.product.code,
        area=row.area.code,
        group=row.group,
        name=row.name,
        former_names=tuple(row.former_names),
        synonyms=tuple(row.synonyms),
        is_dynamics_365=row.is_dynamics_365,
        activities=frozenset(row.activities),
        counts_for_payment=row.counts_for_payment,
    )
