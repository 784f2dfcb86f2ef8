"""Folders stay small enough to be read (ADR 21)."""

import re
from collections import Counter

from django.conf import settings

APPS = ("cpor_portal", "operations", "insights", "associations", "guides", "notifications", "accounts")


def crowded(*folders: str, most: int) -> dict[str, int]:
    """Return the folders below *folders* that hold more than *most* modules, without packages' `__init__`."""
    counts = Counter(
        str(path.parent.relative_to(settings.BASE_DIR))
        for folder in folders
        for path in (settings.BASE_DIR / folder).rglob("*.py")
        if path.name != "__init__.py" and "migrations" not in path.parts
    )
    assert counts
    return {folder: count for folder, count in counts.items() if count > most}


def test_a_folder_of_the_product_holds_at_most_fifteen_modules():
    assert crowded(*APPS, most=15) == {}


def test_a_folder_of_tests_holds_at_most_twenty_five_modules():
    assert crowded("tests", most=25) == {}


def test_a_module_of_the_product_has_at_most_three_hundred_lines_and_the_settings_350():
    lines = {
        str(path.relative_to(settings.BASE_DIR)): len(path.read_text().splitlines())
        for folder in APPS
        for path in (settings.BASE_DIR / folder).rglob("*.py")
        if "migrations" not in path.parts
    }

    assert lines.pop("cpor_portal/settings.py") <= 350
    assert {path: count for path, count in lines.items() if count > 300} == {}


def test_a_file_of_tests_has_at_most_four_hundred_lines():
    lines = {
        str(path.relative_to(settings.BASE_DIR)): len(path.read_text().splitlines())
        for path in (settings.BASE_DIR / "tests").rglob("*.py")
    }

    assert lines
    assert {path: count for path, count in lines.items() if count > 400} == {}


def test_the_documents_name_modules_that_are_there():
    """Covers README, CONTRIBUTING and docs/; an ADR keeps the names of its day."""
    documents = [settings.BASE_DIR / name for name in ("README.md", "CONTRIBUTING.md")]
    documents += (settings.BASE_DIR / "docs").glob("*.md")
    named = {name for path in documents for name in re.findall(r"`([\w/]+\.py)`", path.read_text())}
    folders = (settings.BASE_DIR / name for name in (*APPS, "bench", "bin", "tests"))
    modules = [path for folder in folders for path in folder.rglob("*.py")] + [settings.BASE_DIR / "manage.py"]

    assert named
    assert {name for name in named if not any(path.match(name) for path in modules)} == set()
