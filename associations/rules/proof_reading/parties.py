"""The parties: partner and customer by name, the customer's tenant by its ID or one of its domains."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from associations.rules.proof_reading.lines import ReadLine, ids_on
from associations.rules.proof_reading.phrases import (
    Match,
    Word,
    keys_of,
    named_in,
    nearly_named_in,
    runs_of,
)

LEGAL_FORMS = re.compile(
    r"[\s,]+(?:s\.?\s?p\.?\s?a|s\.?\s?r\.?\s?l(?:\.?\s?s)?|s\.?\s?n\.?\s?c|s\.?\s?a\.?\s?s|soc(?:ietà"
    r"|\.)? coop\w*|inc|incorporated|llc|ltd"
    r"|limited|corp|corporation|gmbh|ag|s\.?a\.?|b\.?v\.?|n\.?v\.?|plc|co|company|srls|sarl|sas|oy|ab|kft"
    r"|spol)\.?\s*$",
    re.IGNORECASE,
)
LEGAL_FORM = (
    r"(?:S\.?\s?p\.?\s?A|S\.?\s?r\.?\s?l|S\.?a\.?s|S\.?n\.?c|Inc|LLC|Ltd|Limited|Corp|Corporation|GmbH|AG|B\.?V|N\.?V"
    r"|plc|Co)\b"
)
LEGAL_FORM_NEXT = re.compile(rf"[\s,]*{LEGAL_FORM}")
# Up to three more words in capitals and a legal form; none of them says who somebody is.
LONGER_NAME = re.compile(
    r"(?:\s+(?:&\s+)?(?!(?:Partner|Customer|Client|Supplier|Provider|Cliente|Fornitore|Committente)\b)[A-ZÀ-Ý][\w'’-]*){1,3}"
    rf"[\s,]+{LEGAL_FORM}"
)
# Letters and digits that recognition takes for one another, and what else looks like an ID then.
LIKE_AN_ID = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Za-z|!$§]{7,9}[-–—~. ]{1,2}(?:(?:[0-9A-Za-z|!$§] ?){3,5}[-–—~. ]{1,2}){3}"
    r"(?:[0-9A-Za-z|!$§] ?){9,13}[0-9A-Za-z|!$§](?![0-9A-Za-z])"
)
MOST_DIFFERENT = 10
IN_A_DOMAIN = "abcdefghijklmnopqrstuvwxyz0123456789-"


@dataclass(frozen=True, slots=True)
class Seen:
    """Characters of a line in which something stands."""

    line: ReadLine
    start: int
    end: int


def short_name(name: str) -> str:
    """Return a company's name without its legal form."""
    shorter = LEGAL_FORMS.sub("", name)
    return shorter if keys_of(shorter) else name


def names_of_company(name: str) -> dict[tuple[str, ...], str]:
    return {keys: "company" for each in (name, short_name(name)) if (keys := keys_of(each))}


def company_in(lines: Sequence[ReadLine], name: str) -> Iterator[Match]:
    """Yield where the lines name the company, with or without its legal form, outside headers and footers."""
    names = names_of_company(name)
    if not names:
        return
    for run in runs_of(lines):
        looks = nearly_named_in if run[0].line.is_scan else named_in_capitals_or_not
        for _code, match in looks(run, names):
            if match.first.line.counts and not is_in_an_address(match) and not begins_a_longer_name(match):
                yield match


def named_in_capitals_or_not(run: Sequence[Word], names: dict[tuple[str, ...], str]) -> Iterator[tuple[str, Match]]:
    """Yield the names in the run, however they are written: a company's may be three letters long."""
    yield from named_in(run, names)
    for keys in names:
        if len(keys) == 1 and len(keys[0]) <= 4:
            for word in run:
                if word.key == keys[0] and not word.text.isupper() and word.text[:1].isupper():
                    yield "company", Match(keys[0], word, word)


def begins_a_longer_name(match: Match) -> bool:
    """Return whether another company's name begins with the words, such as *Contoso Suites S.p.A.* with *Contoso*."""
    behind = match.last.line.text[match.last.end :]
    return LONGER_NAME.match(behind) is not None and not LEGAL_FORM_NEXT.match(behind)


def is_in_an_address(match: Match) -> bool:
    """Return whether the words are a piece of an email or web address, which names no party."""
    text, start, end = match.first.line.text, match.first.start, match.last.end
    if match.first.line is not match.last.line:
        return False
    before, behind = text[start - 1 : start], text[end : end + 2]
    return (
        before in {"@", "."}
        or behind[:1] == "@"
        or (behind[:1] == "." and behind[1:].isalnum() and behind[1:].islower())
    )


def ids_in(lines: Sequence[ReadLine], tenant_id: str) -> Iterator[Seen]:
    """Yield where the tenant's ID stands, sure in each character."""
    for line in lines:
        if line.counts:
            for found, start, end in ids_on(lines, line):
                if found == tenant_id:
                    yield Seen(line, start, end)


def unsure_ids_in(lines: Sequence[ReadLine], tenant_id: str) -> Iterator[Seen]:
    """Yield where recognition read something that may be the tenant's ID."""
    for line in lines:
        if not (line.is_scan and line.counts):
            continue
        for found in LIKE_AN_ID.finditer(line.text):
            read = re.sub(r"[^0-9a-z]", "", found[0].lower())
            if Levenshtein.distance(read, tenant_id.replace("-", ""), score_cutoff=MOST_DIFFERENT) <= MOST_DIFFERENT:
                yield Seen(line, found.start(), found.end())


def domains_in(lines: Sequence[ReadLine], domains: Sequence[str]) -> Iterator[Seen]:
    """Yield where one of the tenant's domains stands: alone, in an address, or with a name before it."""
    for line in lines:
        text = line.text.lower()
        for domain in domains if line.counts else ():
            start = text.find(domain)
            while start >= 0:
                end = start + len(domain)
                if is_whole_domain(text, start, end):
                    yield Seen(line, start, end)
                    break
                start = text.find(domain, end)


def is_whole_domain(text: str, start: int, end: int) -> bool:
    if start and text[start - 1] in IN_A_DOMAIN + "_":
        return False
    if end < len(text) and (text[end] in IN_A_DOMAIN + "_@"):
        return False
    return not (text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum())
