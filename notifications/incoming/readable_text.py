"""Turns an email into readable text: its plain text, or its HTML without markup."""

import re
from collections.abc import Iterator
from email.message import Message
from urllib.parse import quote, urlsplit

from django.conf import settings
from lxml import etree

from notifications.clean_text import readable
from notifications.incoming.parsing import MANGLED, parts_of, text_of
from notifications.models import LONGEST_TEXT

LONGEST_HTML = 500_000
MOST_TEXTS = 20
UNSEEN = frozenset({"head", "script", "style", "template", "title"})
NEW_LINE = frozenset({"blockquote", "br", "div", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p", "table", "tr", "ul"})
SPACES = re.compile(r"[ \t\r\n\f]+")
WORD = re.compile(r"[^\s<>\"'()\[\]]+")
IS_HTML = re.compile(r"^\s*<(?:!doctype html|html|body|div|p)\b", re.IGNORECASE)


def readable_text(message: Message, *, instead_of_links: str = "") -> str:
    """Return the text of *message* without its attachments, at most ``LONGEST_TEXT`` characters.

    A link to the portal is replaced by *instead_of_links*: an answer quotes the email it answers, and with it the
    personal link of its reader.
    """
    try:
        text = "\n\n".join(_texts(message, "text/plain")) or "\n\n".join(_texts(message, "text/html"))
    except MANGLED:
        text = ""
    return readable(without_portal_links(text, instead=instead_of_links), longest=LONGEST_TEXT)


def without_portal_links(text: str, *, instead: str) -> str:
    """Return *text* with *instead* in place of every address of a page of the portal, wrapped in another or not."""
    host = urlsplit(settings.PORTAL_URL).netloc
    written = "|".join(re.escape(each) for each in {host, quote(host, safe=""), quote(quote(host, safe=""), safe="")})
    is_link = re.compile(rf"(?:{written})(?:/|%(?:25)*2F)[\w%]", re.IGNORECASE)
    return WORD.sub(lambda word: instead if is_link.search(word[0]) else word[0], text)


def text_of_html(html: str) -> str:
    """Return the words of *html* in lines, as much of it as is read.

    The parser of the standard library takes minutes for a hundred kilobytes of unfinished tags.
    """
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        page = etree.fromstring(html[:LONGEST_HTML].encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return ""
    return "" if page is None else "".join(_words(page))


def _words(page: etree._Element) -> Iterator[str]:
    """Yield what a browser would show, a line for each block."""
    unseen = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        is_start = event == "start"
        if element.tag in UNSEEN:
            unseen += 1 if is_start else -1
        if element.tag in NEW_LINE and (is_start or element.tag != "br"):
            yield "\n"
        words = element.text if is_start else element.tail
        if words and not unseen:
            yield SPACES.sub(" ", words)


def _texts(message: Message, kind: str) -> Iterator[str]:
    found = 0
    for part in parts_of(message):
        is_wanted = part.get_content_type() == kind and part.get_content_disposition() != "attachment"
        text = text_of(part) if is_wanted else ""
        if not text.strip() or found >= MOST_TEXTS:
            continue
        found += 1
        yield text_of_html(text) if kind == "text/html" or IS_HTML.match(text) else text
