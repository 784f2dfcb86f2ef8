"""Products by any name that the edition of the claim has for them; the longest name wins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from associations.rules.proof_reading.lines import OUT_OF_SCOPE, ReadLine, is_unchecked
from associations.rules.proof_reading.phrases import Match, keys_of, named_in, nearly_named_in, runs_of

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
SENTENCE_ENDS = (". ", "; ", "! ", "? ")


@dataclass(frozen=True, slots=True)
class Product:
    """A product: its code, its name, and its former names, synonyms and abbreviations."""

    code: str
    name: str
    other_names: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def names_with(products: tuple[Product, ...], catalog: tuple[Product, ...]) -> Mapping[tuple[str, ...], str]:
    """Return all names that are known, as words; each with its code. The names of *products* come first."""
    known = {keys_of(name): "" for name in OTHER_PRODUCTS}
    known |= {keys_of(name): product.code for product in catalog for name in (*product.other_names, product.name)}
    known |= {keys_of(product.name): product.code for product in products}
    return {keys: code for keys, code in known.items() if keys}


def products_in(
    lines: Sequence[ReadLine], products: Sequence[Product], *, catalog: Sequence[Product]
) -> Iterator[tuple[str, Match]]:
    """Yield where the lines name a claimed product so that it counts, with its code; *catalog* has all products."""
    names = names_with(tuple(products), tuple(catalog))
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
