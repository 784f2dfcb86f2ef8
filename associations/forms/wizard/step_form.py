"""The base of every step's form: the person, the claim, and what happens next."""

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
from associations.forms.wizard.draftable_locations import Places
from associations.models import Claim
from associations.services.review.competing_claims import Holder, Item

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Intent(StrEnum):
    """The person's choice of what happens after the answers are saved."""

    CONTINUE = "continue"
    STAY = "stay"
    LATER = "later"
    # No button: the page saves while the person goes from field to field.
    QUIET = "quiet"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The person, the claim and the time of a step. Without a claim, the step creates one."""

    user: User
    now: datetime
    claim: Claim | None = None
    holders: Mapping[Item, list[Holder]] | None = None
    # Whoever asks about many customers of one person looks the places up once.
    places: Places | None = None
    # Whether a form may hold what nobody has stated yet: what is likely, or stands on another claim.
    suggests: bool = True


class StepForm(forms.Form):
    """The base class of every step's form."""

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
        """True if required answers can be left empty this time."""
        return self.may_wait and self.intent in (Intent.LATER, Intent.QUIET)

    def prepare(self) -> None:
        """Fit the fields to the claim and the person."""

    def facts(self) -> dict[str, Any]:
        """Return the clean answers as the step's service records them."""
        return dict(self.cleaned_data)

    def in_words(self) -> dict[str, str]:
        """Return the answer that the form now holds to every visible question, in words, by the field's name."""
        return {field.name: answer_in_words(field) for field in self.visible_fields()}

    def question(self, name: str) -> str:
        """Return the question of the field *name* as it reads alone, away from its page."""
        return str(self.fields[name].label)


def answer_in_words(field: forms.BoundField) -> str:
    """Return what a field holds the way a person reads it; nothing for "Choose"."""
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return str(_("Yes") if field.field.to_python(value) else _("No"))
    if value in (None, ""):
        return ""
    labels = {str(key): str(label) for key, label in flat_choices(getattr(field.field.widget, "choices", ()))}
    return labels.get(str(value), str(value))


def flat_choices(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    """Yield every choice, those inside groups too."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def required(text: "StrPromise") -> dict[str, "str | StrPromise"]:
    """Return the error messages of a field that says in its own words what is missing."""
    return {"required": text, "invalid_choice": text}
