"""An edition of Microsoft's program rules as plain values: its areas and activities (domain.md 3.1, 3.2, D22).

What a grain, a question or an element of a proof does is code; which of them apply, the numbers and the words are
values of the edition. Codes stay the same over editions.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from associations.choices import ContactPolicy, SalesChannel
from guides.choices import ProofElement


class Grain(StrEnum):
    """The kind of item that an activity is claimed for."""

    WORKLOAD = "workload"
    SUBSCRIPTION = "subscription"


class AskedFact(StrEnum):
    """The optional facts that an activity can ask for."""

    SELLER_NAME = "seller_name"
    CUSTOMER_NAME = "customer_name"
    ISV_PRODUCT = "isv_product"
    TRANSACTION_DATE = "transaction_date"


class SignatureKind(StrEnum):
    """The kinds of signature that a proof can carry."""

    INK = "ink"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, eq=False, kw_only=True)
class Area:
    """A solution area of one edition; *name* is read with `str` in the active language."""

    code: str
    name: object
    succeeds: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False, kw_only=True)
class Activity:
    """An activity of one edition, with everything that follows from claiming it.

    *name* and *choose_when* are read with `str` in the active language. Activities of one *choice_group* can be
    claimed together, groups of one area exclude each other. None stands for a limit that the edition doesn't set.
    """

    code: str
    area: str
    name: object
    choose_when: object
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
        """The code without its area, in lower case: "usage" of M365_USAGE and BA_USAGE."""
        return self.code.removeprefix(f"{self.area}_").lower()


@dataclass(frozen=True, eq=False, kw_only=True)
class Edition:
    """One complete edition; areas and activities are in the order in which people see them."""

    code: str
    areas: Sequence[Area]
    activities: Sequence[Activity]

    @cached_property
    def area_names(self) -> Mapping[str, object]:
        """The name of each area by its code."""
        return {area.code: area.name for area in self.areas}

    def activities_named(self, codes: Collection[str]) -> tuple[Activity, ...]:
        """Return the activities *codes* in the order of the edition, without those that the edition lacks."""
        return tuple(activity for activity in self.activities if activity.code in codes)

    def activities_in(self, area: str) -> tuple[Activity, ...]:
        """Return the activities of an area."""
        return tuple(activity for activity in self.activities if activity.area == area)

    def areas_of(self, grain: Grain) -> frozenset[str]:
        """Return the codes of the areas in which items of this *grain* are claimed."""
        return frozenset(activity.area for activity in self.activities if activity.grain is grain)

    def area_name(self, code: str) -> str:
        """Return an area's name in the active language, or an empty text for no area."""
        return str(self.area_names[code]) if code else ""


def codes_of(activities: Iterable[Activity]) -> tuple[str, ...]:
    """Return the codes of *activities*."""
    return tuple(activity.code for activity in activities)


def is_recognition_only(activities: Collection[Activity]) -> bool:
    """Return whether there are *activities* and none of them pays."""
    return bool(activities) and not any(activity.pays for activity in activities)
