"""Writes an acknowledgement as a PDF with embedded fonts (docs/adr/0033)."""

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

logger = logging.getLogger(__name__)

FONT, OTHER_FONT = "DejaVuSans", "OtherLetters"
FONT_FILE = Path(__file__).with_name("fonts") / "DejaVuSans.ttf"
MARGIN = 22 * mm
LABELS = 48 * mm
FRAME_PADDING = 6
LAST_LETTER = 0xFFFF


def style(name: str, size: float, *, before: float = 0, after: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=FONT,
        fontSize=size,
        leading=size * 1.4,
        spaceBefore=before,
        spaceAfter=after,
        alignment=TA_LEFT,
        # Names without a blank, as in Chinese, and long addresses still end at the margin.
        splitLongWords=True,
    )


TITLE, HEADING = style("title", 18, after=8), style("heading", 12, before=12, after=4)
TEXT, SMALL = style("text", 10, after=4), style("small", 8, before=10, after=2)


@dataclass(frozen=True, kw_only=True)
class AuditTrail:
    """The record of the act: who, when, at which address, and by which code."""

    name: str
    title: str
    email: str
    ip: str
    notice_number: int
    code_number: int
    code_sent_at: datetime
    given_at: datetime


def acknowledgement_pdf(statement: Mapping[str, Any], trail: AuditTrail) -> bytes:
    """Return the document in the active language and time zone.

    *statement* is that of `services.customer.acknowledgement_text`. A letter that no font has is written as its code
    point, such as [U+1F600].
    """
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=_("Acknowledgement of work: claim %(number)s") % {"number": statement["claim"]},
        author=_("Claiming Partner of Record (CPOR) program, Microsoft"),
        lang=get_language() or "en",
    )
    document.build(list(contents(statement, trail)))
    return out.getvalue()


def contents(statement: Mapping[str, Any], trail: AuditTrail) -> Iterator[Flowable]:
    """Yield the title, the facts, the work, the products, who acknowledged them, and what the seal says."""
    names = {"customer": statement["customer"], "partner": statement["partner"]}
    yield text(_("Acknowledgement of work"), TITLE)
    yield text(_("For %(customer)s, the person named below acknowledges the work of %(partner)s.") % names)
    yield facts_table(statement["facts"])
    yield text(_("Work done"), HEADING)
    for sentence in statement["work"]:
        yield text(sentence)
    yield text(_("Products"), HEADING)
    for product in statement["products"]:
        yield text(product)
    yield text(_("Acknowledged for the customer by"), HEADING)
    yield facts_table([(label, [value]) for label, value in trail_facts(trail)])
    yield Spacer(1, 6)
    for sentence in (
        _("The person typed name and title on the page behind a personal link of the CPOR portal, and entered a code "
          "that the portal had sent to the address above. It is no handwritten signature."),
        _("The seal is the portal's. It shows that the document comes from the portal and was not changed since. It "
          "doesn't prove who held the mailbox, or that the work was done well. %(url)s checks it.")
        % {"url": f"{settings.PORTAL_URL}/verify/"},
    ):  # fmt: skip
        yield text(sentence, SMALL)


def trail_facts(trail: AuditTrail) -> list[tuple[str, str]]:
    """Return what is on record of the act."""
    code = _("Code %(code)s of notice %(notice)s, sent on %(moment)s, entered on %(entered)s")
    return [
        (_("Name"), trail.name),
        (_("Job title"), trail.title),
        (_("Email"), trail.email),
        (_("Acknowledged on"), in_words(trail.given_at)),
        (_("IP address"), trail.ip),
        (
            _("Code"),
            code
            % {
                "code": trail.code_number,
                "notice": trail.notice_number,
                "moment": in_words(trail.code_sent_at),
                "entered": in_words(trail.given_at),
            },
        ),
    ]


def in_words(moment: datetime) -> str:
    """Return an instant in the zone of the document, to the second."""
    return date_format(moment, pgettext("date format", "j F Y, H:i:s T"))


def facts_table(facts: Sequence[Sequence[Any]]) -> Table:
    """Return labels with their lines, those without any left out."""
    rows = [(text(label), [text(line) for line in lines]) for label, lines in facts if any(lines)]
    return Table(
        rows,
        colWidths=(LABELS, A4[0] - 2 * MARGIN - 2 * FRAME_PADDING - LABELS),
        hAlign="LEFT",
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ],
    )


def text(words: str, look: ParagraphStyle = TEXT) -> Paragraph:
    return Paragraph(marked_up(words), look)


def marked_up(words: str) -> str:
    """Return *words* as the library reads them, letters that the first font has not in another one."""
    return "".join(
        escape(run) if font == FONT else f'<font name="{font}">{escape(run)}</font>' for font, run in runs_of(words)
    )


def runs_of(words: str) -> Iterator[tuple[str, str]]:
    """Yield pieces of *words* with the font that has their letters."""
    run, last = "", FONT
    for letter in words:
        font, shown = drawn(letter)
        if font != last and run:
            yield last, run
            run = ""
        run, last = run + shown, font
    if run:
        yield last, run


def drawn(letter: str) -> tuple[str, str]:
    """Return the font for a letter and the letter, or its code point where no font has it."""
    if letter.isspace():
        return FONT, " "
    # The library gives letters beyond the first plane to no program that reads the text.
    for font in load_fonts() if ord(letter) <= LAST_LETTER else ():
        if ord(letter) in pdfmetrics.getFont(font).face.charToGlyph:
            return font, letter
    return FONT, f"[U+{ord(letter):04X}]"


@cache
def load_fonts() -> tuple[str, ...]:
    """Read the fonts once for a process, and return their names; the second one is optional."""
    pdfmetrics.registerFont(TTFont(FONT, FONT_FILE))
    other = settings.SEAL_FONT
    if not other or not Path(other).exists():
        return (FONT,)
    try:
        pdfmetrics.registerFont(TTFont(OTHER_FONT, other))
    except TTFError:
        logger.warning("SEAL_FONT is no TrueType font that can be embedded.")
        return (FONT,)
    return FONT, OTHER_FONT
