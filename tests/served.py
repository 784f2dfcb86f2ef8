"""Pages that were made before, served with their static files and opened in Chromium one after the other."""

import mimetypes
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from django.contrib.staticfiles import finders
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM_NAMES, QUIET


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


@contextmanager
def pages_in_chromium(pages: Mapping[str, str]) -> Iterator[Iterator[tuple[str, Page]]]:
    """Serve *pages*, and give each address with the page open.

    Chromium's driver takes its thread for itself, and a database in use there stays unusable: give it another thread.
    """
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    with (
        served(pages) as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=QUIET) as browser,
    ):
        yield opened(browser.new_page(reduced_motion="reduce"), pages, server=server)


def opened(page: Page, pages: Mapping[str, str], *, server: str) -> Iterator[tuple[str, Page]]:
    for address in pages:
        page.goto(server + address)
        yield address, page
