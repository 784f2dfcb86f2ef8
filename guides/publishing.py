"""A new edition from another one, its publication from a day to come, and its withdrawal before that day."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from accounts.models import User
from guides.editions import portal_day
from guides.models import GuideActivity, GuideArea, GuideProduct, ProgramGuide
from guides.problems import Problem, problems_of

Row = TypeVar("Row", GuideArea, GuideActivity, GuideProduct)


class NotADraft(Exception):
    """The edition is published: it doesn't change."""


class DayTaken(Exception):
    """Another published edition begins on that day."""


class DayHasCome(Exception):
    """An edition begins on a day to come, and can be withdrawn until then."""


class HasProblems(Exception):
    """The edition has problems that block its publication."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__([problem.text for problem in problems])
        self.problems = problems


class CodeTaken(Exception):
    """Another edition has that code."""


@transaction.atomic
def new_edition_from(guide: ProgramGuide, *, code: str, title: str) -> ProgramGuide:
    """Return a draft with everything that *guide* says, under a code and a title of its own; raise CodeTaken."""
    if ProgramGuide.objects.filter(code=code).exists():
        raise CodeTaken(code)
    draft = ProgramGuide.objects.create(code=code, title=title, source=guide.source)
    areas = {area.pk: copied(area, guide=draft) for area in guide.areas.all()}
    GuideArea.objects.bulk_create(areas.values())
    activities = [copied(row, guide=draft, area=areas[row.area_id]) for row in guide.activities.all()]
    GuideActivity.objects.bulk_create(activities)
    products = [copied(row, guide=draft, area=areas[row.area_id]) for row in guide.products.all()]
    GuideProduct.objects.bulk_create(products)
    return draft


def copied(row: Row, **changed: ProgramGuide | GuideArea) -> Row:
    """Return an unsaved copy of *row* that points at *changed*."""
    names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    copy = type(row)(**{name: getattr(row, name) for name in names})
    for name, value in changed.items():
        setattr(copy, name, value)
    return copy


def edition_before(guide: ProgramGuide, *, day: date) -> ProgramGuide | None:
    """Return the published edition that *guide* follows when it begins on *day*."""
    earlier = ProgramGuide.objects.published().exclude(pk=guide.pk).filter(valid_from__lte=day)
    return earlier.order_by("-valid_from").first()


@transaction.atomic
def publish(*, guide_id: int, valid_from: date, by: User, now: datetime) -> ProgramGuide:
    """Publish a draft from a day to come of the portal's zone.

    Raise NotADraft, DayHasCome, DayTaken, or HasProblems with those that block.
    """
    guide = ProgramGuide.objects.select_for_update().get(pk=guide_id)
    if guide.is_published:
        raise NotADraft(guide.code)
    if valid_from <= portal_day(now):
        raise DayHasCome(valid_from)
    if ProgramGuide.objects.published().filter(valid_from=valid_from).exists():
        raise DayTaken(valid_from)
    blocking = [each for each in problems_of(guide, before=edition_before(guide, day=valid_from)) if each.blocks]
    if blocking:
        raise HasProblems(blocking)
    guide.valid_from, guide.begins_at = valid_from, first_instant_of(valid_from)
    guide.published_at, guide.published_by = now, by
    guide.save(update_fields=["valid_from", "begins_at", "published_at", "published_by"])
    return guide


@transaction.atomic
def withdraw(*, guide_id: int, now: datetime) -> ProgramGuide:
    """Make a draft of a published edition whose day hasn't come; raise DayHasCome."""
    guide = ProgramGuide.objects.select_for_update().get(pk=guide_id)
    if guide.valid_from is not None and guide.valid_from <= portal_day(now):
        raise DayHasCome(guide.valid_from)
    guide.published_at = guide.published_by = None
    guide.save(update_fields=["published_at", "published_by"])
    return guide


def first_instant_of(day: date) -> datetime:
    """Return the first instant of *day* in the portal's zone."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))
