"""Whole phrases in lines: by equal words in text, by nearly equal ones where recognition read them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from associations.rules.proof_reading.lines import ReadLine
from associations.rules.proof_reading.paragraphs import ENDS_A_SENTENCE, chains_of
from associations.rules.proof_reading.texts import Box, PlaceKind

WORD = re.compile(r"[^\W_]+")
CLOSE_ENOUGH = 88.0
WORD_CLOSE_ENOUGH = 60.0
SHORTEST_GUESS = 6
# The sign that readers put where a word goes on in the next line.
HYPHEN = "\u2010"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a line, folded, with its place in it."""

    key: str
    line: ReadLine
    start: int
    end: int

    @property
    def text(self) -> str:
        """Return the word as it stands there."""
        return self.line.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Match:
    """The place of a phrase: its first and last word."""

    name: str
    first: Word
    last: Word

    @property
    def boxes(self) -> list[Box]:
        """Return the rectangles of the words, one for each line."""
        if self.first.line is self.last.line:
            return box_of_words(self.first.line, self.first.start, self.last.end)
        upper = box_of_words(self.first.line, self.first.start, len(self.first.line.text))
        return upper + box_of_words(self.last.line, 0, self.last.end)


def box_of_words(line: ReadLine, start: int, end: int) -> list[Box]:
    """Return the rectangle of some characters of a line, as if all were equally wide."""
    if line.box is None or line.part.kind is PlaceKind.ROW:
        return []
    width, length = line.box.right - line.box.left, max(len(line.text), 1)
    left, right = line.box.left + width * start / length, line.box.left + width * end / length
    return [Box(left, line.box.top, right, line.box.bottom)]


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return *text* in lower case and without accents."""
    if text.isascii():
        return text.lower()
    return "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))


def keys_of(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase as they are compared."""
    return tuple(folded(word) for word in WORD.findall(phrase.replace("™", " ").replace("®", " ")))


def runs_of(lines: Sequence[ReadLine]) -> Iterator[list[Word]]:
    """Yield the words that stand together: a line with those that it runs on in, but no two cells of a table."""
    for chain in chains_of(lines):
        run: list[Word] = []
        for line in chain:
            words = [Word(folded(found[0]), line, found.start(), found.end()) for found in WORD.finditer(line.text)]
            if run and words and is_broken(run[-1], words[0]):
                run[-1] = replace(run[-1], key=run[-1].key + words.pop(0).key)
            run += words
            if run and (line.is_aside or line.text.rstrip().endswith(ENDS_A_SENTENCE)):
                yield run
                run = []
        if run:
            yield run


def is_broken(word: Word, following: Word) -> bool:
    """Return whether a hyphen at the end of the line breaks the word in two."""
    end = word.line.text[word.end :].rstrip()
    return end == HYPHEN or (end == "-" and following.text.isalpha() and following.text.islower())


def named_in(run: Sequence[Word], names: Mapping[tuple[str, ...], str]) -> Iterator[tuple[str, Match]]:
    """Yield each name in the run, the longest at each place, with what it is the name of."""
    firsts, longest = first_words(names), max(map(len, names), default=0)
    at = 0
    while at < len(run):
        found = 0
        if run[at].key in firsts:
            for length in range(min(longest, len(run) - at), 0, -1):
                keys = tuple(word.key for word in run[at : at + length])
                if keys in names and is_written_so(keys, run[at]):
                    yield names[keys], Match(" ".join(keys), run[at], run[at + length - 1])
                    found = length
                    break
        at += found or 1


def first_words(names: Mapping[tuple[str, ...], str]) -> set[str]:
    return {keys[0] for keys in names if keys}


def is_written_so(keys: tuple[str, ...], first: Word) -> bool:
    """Return whether an abbreviation, which may be a word of another language, stands in capitals."""
    is_abbreviation = len(keys) == 1 and len(keys[0]) <= 4
    return not is_abbreviation or first.text.isupper()


def nearly_named_in(run: Sequence[Word], names: Mapping[tuple[str, ...], str]) -> Iterator[tuple[str, Match]]:
    """Yield the names that recognition nearly read, the best and longest at each place."""
    by_length: dict[int, list[tuple[str, ...]]] = {}
    for keys in names:
        if len("".join(keys)) >= SHORTEST_GUESS:
            by_length.setdefault(len(keys), []).append(keys)
    taken: set[int] = set()
    for length in sorted(by_length, reverse=True):
        phrases = [(keys, " ".join(keys)) for keys in by_length[length]]
        for at in range(len(run) - length + 1):
            if not taken.isdisjoint(range(at, at + length)):
                continue
            window = [word.key for word in run[at : at + length]]
            best = best_of(window, phrases)
            if best:
                taken.update(range(at, at + length))
                yield names[best], Match(" ".join(best), run[at], run[at + length - 1])


def best_of(window: list[str], phrases: list[tuple[tuple[str, ...], str]]) -> tuple[str, ...] | None:
    read = " ".join(window)
    best, score = None, CLOSE_ENOUGH
    for keys, phrase in phrases:
        if abs(len(phrase) - len(read)) > 3:
            continue
        each = fuzz.ratio(read, phrase, score_cutoff=score)
        if each >= score and each and all(is_near(one, other) for one, other in zip(window, keys, strict=True)):
            best, score = keys, each
    return best


def is_near(read: str, word: str) -> bool:
    """Return whether one word may be the other; digits are never taken for one another."""
    if read == word:
        return True
    if word.isdigit() or len(word) < 3:
        return False
    return fuzz.ratio(read, word) >= WORD_CLOSE_ENOUGH
