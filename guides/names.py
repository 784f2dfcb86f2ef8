"""Texts in several languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import get_language

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Names:
    """A text in several languages; `str` returns it in the language of the page, or in English."""

    texts: Mapping[str, str]

    def __str__(self) -> str:
        return in_language(self.texts)

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Names":
        """Return the texts as names that nobody can change."""
        return cls(MappingProxyType(dict(texts)))


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """Return the text in *language*, by default the one of the page; in English where it is missing."""
    wanted = language or get_language() or FALLBACK
    return texts.get(wanted) or texts.get(wanted.split("-")[0]) or texts.get(FALLBACK, "")
