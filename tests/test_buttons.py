"""Buttons: one primary at most in a form and among the links of a page, and what ends or removes something is red."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from lxml import html

from tests.access.world import World
from tests.test_look import TEMPLATES, contrast, tokens
from tests.test_translations import Readers, world  # noqa: F401 - a fixture

pytestmark = pytest.mark.sitewide

KINDS = {"btn-primary", "btn-secondary", "btn-outline-danger", "btn-danger", "btn-link"}
BUTTON = re.compile(r'<(?:a|button) class="btn ([^"]+)"[^>]*>(.*?)</(?:a|button)>', re.DOTALL)
# The words of what ends or removes something.
ENDS = re.compile(r'translate "(?:Delete|Disassociate|Discard|Disconnect|Opt out|Remove|Revoke|Stop|Withdraw)\b')
RED = {"btn-danger", "btn-outline-danger"}
SHOWS_ALL = "styleguide"  # every kind, side by side
STYLES = Path(settings.BASE_DIR) / "static" / "css" / "forms.css"


def buttons() -> list[tuple[str, set[str], str]]:
    """Return each button of the templates: its template, its kinds and what stands in it."""
    return [
        (path.name, set(re.findall(r"btn-[\w-]+", classes)), words)
        for path in TEMPLATES
        for classes, words in BUTTON.findall(path.read_text())
    ]


def color_of(kind: str, what: str) -> str:
    """Return the token that gives the kind of button its *what*: color, bg or border-color."""
    block = re.search(rf"^\.{kind} \{{(.*?)^\}}", STYLES.read_text(), re.DOTALL | re.MULTILINE)
    assert block, kind
    found = re.search(rf"--bs-btn-{what}: (?:var\(--cpor-([\w-]+)\)|(#\w{{6}}));", block[1])
    assert found, (kind, what)
    return found[1] or "on-accent"


def test_every_button_is_of_a_known_kind():
    found = buttons()

    assert len(found) > 100
    assert [(name, kinds) for name, kinds, _words in found if not kinds or kinds - KINDS] == []


def test_what_ends_or_removes_something_is_red():
    ending = [(name, kinds, words) for name, kinds, words in buttons() if ENDS.search(words)]

    assert len(ending) > 15
    assert [(name, words) for name, kinds, words in ending if not kinds & RED] == []


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_kinds_are_told_apart_and_read_in_both_themes(theme: int):
    colors = tokens(theme)
    looks = {kind: (color_of(kind, "bg"), color_of(kind, "color")) for kind in KINDS - {"btn-link"}}

    assert len(set(looks.values())) == len(looks)
    assert [kind for kind, (fill, ink) in looks.items() if contrast(colors[ink], colors[fill]) < 4.5] == []
    edges = {kind: color_of(kind, "border-color") for kind in looks}
    assert [kind for kind, edge in edges.items() if contrast(colors[edge], colors["surface"]) < 3] == []


@pytest.mark.django_db
def test_a_form_and_the_links_of_a_page_have_one_primary_button_at_most(world: World):  # noqa: F811
    crowded, seen = [], 0
    for name, client, address in Readers(world).pages():
        with transaction.atomic():
            response = client.get(address)
            transaction.set_rollback(True)
        if response.streaming or not response["Content-Type"].startswith("text/html") or name.startswith(SHOWS_ALL):
            response.close()
            continue
        page = html.document_fromstring(response.content)
        forms = [form.xpath(".//*[contains(@class, 'btn-primary')]") for form in page.xpath("//form")]
        links = page.xpath("//*[contains(@class, 'btn-primary')][not(ancestor::form)]")
        seen += sum(map(len, [*forms, links]))
        crowded += [(name, [one.text_content() for one in group]) for group in [*forms, links] if len(group) > 1]

    assert seen > 30
    assert crowded == []
