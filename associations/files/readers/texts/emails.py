"""Reads the text of saved emails and of their attachments, one level deep, in the sandbox."""

import codecs
import io
import re
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from typing import Any, BinaryIO

import olefile

from associations.files.readers.texts import documents, pdfs, slides, tables
from associations.rules.proof_files import EXTENSIONS, ProofKind
from associations.rules.proof_reading.texts import Part, PlaceKind, Source, TextLine, bounded

MOST_ATTACHMENTS = 20
MOST_LINES = 20_000
LONGEST_LINE = 2_000
LONGEST_STYLE = 100_000
MOST_DEPTH = 200
# Streams of Outlook (MS-OXMSG): subject, sender, text, text as a page; of an attachment its data and name.
SUBJECT, SENDER, TEXT, PAGE = "0037", "0C1A", "1000", "1013"
DATA, LONG_NAME, SHORT_NAME = "37010102", "3707", "3704"
SKIPPED = frozenset({"script", "style", "head", "title", "template"})
BREAKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote"})
CELLS = frozenset({"td", "th"})
# Elements that have no end.
EMPTY = frozenset(
    {"br", "img", "hr", "input", "meta", "link", "col", "wbr", "area", "base", "embed", "source", "track"}
)
UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[0-2](?:\.\d+)?\s*(?:px|pt|;|$)|mso-hide\s*:\s*all"
    r"|opacity\s*:\s*0(?:\.0\d*)?\s*(?:;|$)|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}|max-height\s*:\s*0"
    r"|(?<![-\w])color\s*:\s*(?:#fff\b|#(?:f[89a-f]){3}\b|white\b|rgb\((?:\s*2(?:4[89]|5\d)\s*,?){3})",
    re.IGNORECASE,
)
# What a style sheet says of a class.
OF_A_CLASS = re.compile(r"\.([\w-]+)[^{},]*\{([^}]*)\}")
HAS_GROUND = re.compile(r"background", re.IGNORECASE)
READERS: dict[ProofKind, Callable[..., Iterator[Part]]] = {
    ProofKind.PDF: lambda file, name: pdfs.pages_of(file.read(), name=name),
    ProofKind.DOCX: lambda file, name: documents.paragraphs_of(file, name=name),
    ProofKind.PPTX: lambda file, name: slides.slides_of(file, name=name),
    ProofKind.XLSX: lambda file, name: tables.sheet_parts(file, name=name),
    ProofKind.CSV: lambda file, name: tables.csv_parts(file, name=name),
}
for _codec in ("utf-8", "utf-16-le", "ascii", "latin-1", "cp1252", "iso8859-15", "cp1250"):
    codecs.lookup(_codec)


def read(file: BinaryIO, *, kind: str) -> Iterator[dict[str, Any]]:
    """Yield the message as a part, then the parts of each attachment, named after it."""
    parts = mime_parts(file.read()) if ProofKind(kind) is ProofKind.EML else outlook_parts(file.read())
    for part in bounded(parts):
        yield part.as_told()


def mime_parts(data: bytes) -> Iterator[Part]:
    """Yield the parts of a message as mail servers carry it."""
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data)
    headers = [str(message.get(name, "")) for name in ("Subject", "From", "To", "Cc")]
    body = message.get_body(("plain", "html"))
    text = words_of(body) if body is not None else ""
    yield message_part(headers, text)
    for attached in list(message.iter_attachments())[:MOST_ATTACHMENTS]:
        name = attached.get_filename() or ""
        content = attached.get_payload(decode=True)
        if name and isinstance(content, bytes):
            yield from attachment_parts(name, content)


def words_of(body: Any) -> str:
    content = body.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    try:
        text = data.decode(body.get_content_charset() or "utf-8", "replace")
    except LookupError:
        text = data.decode("latin-1")
    return shown_of_page(text) if body.get_content_type() == "text/html" else text


def outlook_parts(data: bytes) -> Iterator[Part]:
    """Yield the parts of a message that Outlook saved."""
    with olefile.OleFileIO(io.BytesIO(data)) as message:
        streams = ["/".join(path) for path in message.listdir(streams=True, storages=False)]
        text = stream_text(message, "", TEXT, streams) or shown_of_page(stream_text(message, "", PAGE, streams))
        yield message_part([stream_text(message, "", each, streams) for each in (SUBJECT, SENDER)], text)
        folders = sorted({path.split("/")[0] for path in streams if path.startswith("__attach_version1.0_#")})
        for folder in folders[:MOST_ATTACHMENTS]:
            content = f"{folder}/__substg1.0_{DATA}"
            name = stream_text(message, f"{folder}/", LONG_NAME, streams)
            name = name or stream_text(message, f"{folder}/", SHORT_NAME, streams)
            if name and content in streams:
                yield from attachment_parts(name, message.openstream(content).read())


def stream_text(message: Any, folder: str, property_: str, streams: list[str]) -> str:
    """Return a text property, in Unicode or in the code page of the older form; binary pages are decoded as UTF-8."""
    for kind, encoding in (("001F", "utf-16-le"), ("001E", "cp1252"), ("0102", "utf-8")):
        path = f"{folder}__substg1.0_{property_}{kind}"
        if path in streams:
            return str(message.openstream(path).read().decode(encoding, "replace")).strip("\0")
    return ""


def message_part(headers: list[str], text: str) -> Part:
    lines = [*headers, *text.splitlines()[:MOST_LINES]]
    kept = [TextLine(" ".join(line.split())[:LONGEST_LINE]) for line in lines if line.strip()]
    return Part(PlaceKind.MESSAGE, 1, lines=tuple(kept))


def attachment_parts(name: str, content: bytes) -> Iterator[Part]:
    """Yield the parts of an attachment; a picture, a message and a damaged one are not read."""
    shown = " ".join(name.split())[:200]
    kind = EXTENSIONS.get(shown.rpartition(".")[2].lower())
    reader = READERS.get(kind) if kind else None
    if reader is None:
        yield Part(PlaceKind.MESSAGE, 1, shown, Source.UNREAD)
        return
    try:
        yield from reader(io.BytesIO(content), shown)
    except Exception:  # each library has exceptions of its own; the message itself is read in any case
        yield Part(PlaceKind.MESSAGE, 1, shown, Source.UNREAD)


def shown_of_page(text: str) -> str:
    """Return the words of a page that are seen."""
    page = ShownText()
    page.feed(text)
    page.close()
    return "".join(page.words)


class ShownText(HTMLParser):
    """Collects words, but none of elements that are hidden, white, or no words at all."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        # For each open element whether its words are seen.
        self.open: list[tuple[str, bool]] = []
        self.classes: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        classes = [self.classes.get(each, "") for each in (told.get("class") or "").split()]
        style = ";".join([*classes, told.get("style") or ""])
        is_unseen = tag in SKIPPED or (UNSEEN.search(style) is not None and not HAS_GROUND.search(style))
        is_unseen = is_unseen or any(name == "hidden" for name, _value in attrs)
        if tag in BREAKS:
            self.words.append("\n")
        if tag in CELLS:
            self.words.append(" ")
        if tag not in EMPTY and len(self.open) < MOST_DEPTH:
            self.open.append((tag, self.is_seen and not is_unseen))

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _is_seen in self.open):
            while self.open.pop()[0] != tag:
                pass
        if tag in BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "style":
            self.classes |= dict(OF_A_CLASS.findall(data[:LONGEST_STYLE]))
        if self.is_seen:
            self.words.append(" ".join(data.split()) + " " if data.strip() else " ")

    @property
    def is_seen(self) -> bool:
        """True if words here are seen."""
        return not self.open or self.open[-1][1]
