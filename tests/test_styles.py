"""The font, the part of Bootstrap and the class names that the pages use, and nothing more."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.test_look import COMPONENTS, TEMPLATES

pytestmark = pytest.mark.sitewide

ROOT = Path(settings.BASE_DIR)
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()
BOOTSTRAP = next((ROOT / "static" / "vendor").glob("bootstrap-[0-9]*/bootstrap.min.css"))
FONT = next((ROOT / "static" / "vendor").glob("source-sans-3-*"))
MOST_BYTES = {"latin.woff2": 60_000, "latin-ext.woff2": 62_000}
CLASS = re.compile(r"\.(-?[a-z][\w-]*)")
# Django's admin draws these itself.
OF_THE_ADMIN = {
    "action-checkbox", "action-checkbox-column", "actions", "breadcrumbs", "button", "cancel-link", "clear",
    "closelink", "dashboard", "deletelink", "help", "quiet", "content", "delete-confirmation", "desk",
    "field-age", "field-claim_number", "field-competing", "field-customer", "field-due", "field-status_badge",
    "field-to_read", "main", "model-claim", "object-tools", "readonly", "results",
    "sortoptions", "submit-row", "text",
}  # fmt: skip
# The style of a banner is tone-{{ tone }}, that of a column is-{{ key }}, that of a decision desk-{{ weight }}.
PUT_TOGETHER = re.compile(r"^(?:cpor-(?:tone|desk)|is)-")


def letters(family_file: str) -> set[int]:
    """Return the code points for which a browser asks for this file of the font."""
    block = re.search(rf'url\("\.\./vendor/{FONT.name}/{family_file}"\)[^}}]*?unicode-range: ([^;]+);', TOKENS)
    assert block, family_file
    ranges = [part.strip().removeprefix("U+").split("-") for part in block[1].split(",")]
    return {code for first, *last in ranges for code in range(int(first, 16), int((last or [first])[0], 16) + 1)}


def classes_of(css: str) -> set[str]:
    """Return the class names that *css* gives a style."""
    return set(CLASS.findall(re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"|'[^']*'", "", css, flags=re.DOTALL)))


def words_of_our_code() -> set[str]:
    """Return every word that a template, a script or a module could give to an element as a class."""
    sources = [*TEMPLATES, *(ROOT / "associations" / "jinja2").rglob("*.html"), *(ROOT / "static" / "js").glob("*.js")]
    sources += [path for app in settings.INSTALLED_APPS for path in (ROOT / app.split(".")[0]).rglob("*.py")]
    return {word for path in set(sources) for word in re.findall(r"[a-z][\w-]*", path.read_text())}


@pytest.mark.parametrize("name", MOST_BYTES)
def test_the_font_is_small_and_its_license_lies_beside_it(name: str):
    version = json.loads((ROOT / "package.json").read_text())["dependencies"]["@fontsource-variable/source-sans-3"]

    assert FONT.name == f"source-sans-3-{version}"
    assert (FONT / name).read_bytes()[:4] == b"wOF2"
    assert (FONT / name).stat().st_size <= MOST_BYTES[name]
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONT / "LICENSE").read_text()


def test_the_letters_of_both_languages_come_first_and_the_others_on_demand():
    first, later = letters("latin.woff2"), letters("latin-ext.woff2")

    assert {ord(letter) for letter in "Perché l'utilità è così “più” – 1.234,56 € … ’"} <= first
    assert {ord(letter) for letter in "Łąka Iğdır Žižek Ștefan"} - first <= later
    assert first & later == set()


@pytest.mark.parametrize("template", ["base.html", "admin/base_site.html"])
def test_every_page_preloads_the_first_letters_only(template: str):
    page = (ROOT / "templates" / template).read_text()

    preloaded = re.findall(
        r"<link rel=\"preload\" href=\"{% static '([^']+)' %}\" as=\"font\"[^>]* crossorigin>", page
    )
    assert preloaded == [f"vendor/{FONT.name}/latin.woff2"]


def test_a_late_font_moves_nothing():
    faces = re.findall(r"@font-face \{(.*?)\n\}", TOKENS, re.DOTALL)

    assert len(faces) == 4
    assert all("size-adjust: " in face for face in faces)
    assert [face for face in faces if "url(" in face and "font-display: optional" not in face] == []
    assert [face for face in faces if "local(" in face and "ascent-override: " not in face] == []


def test_bootstrap_is_reduced_to_the_parts_that_pages_use():
    parts = re.findall(r'@import "bootstrap/scss/(?:\w+/)?([\w-]+)"', (ROOT / "bin" / "bootstrap.scss").read_text())

    assert BOOTSTRAP.stat().st_size < 35_000
    assert not {"utilities", "grid", "card", "modal", "navbar"} & set(parts)
    used = words_of_our_code()
    for name in ("btn-primary", "form-control", "form-select", "form-check", "form-text", "table", "visually-hidden"):
        assert name in used
        assert f".{name}" in BOOTSTRAP.read_text()


def test_the_portals_own_class_names_have_a_prefix():
    """A name without it is Bootstrap's, Django's or a state such as `is-over`; `js` says that scripts run."""
    styled = {name for path in STYLES for name in classes_of(path.read_text())}
    others = OF_THE_ADMIN | classes_of(BOOTSTRAP.read_text()) | {"js"}

    assert sorted(name for name in styled - others if not name.startswith(("cpor-", "is-"))) == []


def test_no_style_is_left_over():
    styled = {name for path in STYLES for name in classes_of(path.read_text())}
    words = words_of_our_code()

    assert len(styled) > 150
    left_over = styled - words - OF_THE_ADMIN
    assert sorted(name for name in left_over if PUT_TOGETHER.sub("", name) not in words) == []


def test_every_component_is_used_by_a_page():
    pages = [path for path in TEMPLATES if path.parent.name != "styleguide"]
    words = {path: path.read_text() for path in [*pages, *(ROOT / "associations").rglob("*.py")]}

    unused = [
        component.name
        for component in COMPONENTS
        if not any(f"components/{component.name}" in text for path, text in words.items() if path != component)
    ]
    assert unused == []
