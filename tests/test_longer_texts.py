"""A language whose every text is two fifths longer than English: no page breaks, none scrolls sideways on a phone."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from pathlib import Path

import polib
import pytest
from playwright.sync_api import Page
from pytest_django import Settings

from tests.access.world import World
from tests.served import pages_in_chromium
from tests.test_translations import Readers, world  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.browser,
    pytest.mark.sitewide,
    pytest.mark.timeout(300),
]

ITALIAN = Path("locale/it/LC_MESSAGES/django.po")
WIDTHS = (320, 390)
NOT_WORDS = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]+>|&\w+;|https?://\S+)")
VOWELS = re.compile(r"[aeiou]")


def longer(text: str) -> str:
    """Return *text* two fifths longer, its words as well as the whole, with every placeholder and tag as it was."""
    parts = [part if NOT_WORDS.fullmatch(part) else VOWELS.sub(r"\g<0>\g<0>", part) for part in NOT_WORDS.split(text)]
    missing = ceil(len(text) * 1.4) - len("".join(parts))
    return "".join(parts) + (" ~~~~" * missing)[: max(missing, 0)]


def write_catalogue(folder: Path) -> None:
    """Write a catalogue of our texts into *folder*, which says all of them longer and passes for Italian."""
    catalogue = polib.pofile(str(ITALIAN))
    for entry in catalogue:
        if "date filter" in (entry.msgctxt or ""):
            entry.msgstr = entry.msgid
        elif entry.msgid_plural:
            entry.msgstr_plural = {0: longer(entry.msgid), 1: longer(entry.msgid_plural)}
        else:
            entry.msgstr = longer(entry.msgid)
    (folder / "it" / "LC_MESSAGES").mkdir(parents=True)
    catalogue.save_as_mofile(str(folder / "it" / "LC_MESSAGES" / "django.mo"))


def too_wide(pages: Mapping[str, str]) -> dict[str, list[int]]:
    """Return how wide each of *pages* is, by its address, at those of our widths at which it scrolls sideways."""
    wide = {}
    with pages_in_chromium(pages) as opened:
        for address, page in opened:
            wide[address] = [width for window in WIDTHS if (width := width_in(page, window)) > window]
    return {address: widths for address, widths in wide.items() if widths}


def width_in(page: Page, window: int) -> int:
    page.set_viewport_size({"width": window, "height": 800})
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_a_longer_text_keeps_its_placeholders():
    text = "%(count)d claims of <strong>{partner}</strong> &amp; 100%% more"

    assert NOT_WORDS.findall(longer(text)) == NOT_WORDS.findall(text)
    assert longer("Continue") == "Coontiinuuee"
    assert len(longer(text)) >= 1.4 * len(text)


def test_no_page_breaks_on_longer_texts(settings: Settings, tmp_path: Path, world: World):  # noqa: F811
    write_catalogue(tmp_path)
    settings.LOCALE_PATHS = [tmp_path]
    readers = Readers(world)

    pages: dict[str, str] = {}
    answers = {}
    for name, client, address in [*readers.pages(), *readers.desk_pages()]:
        client.cookies["django_language"] = "it"
        response = client.get(address)
        if response.streaming:
            response.close()
        elif name.startswith("claim_findings"):
            continue  # a part of a page
        elif response["Content-Type"].startswith("text/html"):
            answers[name] = response.status_code
            pages |= {address: response.content.decode()} if response.status_code == 200 else {}
    # Chromium's driver takes its thread for itself, and the database has to stay usable in ours.
    with ThreadPoolExecutor(1) as other_thread:
        wide = other_thread.submit(too_wide, pages).result()

    assert sum("Cuustoomeer" in page for page in pages.values()) > 50
    assert {name: status for name, status in answers.items() if status >= 500} == {}
    assert wide == {}
