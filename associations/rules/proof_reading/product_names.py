"""Products by name, former name, synonym or abbreviation; the longest name wins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from associations.rules.proof_reading.edition_2020_09 import NAMES, OTHER_PRODUCTS
from associations.rules.proof_reading.lines import OUT_OF_SCOPE, ReadLine, is_unchecked
from associations.rules.proof_reading.phrases import Match, keys_of, named_in, nearly_named_in, runs_of

SENTENCE_ENDS = (". ", "; ", "! ", "? ")


@dataclass(frozen=True, slots=True)
class Product:
    """A claimed product: its code and the name that the catalog gives it."""

    code: str
    name: str


@lru_cache(maxsize=64)
def names_with(products: tuple[Product, ...]) -> Mapping[tuple[str, ...], str]:
    """Return all names that are known, with the catalog's own of *products*, as words; each with its code."""
    known = {keys_of(name): "" for name in OTHER_PRODUCTS}
    known |= {keys_of(name): code for code, names in NAMES.items() for name in names}
    known |= {keys_of(product.name): product.code for product in products}
    return {keys: code for keys, code in known.items() if keys}


def products_in(lines: Sequence[ReadLine], products: Sequence[Product]) -> Iterator[tuple[str, Match]]:
    """Yield where the lines name a claimed product so that it counts, with its code."""
    names = names_with(tuple(products))
    claimed = {product.code for product in products}
    for run in runs_of(lines):
        of_scan = bool(run) and run[0].line.is_scan
        found = list(nearly_named_in(run, names) if of_scan else named_in(run, names))
        for code, match in found:
            if code in claimed and proves_something(lines, match):
                yield code, match


def proves_something(lines: Sequence[ReadLine], match: Match) -> bool:
    line = match.first.line
    if not (line.counts and match.last.line.counts):
        return False
    return not is_denied(match) and not is_unchecked(lines, line, match.first.start)


def is_denied(match: Match) -> bool:
    """Return whether the sentence says that this was not part of the work."""
    text, start = match.first.line.text, match.first.start
    begin = max((text.rfind(end, 0, start) + len(end) for end in SENTENCE_ENDS if end in text[:start]), default=0)
    ends = [at for end in SENTENCE_ENDS if (at := text.find(end, start)) >= 0]
    return OUT_OF_SCOPE.search(text[begin : min(ends, default=len(text))]) is not None
