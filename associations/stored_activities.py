"""The columns that hold the activities of claims and associations: the only place that names them.

Everything else reads and writes the codes of activities.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from guides.editions import Edition, edition_by_id, portal_day
from guides.models import GuideActivity, ProgramGuide

# The column behind each kind of activity, of a claim and of an association.
CLAIMED = {"usage": "claims_usage", "presales": "claims_presales", "revenue": "claims_revenue"}
HELD = {"usage": "for_usage", "presales": "for_presales", "revenue": "for_revenue"}
CLAIM_COLUMNS = tuple(CLAIMED.values())
HELD_COLUMNS = tuple(HELD.values())
# The kinds of activities that the columns can hold, by solution area.
STORABLE = {"M365": ("usage",), "BA": tuple(CLAIMED)}

# The order in which a list sorts claims by activity.
ACTIVITY_RANK = Case(
    When(Q(claims_revenue=True), then=Value(4)),
    When(Q(claims_presales=True, claims_usage=True), then=Value(2)),
    When(Q(claims_presales=True), then=Value(3)),
    When(Q(claims_usage=True), then=Value(1)),
    default=Value(0),
    output_field=IntegerField(),
)


def guides_for_claims(day: date) -> QuerySet[ProgramGuide]:
    """Return the edition by which drafts go on *day* as the only row: the last one whose activities can all be stored.

    An edition with another activity or area is published and read, but nobody could file a claim for it yet.
    """
    storable = Q(pk__in=())
    for area, kinds in STORABLE.items():
        storable |= Q(area__code=area, code__in=[code_of(area, kind) for kind in kinds])
    others = GuideActivity.objects.exclude(storable).values("guide")
    return ProgramGuide.objects.exclude(pk__in=others).in_force_on(day)


def edition_for_claims(*, now: datetime) -> Edition:
    """Return the edition by which drafts go at *now* (domain.md D22)."""
    return edition_by_id(guides_for_claims(portal_day(now)).values_list("pk", flat=True).get())


def stored_codes(solution_area: str, flags: Sequence[bool]) -> tuple[str, ...]:
    """Return the codes of the activities that the columns of a claim or an association hold as *flags*."""
    return tuple(code_of(solution_area, kind) for kind, is_on in zip(CLAIMED, flags, strict=True) if is_on)


def code_of(solution_area: str, kind: str) -> str:
    """Return the code of a kind of activity in an area."""
    return f"{solution_area}_{kind.upper()}"


def kind_of(code: str) -> str:
    """Return the kind of the activity *code*."""
    return code.partition("_")[2].lower()


def claim_columns(solution_area: str, codes: Collection[str]) -> dict[str, Any]:
    """Return the values of a claim's columns that state an area and the activities *codes*."""
    kinds = {kind_of(code) for code in codes}
    return {"solution_area": solution_area} | {column: kind in kinds for kind, column in CLAIMED.items()}


def held_columns(codes: Collection[str]) -> dict[str, bool]:
    """Return the values of an association's columns that state the activities *codes*."""
    kinds = {kind_of(code) for code in codes}
    return {column: kind in kinds for kind, column in HELD.items()}


def holds_kind(kind: str) -> Q:
    """Return the condition that an association is for an activity of this *kind*, in any area."""
    return Q(**{HELD[kind]: True})


def claims_kind(kind: str) -> Q:
    """Return the condition that a claim is for an activity of this *kind*, in any area."""
    return Q(**{CLAIMED[kind]: True})
