"""Thirty files made to harm the reader of texts: each ends soon, the worker lives, and the next file is read."""

import contextlib
import io
import time
from collections.abc import Callable

import pytest

from associations.files import recognition
from associations.files.proof_texts import NotReadable, text_of
from associations.rules.proof_files import EXTENSIONS, ProofKind
from associations.rules.proof_reading.evidence import evidence_in
from associations.rules.proof_reading.texts import Box, Mark, MarkKind, Part, PlaceKind, Source, TextLine
from tests.associations.files.hostile import CATALOGUE, HOSTILE, ONE_KID, deflated, numbered, stream
from tests.associations.proof_reading.papers import Sheet, pdf_of
from tests.associations.proof_reading.reading import FACTS
from tests.files import office

pytestmark = pytest.mark.processes

LONGEST = 60.0
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# The slow ones among the files of the upload's own test: that one keeps the child in its bounds.
SLOW = {"filters_upon_filters", "tiff_of_ten_thousand_pages", "email_in_email_in_email", "png_of_chunks_without_end"}
SLOW |= {
    "png_of_3_600_million_pixels",
    "tiff_that_goes_in_circles",
    "jpeg_of_65_500_by_65_500",
    "email_of_parts_without_end",
}
SLOW |= {"page_named_again_and_again", "png_with_a_text_of_a_gigabyte", "arrays_in_arrays"}
SLOW |= {"jpeg_of_markers", "table_of_400_megabytes", "objects_in_a_bomb", "email_with_headers_without_end"}


def page(content: bytes, *, box: bytes = b"0 0 595 842", more: bytes = b"", objects: tuple[bytes, ...] = ()) -> bytes:
    font = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    facts = b"<< /Type /Page /Parent 2 0 R /MediaBox [" + box + b"] /Contents 4 0 R /Resources << " + font + more
    return numbered([CATALOGUE, ONE_KID, facts + b" >> >>", stream(b"", content), *objects])


def page_of_200_inches_and_more() -> bytes:
    return page(b"BT /F1 12 Tf 9 9 Td (x) Tj ET", box=b"0 0 9999999 9999999")


def page_of_no_size() -> bytes:
    return page(b"BT /F1 12 Tf 9 9 Td (x) Tj ET", box=b"0 0 0 0")


def page_of_a_million_words() -> bytes:
    return page(b"BT /F1 1 Tf " + b"0 -1 Td (word) Tj " * 20_000 + b"ET")


def page_of_strokes() -> bytes:
    return page(b"0 0 m " + b"9 9 8 8 7 7 c S 0 0 m " * 40_000)


def form_in_itself() -> bytes:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>"
    return page(b"/X Do", more=b" /XObject << /X 5 0 R >>", objects=(stream(form, b"/X Do /X Do"),))


def words_in_a_bomb() -> bytes:
    data = deflated(300, b" ", before=b"BT /F1 12 Tf (x) Tj ET ")
    return numbered(
        [CATALOGUE, ONE_KID, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
         stream(b"/Filter /FlateDecode", data)]
    )  # fmt: skip


def document_of(body: str) -> bytes:
    return office(
        more={"word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'.encode()}
    )


def tables_in_tables() -> bytes:
    depth = 3_000
    return document_of("<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth)


def runs_in_runs() -> bytes:
    return document_of(
        "<w:p>" + "<w:smartTag>" * 5_000 + "<w:r><w:t>x</w:t></w:r>" + "</w:smartTag>" * 5_000 + "</w:p>"
    )


def cells_without_end() -> bytes:
    return document_of(
        "<w:tbl><w:tr>" + "<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>" * 10_000 + "</w:tr></w:tbl>"
    )


def line_of_20_megabytes() -> bytes:
    return b"a;b\n" + b"x" * 20_000_000


def columns_without_end() -> bytes:
    return b";".join([b"x"] * 400_000)


def elements_of_a_page_in_elements() -> bytes:
    return b"From: a@b\nTo: c@d\nContent-Type: text/html\n\n" + b"<div>" * 20_000 + b"x" + b"</p></b>" * 20_000


OF_TEXTS: dict[str, tuple[Callable[[], bytes], ...]] = {
    "pdf": (
        page_of_200_inches_and_more, page_of_no_size, page_of_a_million_words, page_of_strokes, form_in_itself,
        words_in_a_bomb,
    ),
    "docx": (tables_in_tables, runs_in_runs, cells_without_end),
    "csv": (line_of_20_megabytes, columns_without_end),
    "eml": (elements_of_a_page_in_elements,),
}  # fmt: skip
MAKERS = [
    (extension, maker)
    for makers in (OF_TEXTS, HOSTILE)
    for extension, each in makers.items()
    for maker in each
    if maker.__name__ not in SLOW
]


def test_the_worker_lives_and_reads_the_next_file(monkeypatch):
    monkeypatch.setattr(recognition, "is_installed", lambda: False)
    assert len(MAKERS) >= 30
    for extension, maker in MAKERS:
        started = time.monotonic()
        with contextlib.suppress(NotReadable):
            evidence_in(text_of(io.BytesIO(maker()), kind=EXTENSIONS[extension]), FACTS)
        assert time.monotonic() - started < LONGEST, maker.__name__

    good = text_of(io.BytesIO(pdf_of(Sheet().text("Exchange Online was deployed"))), kind=ProofKind.PDF)
    assert good[0].lines[0].text == "Exchange Online was deployed"


@pytest.mark.parametrize("word", ["1-", "a ", "non ", "12/12/2026 ", "3f2504e0-", "[ ] ", "contoso.com.", "AB12-"])
def test_no_rule_takes_long_on_a_line_of_nothing_else(word):
    line = TextLine((word * 20_000)[:20_000], box=Box(0.1, 0.1, 0.9, 0.12))
    started = time.process_time()

    for source in (Source.TEXT, Source.SCAN):
        evidence_in([Part(PlaceKind.PAGE, 1, lines=(line,), source=source)], FACTS)

    assert time.process_time() - started < 3


@pytest.mark.parametrize("word", ["Signature", "Exchange Online", "Not in scope", "12 March 2026", "3f2504e0-4f89-"])
def test_no_rule_takes_long_on_a_page_or_table_of_nothing_else(word):
    lines = tuple(TextLine(word, box=Box(0.1, at / 9000, 0.5, at / 9000 + 0.00005)) for at in range(3_000))
    marks = tuple(Mark(MarkKind.INK, box=Box(0.1, at / 900, 0.3, at / 900 + 0.01)) for at in range(300))
    row = Part(
        PlaceKind.ROW, 1, lines=tuple(TextLine(word, box=Box(at / 50, 0, (at + 1) / 50, 1)) for at in range(200))
    )
    started = time.process_time()

    evidence_in([Part(PlaceKind.PAGE, 1, lines=lines, marks=marks), *[row] * 10], FACTS)

    assert time.process_time() - started < 6
