"""Recognizes the words of a page with Tesseract, where it is installed, in a separate process.

For the limits see docs/proof-reader.md.
"""

import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from associations.rules.proof_reading.texts import Box, TextLine

logger = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("recognition_child.py")
LANGUAGES = ("eng", "ita")
LONGEST_WAIT = 20.0
LEAST_SURE = 25.0
COLUMNS = 12
LARGEST_ANSWER = 8 * 1024 * 1024


class NotRecognized(Exception):
    """Tesseract is not there, gave up on the page, or took too long."""


@lru_cache(maxsize=1)
def program() -> str:
    """Return where Tesseract is, or nothing."""
    return shutil.which("tesseract") or ""


@lru_cache(maxsize=1)
def languages() -> str:
    """Return the languages that are installed, of those that proofs are written in."""
    asked = subprocess.run(  # noqa: S603 - found by its name
        [program(), "--list-langs"], capture_output=True, text=True, timeout=LONGEST_WAIT, check=False
    )
    there = set(asked.stdout.split())
    return "+".join(language for language in LANGUAGES if language in there)


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
                [sys.executable, "-I", "-S", str(CHILD), program(), languages()],
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
    """Return the lines of Tesseract's table: its words by block, paragraph and line."""
    width = height = 1
    lines: dict[tuple[str, ...], list[tuple[str, Box]]] = {}
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
    return sorted((joined(words) for words in lines.values()), key=lambda line: line.box.top if line.box else 0)


def joined(words: list[tuple[str, Box]]) -> TextLine:
    boxes = [box for _word, box in words]
    around = Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
    return TextLine(" ".join(word for word, _box in words), box=around)
