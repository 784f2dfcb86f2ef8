"""A labeled answer as pages print it, under each other, with `components/facts.html`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from associations.models import Claim
from associations.question_kinds import Question
from guides.editions import Activity


@dataclass(frozen=True, slots=True)
class Fact:
    """One label and its value; *lines* replace the value, and so does a *status*, shown as a badge.

    *mono* sets an identifier in a fixed-width font; *change_url* adds a link to the page that changes the value.
    """

    label: str
    value: str = ""
    lines: Sequence[str | Promise] = ()
    mono: bool = False
    change_url: str = ""
    status: str = ""
    status_label: str = ""


def activities_in_words(activities: Iterable[Activity]) -> str:
    """Return *activities* with what is never paid marked as such (domain.md 3.2)."""
    return ", ".join(
        str(activity.name) if activity.pays else _("%(activity)s (not paid)") % {"activity": activity.name}
        for activity in activities
    )


def answers_to(questions: Iterable[Question], claim: Claim, *, change_url: str = "") -> list[Fact]:
    """Return what *claim* answers to those of *questions* that it is asked."""
    return [answer_to(question, claim, change_url) for question in questions if question.is_asked(claim)]


def answer_to(question: Question, claim: Claim, change_url: str = "") -> Fact:
    """Return one answer, with a link to *change_url* if there is one."""
    words, label = question.in_words(claim), str(question.label)
    if isinstance(words, str):
        return Fact(label, words, mono=question.is_mono, change_url=change_url)
    return Fact(label, lines=words, change_url=change_url)
