"""A language whose every text is two fifths longer than English: no page breaks, none scrolls sideways on a phone."""

import mimetypes
import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from pathlib import Path
from threading import Thread

import polib
import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, sync_playwright
from pytest_django import Settings

from tests.browser.conftest import CHROMIUM_NAMES, QUIET
from tests.test_access import World
from tests.test_translations import Readers, world  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(300)]

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


class Pages(BaseHTTPRequestHandler):
    """Serves pages that were made before, by their addresses, and the static files they ask for."""

    pages: Mapping[str, str] = {}

    def do_GET(self) -> None:
        found = self.path.startswith("/static/") and finders.find(self.path.removeprefix("/static/"))
        body = Path(found).read_bytes() if found else self.pages.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", (found and mimetypes.guess_type(found)[0]) or "text/html; charset=utf-8")
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing of each request."""


@contextmanager
def served(pages: Mapping[str, str]) -> Iterator[str]:
    """Serve *pages* for a while, and give the address of the server."""
    handler = type("ThesePages", (Pages,), {"pages": pages})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def too_wide(pages: Mapping[str, str]) -> dict[str, list[int]]:
    """Return how wide each of *pages* is, by its address, at those of our widths at which it scrolls sideways."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    wide = {}
    with (
        served(pages) as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=QUIET) as browser,
    ):
        page = browser.new_page(reduced_motion="reduce")
        for address in pages:
            page.goto(server + address)
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
        elif response["Content-Type"].startswith("text/html"):
            answers[name] = response.status_code
            pages |= {address: response.content.decode()} if response.status_code == 200 else {}
    # Chromium's driver takes its thread for itself, and the database has to stay usable in ours.
    with ThreadPoolExecutor(1) as other_thread:
        wide = other_thread.submit(too_wide, pages).result()

    assert sum("Cuustoomeer" in page for page in pages.values()) > 50
    assert {name: status for name, status in answers.items() if status >= 500} == {}
    assert wide == {}
