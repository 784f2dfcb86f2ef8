"""The questions about the activity, as each solution area of an edition asks them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from guides.editions import Activity, Area, Edition


@dataclass(frozen=True, kw_only=True)
class ActivityGroup:
    """Activities of an area that one claim can state together: each with the name of its box, if there are several."""

    code: str
    activities: tuple[Activity, ...]
    boxes: Mapping[str, str]

    @property
    def label(self) -> str:
        """The names of its activities: "Usage and/or pre-sales"."""
        *others, last = [str(activity.name) for activity in self.activities]
        if not others:
            return last
        words = {"first": ", ".join([others[0], *map(in_a_sentence, others[1:])]), "last": in_a_sentence(last)}
        return _("%(first)s and/or %(last)s") % words

    @property
    def legend(self) -> str:
        """The question above its boxes."""
        text = (
            _("For %(activities)s, select one or both")
            if len(self.activities) == 2
            else _("For %(activities)s, select one or more")
        )
        return text % {"activities": in_a_sentence(self.label)}

    @property
    def missing(self) -> str:
        """The error when none of its boxes is selected."""
        if len(self.activities) != 2:
            return _("Select at least one activity.")
        first, last = self.activities
        names = {"first": in_a_sentence(str(first.name)), "last": in_a_sentence(str(last.name))}
        return _("Select %(first)s, %(last)s or both.") % names

    def stated(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the codes that *answers* state: the only activity, or those whose box is selected."""
        if not self.boxes:
            return tuple(activity.code for activity in self.activities)
        return tuple(code for code, box in self.boxes.items() if answers.get(box))


@dataclass(frozen=True, kw_only=True)
class AreaQuestions:
    """The questions of one solution area; *choice* names the field that asks for a group, where there are several."""

    area: Area
    groups: tuple[ActivityGroup, ...]
    choice: str

    @property
    def only(self) -> Activity | None:
        """The activity that follows from the area, where there is nothing to choose."""
        is_one = len(self.groups) == 1 and len(self.groups[0].activities) == 1
        return self.groups[0].activities[0] if is_one else None

    @property
    def only_in_words(self) -> str:
        """The name of that activity, and when to choose it."""
        only = self.only
        return f"{only.name}: {in_a_sentence(str(only.choose_when))}" if only else ""

    def chosen(self, answers: Mapping[str, Any]) -> ActivityGroup | None:
        """Return the group that *answers* choose, or the only one."""
        if not self.choice:
            return next(iter(self.groups), None)
        return next((group for group in self.groups if group.code == answers.get(self.choice)), None)


def questions_of(edition: Edition) -> list[AreaQuestions]:
    """Return the questions of each area of *edition*.

    Names of fields stay over editions, as long as an area or a kind comes first: "activity" asks for the group, and
    "claims_usage" for the activities of this kind. Where a second area asks for the same, its code tells them apart.
    """
    names = set[str]()
    return [AreaQuestions(area=area, **questions_in(area.code, edition, names)) for area in edition.areas]


def questions_in(area: str, edition: Edition, names: set[str]) -> dict[str, Any]:
    together: dict[str, list[Activity]] = {}
    for activity in edition.activities_in(area):
        together.setdefault(activity.choice_group, []).append(activity)
    choice = unused("activity", area, names) if len(together) > 1 else ""
    groups = [
        ActivityGroup(code=code, activities=tuple(activities), boxes=dict(boxes_of(activities, names)))
        for code, activities in together.items()
    ]
    return {"groups": tuple(groups), "choice": choice}


def boxes_of(activities: list[Activity], names: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the code of each of several *activities* with the name of its box."""
    if len(activities) > 1:
        for activity in activities:
            yield activity.code, unused(f"claims_{activity.kind}", activity.code, names)


def unused(name: str, code: str, names: set[str]) -> str:
    """Return *name*, followed by *code* if it is one of *names*, and add it to them."""
    free = f"{name}_{code}" if name in names else name
    names.add(free)
    return free


def in_a_sentence(name: str) -> str:
    """Return *name* as it stands within a sentence: "pre-sales", but "AI adoption"."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
