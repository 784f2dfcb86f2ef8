"""Kinds of questions about a claim, and how an answer is asked for and said in words."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django import forms
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext

from accounts.text.characters import readable_text
from accounts.text.form_fields import PersonNameField, TextField
from associations.models import Claim
from associations.rules.requirements import ClaimPath, always

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Condition = Callable[[ClaimPath], bool]
# One text, or one line for each part of the answer.
Words = str | tuple[str, ...]


@dataclass(frozen=True)
class StatedFact:
    """A fact that some claims must state: its name, on which claims, and what a claim states (falsy when nothing)."""

    name: str
    is_required: Condition
    stated_by: Callable[[Claim], object]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One label and answer as pages show them.

    *facts* is what the answer consists of, *columns* the columns of the claim that hold it. *is_asked* says on which
    claims the question exists.
    """

    label: Promise
    in_words: Callable[[Claim], Words]
    facts: tuple[StatedFact, ...] = ()
    columns: tuple[str, ...] = ()
    is_asked: Condition = always
    is_mono: bool = False


@dataclass(frozen=True, kw_only=True)
class DetailQuestion(Question):
    """A question of the details step; its answer is in the column *name* of the claim.

    When the claim forgets people, an answer that *names_people* is emptied if it names one of them, and one that is a
    person's name always.
    """

    name: str
    form_field: Callable[[], forms.Field]
    names_people: bool = False
    is_person_name: bool = False


def text_question(
    name: str,
    label: "StrPromise",
    *,
    missing: "StrPromise",
    is_asked: Condition = always,
    help_text: "StrPromise | str" = "",
    names_people: bool = False,
    is_person_name: bool = False,
) -> DetailQuestion:
    """Return a question that must be answered where it is asked; *missing* is the error when there is no answer."""
    forgets = names_people or is_person_name
    return DetailQuestion(
        name=name,
        label=label,
        in_words=partial(text_in_words, name, forgets),
        facts=(StatedFact(name, is_asked, partial(stated_text, name)),),
        columns=(name,),
        is_asked=is_asked,
        names_people=forgets,
        is_person_name=is_person_name,
        form_field=partial(
            PersonNameField if is_person_name else TextField,
            label=label,
            max_length=getattr(Claim, name).field.max_length,
            help_text=help_text,
            error_messages={"required": missing},
        ),
    )


def optional_day(
    name: str, label: "StrPromise", *, is_asked: Condition, help_text: "StrPromise", wrong: "StrPromise"
) -> DetailQuestion:
    """Return a question about a day that can stay open; *wrong* is the error for what is no day."""
    return DetailQuestion(
        name=name,
        label=label,
        in_words=partial(day_in_words, name),
        columns=(name,),
        is_asked=is_asked,
        form_field=partial(
            forms.DateField,
            label=label,
            help_text=help_text,
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": wrong},
        ),
    )


def day_in_words(name: str, claim: Claim) -> str:
    day = getattr(claim, name)
    return date_format(day, pgettext("date format", "D j M Y")) if day else ""


def stated_text(name: str, claim: Claim) -> str:
    return readable_text(getattr(claim, name))


def text_in_words(name: str, forgets: bool, claim: Claim) -> str:
    """Return the text, or that it was removed with the people it names."""
    return getattr(claim, name) or (gettext("Removed") if forgets and claim.forgotten_at else "")
