"""Collects the texts of a page that a person reads or hears, in the page's language."""

import re
from html.parser import HTMLParser

SPOKEN = ("alt", "aria-label", "placeholder", "title")
UNSPOKEN = ("script", "style", "code", "pre", "samp")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
WORD = re.compile(r"[^\W\d_]{2}")


class Reader(HTMLParser):
    """Collects the texts of a page, and leaves out what is marked as another language, code and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.texts: set[str] = set()
        self.elements: list[tuple[str, bool]] = []

    @property
    def skips(self) -> bool:
        return bool(self.elements) and self.elements[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.language = self.language or values.get("lang") or ""
        skips = self.skips or tag in UNSPOKEN or values.get("lang", self.language) != self.language
        if not skips:
            names = (*SPOKEN, "value") if values.get("type") in ("submit", "button") else SPOKEN
            for name in names:
                self.handle_text(values.get(name) or "")
        if tag not in VOID:
            self.elements.append((tag, skips))

    def handle_endtag(self, tag: str) -> None:
        while self.elements and tag in [name for name, _skips in self.elements]:
            if self.elements.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self.skips:
            self.handle_text(data)

    def handle_text(self, text: str) -> None:
        text = " ".join(text.split())
        if WORD.search(text):
            self.texts.add(text)


def read(html: str, *, language: str) -> set[str]:
    """Return every text with a word in it of the page *html*, none of a page in another language than *language*."""
    reader = Reader()
    reader.feed(html)
    return reader.texts if reader.language == language else set()
