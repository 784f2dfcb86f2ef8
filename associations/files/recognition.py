"""Recognizes the words of a page with Tesseract, where it is installed, in a separate process.

For the limits see docs/proof-reader.md.
"""

import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from statistics import median

from associations.rules.proof_reading.texts import Box, TextLine

logger = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("recognition_child.py")
LANGUAGES = ("eng", "ita")
LONGEST_WAIT = 20.0
LEAST_SURE = 25.0
COLUMNS = 12
# Tesseract's ways to look at a page: finding out which side is up, or taking it as it is.
WITH_SIDES, UPRIGHT = "1", "3"
# The gap between two cells of a table, in heights of their letters.
WIDEST_GAP = 2.5
# A page is askew if its longer lines rise or fall by more than this share of their length.
LEAST_SLOPE, FEWEST_WORDS = 0.003, 4
LARGEST_ANSWER = 8 * 1024 * 1024


# A word with its rectangle.
Seen = tuple[str, Box]


class NotRecognized(Exception):
    """Tesseract is not there, gave up on the page, or took too long."""


@lru_cache(maxsize=1)
def program() -> str:
    """Return where Tesseract is, or nothing."""
    return shutil.which("tesseract") or ""


@lru_cache(maxsize=1)
def trained_for() -> frozenset[str]:
    """Return what is installed for Tesseract: languages, and how to tell which side of a page is up."""
    asked = subprocess.run(  # noqa: S603 - found by its name
        [program(), "--list-langs"], capture_output=True, text=True, timeout=LONGEST_WAIT, check=False
    )
    return frozenset(asked.stdout.split())


def languages() -> str:
    """Return the languages that are installed, of those that proofs are written in."""
    return "+".join(language for language in LANGUAGES if language in trained_for())


def is_installed() -> bool:
    """Return whether pages can be recognized on this computer."""
    return bool(program()) and bool(languages())


def words_in(png: bytes) -> list[TextLine]:
    """Return the lines of a page's picture with their rectangles; raise NotRecognized."""
    if not is_installed():
        raise NotRecognized
    with tempfile.TemporaryDirectory(prefix="cpor-recognize-") as folder:
        try:
            answer = subprocess.run(  # noqa: S603 - our own script; the picture is its input alone
                [
                    sys.executable,
                    "-I",
                    "-S",
                    str(CHILD),
                    program(),
                    languages(),
                    WITH_SIDES if "osd" in trained_for() else UPRIGHT,
                ],
                input=png,
                capture_output=True,
                cwd=folder,
                env={"OMP_THREAD_LIMIT": "1"},
                timeout=LONGEST_WAIT,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise NotRecognized from error
    if answer.returncode or len(answer.stdout) > LARGEST_ANSWER:
        logger.warning("A page was not recognized: exit code %s.", answer.returncode)
        raise NotRecognized
    return lines_of(answer.stdout.decode("utf-8", "replace").splitlines())


def lines_of(rows: Iterable[str]) -> list[TextLine]:
    """Return the lines of Tesseract's table, cell by cell, as if the page were not askew.

    The lines of a page that lies on its side or upside down have no rectangles, and Tesseract's order.
    """
    width = height = 1
    lines: dict[tuple[str, ...], list[Seen]] = {}
    for row in rows:
        cells = row.split("\t")
        if len(cells) != COLUMNS or not cells[0].isdigit():
            continue
        left, top, across, down = (int(cell) for cell in cells[6:10])
        if cells[0] == "1":
            width, height = max(across, 1), max(down, 1)
        elif cells[0] == "5" and float(cells[10]) >= LEAST_SURE and cells[11].strip():
            box = Box(left / width, top / height, (left + across) / width, (top + down) / height)
            lines.setdefault(tuple(cells[1:5]), []).append((cells[11], box))
    if is_turned(lines.values()):
        return [TextLine(" ".join(word for word, _box in words)) for words in lines.values()]
    level = leveled(list(lines.values()))
    cells_of_lines = [cell for words in level for cell in cells_of(words, aspect=width / height)]
    return sorted((joined(cell) for cell in cells_of_lines), key=lambda line: line.box.top if line.box else 0)


def is_turned(lines: Iterable[list[Seen]]) -> bool:
    """Return whether most words don't run from left to right: the page is on its side or upside down."""
    steps = [after.left > before.left for words in lines for (_one, before), (_other, after) in pairwise(words)]
    return sum(steps) < 0.5 * len(steps)


def leveled(lines: list[list[Seen]]) -> list[list[Seen]]:
    """Return the words moved up or down, so that the words of one row are at the same height."""
    slopes = [slope_of(words) for words in lines if len(words) >= FEWEST_WORDS]
    slope = median(slopes) if slopes else 0
    if abs(slope) < LEAST_SLOPE:
        return lines
    return [[(word, moved(box, by=-slope * (box.middle[0] - 0.5))) for word, box in words] for words in lines]


def slope_of(words: list[Seen]) -> float:
    (_one, first), (_other, last) = words[0], words[-1]
    return (last.middle[1] - first.middle[1]) / max(last.middle[0] - first.middle[0], 0.01)


def moved(box: Box, *, by: float) -> Box:
    return Box(box.left, box.top + by, box.right, box.bottom + by)


def cells_of(words: list[Seen], *, aspect: float) -> Iterator[list[Seen]]:
    """Yield the words of a line in pieces, between which there is a wide gap."""
    widest = WIDEST_GAP * median(box.height for _word, box in words)
    start = 0
    for number, ((_one, before), (_other, after)) in enumerate(pairwise(words), start=1):
        if (after.left - before.right) * aspect > widest:
            yield words[start:number]
            start = number
    yield words[start:]


def joined(words: list[Seen]) -> TextLine:
    boxes = [box for _word, box in words]
    around = Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
    return TextLine(" ".join(word for word, _box in words), box=around)
