"""Finds docstrings that open with a question word, and words that aren't used on screen (CONTRIBUTING.md, "Voice")."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (
    "accounts",
    "associations",
    "bench",
    "bin",
    "cpor_portal",
    "guides",
    "insights",
    "notifications",
    "operations",
    "tests",
)
QUESTION_WORDS = re.compile(r"(What|Who|Whom|Whose|How|Whether|Where|When|Which|Why)\b")
NOT_ON_SCREEN = re.compile(
    r"\b(e-mails?|mails|(un)?tick(ed)?|mend(ed)?|organisations?|programme|customer'?s? period|opt-out window)\b"
    r"|\bmail\b(?! (server|scanner))",
    re.IGNORECASE,
)


def odd_docstrings(path: Path) -> Iterator[str]:
    """Yield a line for each docstring of the module at *path* that opens with a question word."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node) or ""
            if QUESTION_WORDS.match(text):
                yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}: {text.splitlines()[0]}"


def odd_texts(path: Path) -> Iterator[str]:
    """Yield a line for each English text of the catalogue at *path* with a word that we don't use."""
    for entry in polib.pofile(str(path)):
        found = None if entry.obsolete else NOT_ON_SCREEN.search(entry.msgid)
        if found:
            yield f"{path.relative_to(ROOT)}:{entry.linenum}: {found[0]!r} in {entry.msgid!r}"


def main() -> int:
    modules = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    lines = [line for path in modules if "migrations" not in path.parts for line in odd_docstrings(path)]
    lines += odd_texts(ROOT / "locale/it/LC_MESSAGES/django.po")
    print(*lines, sep="\n", end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
