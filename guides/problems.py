"""Problems of an edition, each with its row: with one that blocks, an edition can't be published."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from guides.models import GuideActivity, GuideArea, GuideProduct, ProgramGuide
from guides.names import FALLBACK, in_language


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with *row*, in words; one that doesn't *block* is worth a look."""

    row: models.Model
    text: str
    blocks: bool = True


@dataclass(frozen=True)
class Rows:
    """The rows of one edition, each read once."""

    guide: ProgramGuide
    areas: Sequence[GuideArea]
    activities: Sequence[GuideActivity]
    products: Sequence[GuideProduct]


def problems_of(guide: ProgramGuide, *, before: ProgramGuide | None) -> list[Problem]:
    """Return what is wrong with the edition *guide*, which follows the edition *before*."""
    rows = Rows(
        guide,
        list(guide.areas.all()),
        list(guide.activities.select_related("area")),
        list(guide.products.select_related("area", "product")),
    )
    return [
        *gaps(rows),
        *missing_texts(rows),
        *odd_activities(rows),
        *odd_products(rows),
        *lost_areas(rows, before=before),
    ]


def gaps(rows: Rows) -> Iterator[Problem]:
    """Yield what is empty: an edition without areas, an area without activities, an activity without products."""
    if not rows.areas:
        yield Problem(row=rows.guide, text=_("The edition has no solution area."))
    used = {activity.area_id for activity in rows.activities}
    for area in rows.areas:
        if area.pk not in used:
            yield Problem(row=area, text=_("The solution area has no activity."))
    claimed = {code for product in rows.products for code in product.activities}
    for activity in rows.activities:
        if activity.code not in claimed:
            yield Problem(row=activity, text=_("No product can be claimed for the activity."))


def missing_texts(rows: Rows) -> Iterator[Problem]:
    """Yield texts that are missing: in English they are needed, other languages fall back to it."""
    texts: list[tuple[models.Model, dict[str, str]]] = [(area, area.name) for area in rows.areas]
    texts += [(activity, text) for activity in rows.activities for text in (activity.name, activity.choose_when)]
    for row, names in texts:
        for code, language in settings.LANGUAGES:
            if names.get(code):
                continue
            if code == FALLBACK:
                yield Problem(row=row, text=_("A text is missing in English."))
            else:
                shown = _("A text is missing in this language, English is shown: %(language)s")
                yield Problem(row=row, text=shown % {"language": language}, blocks=False)


def odd_activities(rows: Rows) -> Iterator[Problem]:
    """Yield activities that people can't tell apart, and those of one group that are claimed for different things."""
    names = Counter((activity.area_id, in_language(activity.name)) for activity in rows.activities)
    grains: dict[tuple[int, str], str] = {}
    for activity in rows.activities:
        if names[activity.area_id, in_language(activity.name)] > 1:
            yield Problem(row=activity, text=_("Two activities of the solution area have this name."))
        group = activity.area_id, activity.choice_group
        if grains.setdefault(group, activity.grain) != activity.grain:
            yield Problem(
                row=activity,
                text=_("Activities of one choice group are claimed per workload or per subscription, not both."),
            )
    yield from nothing_in_common(rows)


def nothing_in_common(rows: Rows) -> Iterator[Problem]:
    """Yield activities that can be claimed with others, and accept no signature or no sales channel that they do."""
    accepted: dict[tuple[int, str], tuple[set[str], set[str]]] = {}
    for activity in rows.activities:
        own = set(activity.signature_kinds), set(activity.sales_channels)
        signatures, channels = accepted.setdefault((activity.area_id, activity.choice_group), own)
        if not signatures & own[0]:
            yield Problem(row=activity, text=_("Activities of one choice group have to accept one kind of signature."))
        if not channels & own[1]:
            yield Problem(row=activity, text=_("Activities of one choice group have to share one sales channel."))
        accepted[activity.area_id, activity.choice_group] = signatures & own[0], channels & own[1]


def odd_products(rows: Rows) -> Iterator[Problem]:
    """Yield products whose activities the edition lacks or has in another area."""
    areas = {activity.code: activity.area_id for activity in rows.activities}
    for product in rows.products:
        for code in product.activities:
            if code not in areas:
                yield Problem(row=product, text=_("The edition has no activity %(code)s.") % {"code": code})
            elif areas[code] != product.area_id:
                yield Problem(
                    row=product, text=_("The activity %(code)s is of another solution area.") % {"code": code}
                )


def lost_areas(rows: Rows, *, before: ProgramGuide | None) -> Iterator[Problem]:
    """Yield areas of the edition before that nobody succeeds, and codes that no area ever had."""
    goes_on = {area.code for area in rows.areas} | {code for area in rows.areas for code in area.succeeds}
    if before is not None:
        for area in before.areas.all():
            if area.code not in goes_on:
                lost = _("No solution area succeeds %(code)s of edition %(edition)s.")
                yield Problem(row=rows.guide, text=lost % {"code": area.code, "edition": before.code})
    known = set(GuideArea.objects.exclude(guide=rows.guide).values_list("code", flat=True))
    for area in rows.areas:
        for code in area.succeeds:
            if code not in known:
                yield Problem(row=area, text=_("No other edition has the solution area %(code)s.") % {"code": code})
