"""What every step's form has in common: whom it asks, about which claim, and what happens next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.forms.places import Places
from associations.models import Claim
from associations.services.competing import Holder, Item

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Intent(StrEnum):
    """What the person wants to do after the answers are saved."""

    CONTINUE = "continue"
    STAY = "stay"
    LATER = "later"
    # No button: the page saves while the person goes from field to field.
    QUIET = "quiet"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whom a step asks, about which claim, and when. Without a claim the step makes one."""

    user: User
    now: datetime
    claim: Claim | None = None
    holders: Mapping[Item, list[Holder]] | None = None
    # Whoever asks about many customers of one person looks the places up once.
    places: Places | None = None


class StepForm(forms.Form):
    """What every step's form has in common."""

    optional_fields: ClassVar[frozenset[str]] = frozenset()
    use_required_attribute = False
    # Whether *Save and come back later* may leave required answers empty.
    may_wait: ClassVar[bool] = True
    # Whether what is good in a refused post is kept all the same.
    keeps_good_parts: ClassVar[bool] = False

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        asked: Asked,
        initial: Mapping[str, Any] | None = None,
        intent: Intent = Intent.CONTINUE,
    ) -> None:
        super().__init__(data, files, initial=dict(initial or {}))
        self.asked, self.intent = asked, intent
        self.warnings: list[Promise | str] = []
        self.prepare()
        if self.is_for_later:
            for field in self.fields.values():
                field.required = False

    @property
    def claim(self) -> Claim:
        """The claim that the step belongs to; only the first page has none."""
        if self.asked.claim is None:
            raise ValueError("This step needs a claim.")
        return self.asked.claim

    @property
    def is_for_later(self) -> bool:
        """Whether required answers may be left empty this time."""
        return self.may_wait and self.intent in (Intent.LATER, Intent.QUIET)

    def prepare(self) -> None:
        """Fit the fields to the claim and the person."""

    def facts(self) -> dict[str, Any]:
        """Return the clean answers as the step's service records them."""
        return dict(self.cleaned_data)

    def in_words(self) -> list[tuple[str, str]]:
        """Return every visible question with the answer that the form now holds, in words."""
        return [(str(field.label), answer_in_words(field)) for field in self.visible_fields()]


def answer_in_words(field: forms.BoundField) -> str:
    """Return what a field holds the way a person reads it."""
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return str(_("Yes") if field.field.to_python(value) else _("No"))
    labels = {str(key): str(label) for key, label in flat_choices(getattr(field.field.widget, "choices", ()))}
    return labels.get(str(value), "" if value is None else str(value))


def flat_choices(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    """Yield every choice, those inside groups too."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def required(text: "_StrPromise") -> dict[str, "str | _StrPromise"]:
    """Return the error messages of a field that says in its own words what is missing."""
    return {"required": text, "invalid_choice": text}
