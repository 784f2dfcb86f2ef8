"""Rules for the look of every page: readable colors, known icons, nothing inline, nothing from another origin."""

import json
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from associations.choices import (
    ClaimStatus,
    ConsentStatus,
    EnrolmentStatus,
    NoticeAnswer,
    ReviewOutcome,
    ScanStatus,
    SubscriptionState,
)
from associations.rules.shown_status import ReviewStage, ShownStatus
from associations.views.wizard.progress_list import STATUS_LABELS
from notifications.models import EmailStatus

pytestmark = pytest.mark.sitewide

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts)
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
SPRITE = next((ROOT / "static" / "vendor").glob("bootstrap-icons-*/sprite.svg"))
STATUSES = [
    *ClaimStatus, *ConsentStatus, *EnrolmentStatus, *NoticeAnswer, *ReviewOutcome, *ScanStatus, *SubscriptionState,
    *EmailStatus, *ShownStatus, *ReviewStage,
]  # fmt: skip
ERROR_PAGES = ["400.html", "403.html", "404.html", "413.html", "429.html", "500.html", "503.html"]

TEXT = 4.5
MARK = 3.0
GROUNDS = ["page", "surface", "raised"]
PAIRS = [
    *[(ink, ground, TEXT) for ink in ["ink", "ink-soft", "link", "link-strong", "danger-ink"] for ground in GROUNDS],
    *[(f"{tone}-ink", f"{tone}-fill", TEXT) for tone in ["neutral", "info", "warning", "success", "danger"]],
    *[(f"chart-{number}", "surface", MARK) for number in range(1, 5)],
    *[(mark, ground, MARK) for mark in ["edge", "mark", "focus"] for ground in [*GROUNDS, "info-fill"]],
    ("ink", "neutral-fill", TEXT),
    ("ink-soft", "neutral-fill", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("on-accent", "danger-solid", TEXT),
    ("accent", "surface", MARK),
]


def icon_names() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))


def tokens(theme: int) -> dict[str, str]:
    """Return each colour token's value: theme 0 is light, theme 1 is dark."""
    css = (ROOT / "static" / "css" / "tokens.css").read_text()
    pairs = re.findall(r"--cpor-([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", css)
    single = re.findall(r"--cpor-([\w-]+): (#\w{6});", css)
    return {name: values[theme] for name, *values in pairs} | dict(single)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_tokens_pass_wcag_aa(ink, ground, least, theme):
    colours = tokens(theme)

    assert contrast(colours[ink], colours[ground]) >= least


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: f"{type(status).__name__}.{status}")
def test_every_status_has_an_icon(status):
    assert f"status-{status.value}" in icon_names()


@pytest.mark.parametrize("state", STATUS_LABELS)
def test_every_state_of_a_step_has_an_icon(state):
    assert f"status-{state}" in icon_names()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_has_nothing_inline(path):
    text = path.read_text()

    assert re.findall(r"<style|\sstyle=|\son\w+=\"|javascript:|<script(?![^>]*\ssrc=)", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_names_only_icons_of_the_sprite(path):
    named = re.findall(r'components/icon\.html" with name="([^"]+)"', path.read_text())

    assert set(named) - icon_names() == set()


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_component_says_what_it_takes(path):
    assert path.read_text().startswith("{# ")


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_page_needs_no_request(name):
    with translation.override("en"):
        page = render_to_string(name)

    assert '<html lang="en">' in page
    assert page.count("<h1>") == 1


def test_error_summary_is_empty_without_errors():
    assert render_to_string("components/error_summary.html", {"form": None}).strip() == ""


def test_status_badge_says_the_word_beside_the_icon():
    badge = render_to_string("components/status_badge.html", {"status": "approved", "label": "Approved"})

    assert "#status-approved" in badge
    assert badge.strip().endswith("Approved</span>")


def test_what_cannot_be_undone_takes_no_click_in_its_first_second():
    """A slow double click on the page before would decide."""
    final = [path for path in TEMPLATES if re.search(r"<button[^>]*btn-danger", path.read_text())]

    assert len(final) > 6
    assert [
        path.name for path in final if not re.search(r'class="[\w-]*actions cpor-decides"', path.read_text())
    ] == []
    for sheet in ("components.css", "admin.css"):
        assert "animation: take-no-click 1s step-end !important" in (ROOT / "static" / "css" / sheet).read_text()


@pytest.mark.parametrize("kind", ["css", "js"])
def test_vendored_files_name_no_source_map(kind):
    assert [path.name for path in (ROOT / "static").rglob(f"*.{kind}") if "sourceMappingURL" in path.read_text()] == []


def test_vendored_scripts_build_no_code_from_text():
    scripts = sorted((ROOT / "static" / "vendor").rglob("*.js"))

    assert scripts
    assert [path.name for path in scripts if re.search(r"\beval\(|new Function\(", path.read_text())] == []


def test_front_end_packages_are_pinned_without_an_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted} == wanted
