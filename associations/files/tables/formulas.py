"""Keeps a text from being run as a formula by the spreadsheet that opens it, whatever separator the program expects.

A program that expects `;` reads `"1","Rollout;=1+41"` as two cells, and the second is a formula: the quotation marks
do not stand where that program looks for them. So a text is guarded wherever some program may see a cell begin.
"""

import re

GUARD = "'"
# Starts of a formula, and the forms of these characters that some languages' programs take for them.
STARTS = "=＝﹦⁼₌+＋﹢⁺₊－﹣−@＠﹫-"
# Where a cell may begin: behind any separator or line break, whatever blanks and quotation marks come between.
SEPARATORS = ";,|\t\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
FILLING = f' "\u00a0\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff{SEPARATORS}'
OPENS = rf"(?:^'*(?=[\t\r\n{STARTS}])|(?<=[{FILLING}])'*(?=[{STARTS}]))"
OPENING = re.compile(OPENS)
GUARDED = re.compile(OPENS.replace("'*", "'+"))
# Quick to look for: a text with neither needs no guard.
RISKY = re.compile(f"[{FILLING}]'*[{STARTS}]")
RISKY_FIRST = frozenset(f"\t\r\n{GUARD}{STARTS}")
FILLS = re.compile(f"[{FILLING}]").match


def guarded(text: str) -> str:
    """Return *text* with an apostrophe before whatever could begin a formula; `unguarded` takes them off again."""
    if text[:1] not in RISKY_FIRST and not RISKY.search(text):
        return text
    return OPENING.sub(lambda found: found[0] + GUARD if begins_a_cell(text, found.start()) else found[0], text)


def unguarded(text: str) -> str:
    """Return what was guarded, as it was."""
    if GUARD not in text:
        return text
    return GUARDED.sub(lambda found: found[0][1:] if begins_a_cell(text, found.start()) else found[0], text)


def begins_a_cell(text: str, place: int) -> bool:
    """Return whether only blanks and quotation marks are between *place* and a separator, or the beginning."""
    while place and text[place - 1] not in SEPARATORS:
        place -= 1
        if not FILLS(text[place]):
            return False
    return True
