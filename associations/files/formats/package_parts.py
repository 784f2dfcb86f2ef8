"""Looks at the parts of an office package while they are inflated, piece by piece."""

import re
from collections.abc import Callable
from xml.parsers import expat

PACKAGE_START = b"PK\x03\x04"
XML_NAMES = (".xml", ".rels", ".vml")
TYPED_BY_STANDARD = frozenset({"image/svg+xml", "application/xhtml+xml"})
DOCTYPE = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
# A project of Visual Basic, and the sheets of Excel 4 macros.
EMBEDDED_MACROS = (b"vbaproject.bin", b"xl/macrosheets/")
LONGEST_MARK = 32


class Malformed(ValueError):
    """The bytes are not a whole package."""


class Macros(ValueError):
    """A package inside the package carries macros."""


def looking_at(name: str, *, kind: str) -> Callable[[bytes], None]:
    """Return what looks at each piece of a part of this lower-case name and content type."""
    if name.endswith(XML_NAMES) or "xml" in kind.rpartition(".")[2] or kind.endswith("vmldrawing"):
        return Prolog(may_name_type=kind in TYPED_BY_STANDARD).look
    return Embedded().look


class Embedded:
    """Looks for macros in a package inside the package, where names are not compressed."""

    def __init__(self) -> None:
        self.is_package: bool | None = None
        self.overlap = b""

    def look(self, piece: bytes) -> None:
        if self.is_package is None:
            self.is_package = piece.startswith(PACKAGE_START)
        if self.is_package:
            piece = self.overlap + piece.lower()
            if any(mark in piece for mark in EMBEDDED_MACROS):
                raise Macros
            self.overlap = piece[-LONGEST_MARK:]


class Prolog:
    """Reads XML up to its first element and refuses a document type, in which alone entities live.

    Pictures in SVG and pages in XHTML may name their type, as their standards say, but declare nothing.
    """

    def __init__(self, *, may_name_type: bool) -> None:
        self.may_name_type = may_name_type
        self.is_readable = True
        self.elements = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.element

    def look(self, piece: bytes) -> None:
        if self.has_begun():
            return
        self.is_readable = self.is_readable and self.parses(piece)
        # Another parser may know an encoding that this one does not: then the bytes must tell.
        if not (self.is_readable or self.has_begun()) and DOCTYPE.search(piece.replace(b"\0", b"")):
            raise Malformed

    def parses(self, piece: bytes) -> bool:
        try:
            self.parser.Parse(piece)
        except Malformed:
            raise
        except (expat.ExpatError, LookupError, ValueError, OSError):
            return False
        return True

    def has_begun(self) -> bool:
        """Return whether the first element was read; no document type can follow it."""
        return self.elements > 0

    def doctype(self, _name: str, _system: str | None, _public: str | None, has_declarations: int) -> None:
        if has_declarations or not self.may_name_type:
            raise Malformed

    def element(self, *_element: object) -> None:
        self.elements += 1
