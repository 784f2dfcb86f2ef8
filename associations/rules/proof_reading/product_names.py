"""Products by any name that the edition of the claim has for them; the longest name wins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from associations.rules.proof_reading.lines import ReadLine, is_unchecked
from associations.rules.proof_reading.paragraphs import Paragraphs
from associations.rules.proof_reading.phrases import (
    SHORTEST_GUESS,
    Match,
    Word,
    keys_of,
    named_in,
    nearly_named_in,
    runs_of,
)
from associations.rules.proof_reading.scope import NAMED_ONLY, OUT_OF_SCOPE

# Products that no claim can name, and whose names begin like those of one that it can: the longest name wins.
OTHER_PRODUCTS = (
    "Exchange Online Protection",
    "Exchange Online Archiving",
    "Exchange Server",
    "SharePoint Server",
    "SharePoint Foundation",
    "SharePoint Designer",
    "SharePoint Syntex",
    "Microsoft Teams Essentials",
    "Microsoft Teams Premium",
    "Microsoft Teams Webinars",
    "Microsoft 365 Apps for business",
    "Power BI Report Server",
    "Power BI Embedded",
    "Dynamics 365 Sales Insights",
    "Dynamics 365 Customer Service Insights",
    "Dynamics 365 Customer Voice",
    "Intune for Education",
    "Azure Information Protection Scanner",
    "Dynamics 365 Business Central Server",
    "Microsoft Defender for Office 365 Evaluation",
)


@dataclass(frozen=True, slots=True)
class ProductNames:
    """A product: its code, its name, and its former names, synonyms and abbreviations."""

    code: str
    name: str
    other_names: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def names_with(products: tuple[ProductNames, ...], catalog: tuple[ProductNames, ...]) -> Mapping[tuple[str, ...], str]:
    """Return all names that are known, as words; each with its code. The names of *products* come first."""
    known = {keys_of(name): "" for name in OTHER_PRODUCTS}
    known |= {keys_of(name): product.code for product in catalog for name in (*product.other_names, product.name)}
    known |= {keys_of(product.name): product.code for product in products}
    return {keys: code for keys, code in known.items() if keys}


def products_in(
    lines: Sequence[ReadLine],
    products: Sequence[ProductNames],
    paragraphs: Paragraphs,
    *,
    catalog: Sequence[ProductNames],
) -> Iterator[tuple[str, Match]]:
    """Yield where the lines name a claimed product so that it counts, with its code; *catalog* has all products."""
    names = names_with(tuple(products), tuple(catalog))
    claimed = {product.code for product in products}
    for run in runs_of(lines):
        of_scan = bool(run) and run[0].line.is_scan
        found = [*nearly_named_in(run, names), *abbreviated_in(run, names)] if of_scan else [*named_in(run, names)]
        for code, match in found:
            if code in claimed and proves_something(lines, match, paragraphs):
                yield code, match


def abbreviated_in(run: Sequence[Word], names: Mapping[tuple[str, ...], str]) -> Iterator[tuple[str, Match]]:
    """Yield the names of a run that are too short to be guessed, as they are written."""
    for code, match in named_in(run, names):
        if match.first is match.last and len(match.first.key) < SHORTEST_GUESS:
            yield code, match


def proves_something(lines: Sequence[ReadLine], match: Match, paragraphs: Paragraphs) -> bool:
    line, start = match.first.line, match.first.start
    if not (line.counts and match.last.line.counts) or is_unchecked(lines, line, start):
        return False
    # The sentence may say that this was not part of the work, or only whose name it is.
    sentence = paragraphs.sentence(line, start)
    return OUT_OF_SCOPE.search(sentence) is None and NAMED_ONLY.search(sentence) is None
