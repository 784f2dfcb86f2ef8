"""The text of one file with its places, as a reader tells it and the portal keeps it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# Among the keywords of a document that began as the portal's template; word processors keep them in a PDF.
TEMPLATE_MARK = "CPOR-PROOF-TEMPLATE"
LONGEST_TEXT = 1_000_000
LONGEST_LINE = 20_000
LONGEST_NAME = 200


# Characters that nobody sees: soft hyphens, joiners, marks of direction and of the order of bytes.
UNSEEN = dict.fromkeys([0xAD, 0xFEFF, 0x2060, *range(0x200B, 0x2010), *range(0x202A, 0x202F)])


class PlaceKind(StrEnum):
    """The kinds of places in a file that people can find again."""

    PAGE = "page"
    SLIDE = "slide"
    ROW = "row"
    PARAGRAPH = "paragraph"
    MESSAGE = "message"


class Source(StrEnum):
    """The sources of the words of a part: the file, a picture by recognition, or nothing."""

    TEXT = "text"
    SCAN = "scan"
    UNREAD = "unread"


class MarkKind(StrEnum):
    """The kinds of marks: those that can be a signature, and the property by which the portal's template is known."""

    INK = "ink"
    DIGITAL = "digital"
    TEMPLATE = "template"


class Misshapen(ValueError):
    """The answer of a reader has not the shape of a text."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in parts of its width and height, from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Return its height."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """Return its center."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def is_beside(self, other: "Box") -> bool:
        """Return whether both lie on one row."""
        overlap = min(self.bottom, other.bottom) - max(self.top, other.top)
        return overlap > 0.5 * min(self.height, other.height)


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words that stand together; aside if they are in a header or footer of the page."""

    text: str
    is_aside: bool = False
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Ink or a digital signature; *words* are what a digital one says of the signer, *signed_on* its day (ISO)."""

    kind: MarkKind
    words: str = ""
    signed_on: str = ""
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One page, slide, row, paragraph or message; *name* is its sheet, heading or attachment."""

    kind: PlaceKind
    number: int
    name: str = ""
    source: Source = Source.TEXT
    lines: tuple[TextLine, ...] = ()
    marks: tuple[Mark, ...] = ()

    def as_told(self) -> dict[str, Any]:
        """Return the part as JSON has it; `part_of` reads it back."""
        return {
            "kind": self.kind.value,
            "number": self.number,
            "name": self.name,
            "source": self.source.value,
            "lines": [[line.text, int(line.is_aside), *corners(line.box)] for line in self.lines],
            "marks": [[mark.kind.value, mark.words, mark.signed_on, *corners(mark.box)] for mark in self.marks],
        }


def corners(box: Box | None) -> list[float]:
    """Return the corners of a box as a few digits; nothing without one."""
    return [round(each, 4) for each in (box.left, box.top, box.right, box.bottom)] if box else []


def part_of(told: object) -> Part:
    """Return the part that a child told, or raise Misshapen: another may have written it."""
    if not isinstance(told, Mapping):
        raise Misshapen
    try:
        return Part(
            kind=PlaceKind(told["kind"]),
            number=whole_number(told["number"]),
            name=text_in(told["name"], longest=LONGEST_NAME),
            source=Source(told["source"]),
            lines=tuple(line_of(line) for line in list_in(told["lines"])),
            marks=tuple(mark_of(mark) for mark in list_in(told["marks"])),
        )
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise Misshapen from error


def line_of(told: object) -> TextLine:
    text, is_aside, *box = list_in(told)
    return TextLine(text_in(text, longest=LONGEST_LINE), is_aside=bool(is_aside), box=box_of(box))


def mark_of(told: object) -> Mark:
    kind, words, signed_on, *box = list_in(told)
    return Mark(
        MarkKind(kind), text_in(words, longest=LONGEST_LINE), text_in(signed_on, longest=LONGEST_NAME), box_of(box)
    )


def box_of(told: list[object]) -> Box | None:
    if not told:
        return None
    left, top, right, bottom = (fraction(each) for each in told)
    return Box(left, top, max(left, right), max(top, bottom))


def fraction(told: object) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float) or not -100 < told < 100:
        raise Misshapen
    return min(max(float(told), 0.0), 1.0)


def whole_number(told: object) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told <= 10_000_000:
        raise Misshapen
    return told


def text_in(told: object, *, longest: int) -> str:
    if not isinstance(told, str):
        raise Misshapen
    return "".join(
        character for character in told[:longest] if character >= " " and not "\ud800" <= character <= "\udfff"
    ).translate(UNSEEN)


def list_in(told: object) -> list[Any]:
    if not isinstance(told, list):
        raise Misshapen
    return told


def bounded(parts: Iterator[Part]) -> Iterator[Part]:
    """Yield the parts until their text is `LONGEST_TEXT` characters long; the rest is one part that is not read."""
    length = 0
    for part in parts:
        length += sum(len(line.text) for line in part.lines)
        if length > LONGEST_TEXT:
            yield Part(part.kind, part.number, part.name, Source.UNREAD)
            return
        yield part
