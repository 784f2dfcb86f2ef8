"""Editions of the program guide in force in tests."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from guides import publishing
from guides.models import ProgramGuide

FIRST = datetime(2020, 9, 1, 22, tzinfo=UTC)


def edition_with(change: Callable[[ProgramGuide], object]) -> ProgramGuide:
    """Let another edition be in force since early September 2020, and return it: a copy to which *change* was made.

    Claims that are drafted from now on go by it.
    """
    latest = ProgramGuide.objects.published().latest("valid_from")
    number = ProgramGuide.objects.count()
    guide = publishing.new_edition_from(latest, code=f"test-{number}", title=f"Edition {number} for tests")
    change(guide)
    begins_at = FIRST + timedelta(days=number)
    day = date(2020, 9, 1) + timedelta(days=number)
    ProgramGuide.objects.filter(pk=guide.pk).update(valid_from=day, begins_at=begins_at, published_at=begins_at)
    guide.refresh_from_db()
    return guide


def rules_are(*codes: str, **values: Any) -> ProgramGuide:
    """Let the activities *codes*, or all, have other *values* in an edition in force, and return it."""

    def change(guide: ProgramGuide) -> None:
        activities = guide.activities.filter(code__in=codes) if codes else guide.activities.all()
        activities.update(**values)

    return edition_with(change)
