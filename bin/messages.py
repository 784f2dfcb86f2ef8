"""Compile the translations in locale/, without GNU gettext; `--check` only says what is missing, wrong or stale."""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def translations(catalogue: polib.POFile | polib.MOFile) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return what each text is translated to, by context, text and plural."""
    return {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural): (entry.msgstr, *entry.msgstr_plural.values())
        for entry in catalogue.translated_entries()
    }


def faults(po_path: Path) -> list[str]:
    """Return a line per text that is untranslated or fuzzy, and one when the compiled file does not say the same."""
    catalogue = polib.pofile(str(po_path))
    lines = [f"{po_path}:{entry.linenum}: untranslated: {entry.msgid!r}" for entry in catalogue.untranslated_entries()]
    lines += [f"{po_path}:{entry.linenum}: fuzzy: {entry.msgid!r}" for entry in catalogue.fuzzy_entries()]
    mo_path = po_path.with_suffix(".mo")
    if not mo_path.exists() or translations(polib.mofile(str(mo_path))) != translations(catalogue):
        lines.append(f"{mo_path}: stale: run `make messages`")
    return lines


def main() -> int:
    po_paths = sorted(LOCALE.rglob("LC_MESSAGES/*.po"))
    if "--check" in sys.argv[1:]:
        lines = [line for po_path in po_paths for line in faults(po_path)]
        print(*lines, sep="\n", end="\n" if lines else "")
        return 1 if lines else 0
    for po_path in po_paths:
        polib.pofile(str(po_path)).save_as_mofile(str(po_path.with_suffix(".mo")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
