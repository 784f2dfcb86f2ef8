"""Dates in English and Italian, and which of them are dates of the work."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from associations.rules.proof_reading.lines import ReadLine, row_of
from associations.rules.proof_reading.paragraphs import Paragraphs

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan gennaio gen",
            "february feb febbraio",
            "march mar marzo",
            "april apr aprile",
            "may maggio mag",
            "june jun giugno giu",
            "july jul luglio lug",
            "august aug agosto ago",
            "september sep sept settembre set sett",
            "october oct ottobre ott",
            "november nov novembre",
            "december dec dicembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
PATTERNS = (
    re.compile(r"(?<![\d.-])(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?![\d-])"),
    re.compile(
        r"(?<![\d./-])(?P<one>\d{1,2})(?P<by>[-/.])\s?(?P<two>\d{1,2})(?P=by)\s?(?P<year>(?:20|19)?\d\d)(?![\d-])"
    ),
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|°|º"
        rf"|\.)?[\s-]+(?:of\s+)?(?P<word>{MONTH})\b\.?,?[\s-]+(?P<year>(?:19|20)\d\d)(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<word>{MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?P<word>{MONTH})\b\.?,?[\s-]+(?:of\s+)?(?P<year>(?:19|20)\d\d)(?!\d)", re.IGNORECASE),
    re.compile(r"(?<![\d./-])(?P<month>0[1-9]|1[0-2])/(?P<year>20\d\d)(?!\d)"),
)
OF_WORK = re.compile(
    r"\b(?:start\w*|beg[au]n|from|to|between|until|till|through|period|duration|complet\w*|finish\w*"
    r"|conclu\w*|deliver\w*|deploy\w*|roll\w*"
    r"|go[- ]?live|kick-?off|workshops?|train\w*|sessions?|phases?|milestones?|engagement|perform\w*"
    r"|carried|migrat\w*|install\w*|configur\w*"
    r"|adopt\w*|work(?:ed|s)? (?:was|were|took|done|carried|performed|ended)|work|activit\w+"
    r"|project (?:start|end|period|dates?)|took place|held on|handover|acceptance|hypercare|pilot|demo\w*"
    r"|end|ended|on site|since|dal|dall|al|all|tra|fra|fino|periodo|durata|iniz\w*|avvi\w*|fine|termin\w*"
    r"|consegn\w*|svolt\w*|esegu\w*|distribu\w*"
    r"|formazion\w*|sessio\w*|fas[ei]|progetto|attivit\w*|installa\w*|migra\w*|collaud\w*|lavor\w*"
    r"|adozion\w*|rilasci\w*|affianc\w*|tenut\w*|effettuat\w*|realizzat\w*)\b",
    re.IGNORECASE,
)
NOT_OF_WORK = re.compile(
    r"\b(?:template|version\w*|versione|revis\w*|rev\b|printed|print(?:ing)? date|print-?out"
    r"|stampat\w*|stampa|modello|edition|edizione"
    r"|copyright|last (?:updated|changed|modified)"
    r"|generated|re-?issued?|ristampa\w*|cover|copertina|document date|data (?:del )?documento"
    r"|data di stampa|created|creat[oa] il|form\b|modulo"
    r"|valid (?:from|until)|valido|expir\w*|scad\w*|sent|inviato|received|ricevuto|invoice|fattura|founded"
    r"|fondata|dal 19\d\d|iso \d+|register\w*|protocol\w*"
    r"|ultim[oa] (?:aggiornamento|modifica|revisione)|aggiornat[oa] (?:il|al)|next review|prossim[oa] \w+"
    r"|date of issue|issued|data di emissione|emess[oa] il|released"
    r"|planned|pianificat\w*|previst\w*|quote|offerta|contract (?:of|dated)|contratto del"
    r"|signed off template)\b|[©]",
    re.IGNORECASE,
)
HEADING_OF_DATES = re.compile(
    r"\b(?:dates?|timeline|schedule|period|duration|date|durata|tempistiche|calendario|periodo|when)\b", re.I
)
# Names of papers, which say "work" or "delivery" and mean themselves.
TITLE = re.compile(
    r"\b(?:statement of work|scope of work|work order|ordine di lavoro"
    r"|[\w-]{1,40} (?:report|contract|agreement|proposal|certificate)"
    r"|(?:report|contract|agreement|rapporto|relazione|contratto|verbale|certificato)"
    r" (?:of|on|for|di|del|della|sul|sulla|per) \w+)\b",
    re.IGNORECASE,
)
LINES_OF_A_TITLE = 3
ITALIAN = re.compile(r"\b(?:il|del|della|dal|al|data|firma|cliente|per|con|che|di)\b", re.IGNORECASE)
LINES_BEFORE = 2
MOST_DATES = 50
LONGEST_CELL = 300


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date with its place in a line."""

    day: date
    line: ReadLine
    start: int
    end: int


def dates_in(line: ReadLine) -> list[FoundDate]:
    """Return the dates of a line from left to right; a month stands for its last day."""
    taken: list[FoundDate] = []
    for pattern in PATTERNS:
        for found in pattern.finditer(line.text):
            if any(found.start() < each.end and each.start < found.end() for each in taken):
                continue
            if len(taken) >= MOST_DATES:
                break
            day = day_of(found.groupdict(), line.text)
            if day:
                taken.append(FoundDate(day, line, found.start(), found.end()))
    return sorted(taken, key=lambda each: each.start)


def day_of(read: dict[str, str | None], text: str) -> date | None:
    """Return the day that one match says, or None for one that the calendar does not have."""
    year = int(read["year"] or 0)
    year += 2000 if year < 100 else 0
    if read.get("one"):
        return day_of_two(int(read["one"] or 0), int(read.get("two") or 0), year, text)
    month = MONTHS[(read.get("word") or "").lower()] if read.get("word") else int(read.get("month") or 0)
    if not 1 <= month <= 12:
        return None
    return as_date(year, month, int(read["day"] or 0) if read.get("day") else monthrange(year, month)[1])


def day_of_two(one: int, two: int, year: int, text: str) -> date | None:
    """Return the day of two numbers, the day first if that can be; in English the earlier of both readings."""
    day_first, month_first = as_date(year, two, one), as_date(year, one, two)
    if day_first and month_first and not ITALIAN.search(text):
        return min(day_first, month_first)
    return day_first or month_first


def as_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def dates_of_work(lines: Sequence[ReadLine], paragraphs: Paragraphs) -> Iterator[FoundDate]:
    """Yield the dates on which work was done: by the words around them, or the heading above them."""
    for line in lines:
        if not line.counts:
            continue
        for found in dates_in(line):
            if says_when_work_was_done(lines, found, paragraphs):
                yield found


def says_when_work_was_done(lines: Sequence[ReadLine], found: FoundDate, paragraphs: Paragraphs) -> bool:
    line = found.line
    sentence = paragraphs.sentence(line, found.start)
    row = " ".join([*(each.text[:LONGEST_CELL] for each in row_of(lines, line) if each is not line), sentence])
    if NOT_OF_WORK.search(row) or NOT_OF_WORK.search(line.part.name):
        return False
    if OF_WORK.search(without_dates(row)) or HEADING_OF_DATES.search(line.part.name):
        return True
    before = [
        each for each in lines[max(0, line.index - LINES_BEFORE) : line.index] if each.part_index == line.part_index
    ]
    return any(is_label(each.text) for each in before if each.index >= LINES_OF_A_TITLE or each.text.endswith(":"))


def without_dates(text: str) -> str:
    """Return a text without its dates and without the names of papers."""
    for pattern in PATTERNS:
        text = pattern.sub(" ", text)
    return TITLE.sub(" ", text)


def is_label(text: str) -> bool:
    """Return whether a line above is a label of dates, such as *Project period*."""
    return len(text.split()) <= 6 and OF_WORK.search(without_dates(text)) is not None and not NOT_OF_WORK.search(text)
