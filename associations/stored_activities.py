"""The column that holds the activities of a claim or an association, and conditions on it.

The database keeps a text of codes in the order of their edition, each between spaces: " BA_USAGE BA_PRESALES ". So
that one condition finds a code, the same on both engines.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan

NONE = ""


if TYPE_CHECKING:
    Base = models.Field[Any, tuple[str, ...]]
else:
    Base = models.CharField


class CodesField(Base):
    """Codes of activities: a tuple in Python, a text of codes between spaces in the database."""

    # How the type checker knows what can be written and what is read.
    _pyi_private_set_type: tuple[str, ...] | str | Combinable
    _pyi_private_get_type: tuple[str, ...]
    _pyi_lookup_exact_type: tuple[str, ...] | str | Combinable

    def __init__(self, *args: Any, **options: Any) -> None:
        usual: dict[str, Any] = {"max_length": 255, "default": (), "db_default": NONE, "blank": True}
        super().__init__(*args, **usual | options)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> tuple[str, ...]:
        return codes_in(value)

    def to_python(self, value: Any) -> tuple[str, ...]:
        return codes_in(value)

    def get_prep_value(self, value: Any) -> Any:
        return value if hasattr(value, "resolve_expression") else as_stored(codes_in(value))

    def value_to_string(self, obj: models.Model) -> str:
        return " ".join(self.value_from_object(obj))


def codes_in(value: Any) -> tuple[str, ...]:
    """Return the codes of a text or of an iterable of codes."""
    return tuple(value.split() if isinstance(value, str) else value or ())


def as_stored(codes: Iterable[str]) -> str:
    """Return the text that the database keeps of *codes*."""
    return f" {' '.join(codes)} " if codes else NONE


def well_formed(column: str) -> Q:
    """Return the condition that *column* is empty, or a text of codes between single spaces."""
    has_codes = Q(**{f"{column}__startswith": " ", f"{column}__endswith": " "}) & Q(GreaterThan(Length(F(column)), 2))
    return Q(**{column: NONE}) | (has_codes & ~Q(**{f"{column}__contains": "  "}))


def of_kind(kind: str) -> Q:
    """Return the condition that a claim or association is for an activity of this *kind*: "usage" of BA_USAGE."""
    return Q(activity_codes__icontains=f"_{kind} ") | Q(activity_codes__icontains=f" {kind} ")


# The order in which a list sorts claims by activity.
ACTIVITY_RANK = Case(
    When(activity_codes=NONE, then=Value(0)),
    When(of_kind("revenue"), then=Value(4)),
    When(of_kind("presales") & of_kind("usage"), then=Value(2)),
    When(of_kind("presales"), then=Value(3)),
    When(of_kind("usage"), then=Value(1)),
    default=Value(5),
    output_field=IntegerField(),
)
