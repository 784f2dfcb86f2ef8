"""Papers for tests of the proof reader, made in memory: PDF with real text, ink and pictures, and Word documents."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf
import pypdfium2 as pdfium
from docx import Document
from docx.shared import Cm
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 595, 842
LETTER = 11
LINE = 16


def escaped(text: str) -> bytes:
    data = text.replace("’", "'").encode("cp1252", "replace")
    return data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


@dataclass
class Sheet:
    """One page: words at places counted from the upper left corner, and strokes."""

    content: list[bytes] = field(default_factory=list)
    images: list[Image.Image] = field(default_factory=list)
    y: float = 90

    def text(
        self, text: str, *, x: float = 70, y: float | None = None, size: float = LETTER, gray: float = 0
    ) -> "Sheet":
        """Write one line, below the last one unless *y* says where."""
        if y is None:
            self.y += LINE
            y = self.y
        self.content.append(
            b"q %.2f g BT /F1 %.1f Tf %.1f %.1f Td (%s) Tj ET Q" % (gray, size, x, HEIGHT - y, escaped(text))
        )
        return self

    def lines(self, *texts: str, x: float = 70) -> "Sheet":
        for text in texts:
            self.text(text, x=x)
        return self

    def gap(self, lines: float = 2) -> "Sheet":
        self.y += lines * LINE
        return self

    def rule(self, *, x: float, width: float = 150) -> "Sheet":
        """Draw the line on which to sign."""
        self.content.append(b"q 0.5 w %.1f %.1f m %.1f %.1f l S Q" % (x, HEIGHT - self.y, x + width, HEIGHT - self.y))
        return self

    def ink(self, *, x: float, y: float | None = None, width: float = 110) -> "Sheet":
        """Write a name by hand, as bent strokes."""
        base = HEIGHT - (self.y if y is None else y)
        parts = [b"q 1.2 w %.1f %.1f m" % (x, base)]
        for step in range(8):
            left = x + width * step / 8
            dx = width / 8
            parts.append(
                b"%.1f %.1f %.1f %.1f %.1f %.1f c"
                % (left + dx * 0.2, base + 16 + step % 3, left + dx * 0.7, base - 8, left + dx, base + 4)
            )
        self.content.append(b" ".join([*parts, b"S Q"]))
        return self

    def picture(self, image: Image.Image, *, x: float, y: float, width: float, height: float) -> "Sheet":
        """Place a picture with its upper left corner at x, y."""
        name = b"/I%d" % len(self.images)
        self.images.append(image)
        self.content.append(b"q %.1f 0 0 %.1f %.1f %.1f cm %s Do Q" % (width, height, x, HEIGHT - y - height, name))
        return self

    def cover(self, *, x: float, y: float, width: float, height: float) -> "Sheet":
        """Paint a white rectangle over what stands there."""
        self.content.append(b"q 1 g %.1f %.1f %.1f %.1f re f Q" % (x, HEIGHT - y - height, width, height))
        return self


def pdf_of(*sheets: Sheet) -> bytes:
    """Return a PDF of these pages."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )
    for sheet in sheets:
        pictures = {f"/I{number}": image_in(pdf, image) for number, image in enumerate(sheet.images)}
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, WIDTH, HEIGHT],
            Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font), XObject=pikepdf.Dictionary(pictures)),
            Contents=pdf.make_stream(b"\n".join(sheet.content)),
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def image_in(pdf: pikepdf.Pdf, image: Image.Image) -> Any:
    data = io.BytesIO()
    image.convert("L").save(data, "JPEG", quality=70)
    stream = pdf.make_stream(data.getvalue())
    stream.update(
        {
            "/Type": pikepdf.Name.XObject,
            "/Subtype": pikepdf.Name.Image,
            "/Width": image.width,
            "/Height": image.height,
            "/ColorSpace": pikepdf.Name.DeviceGray,
            "/BitsPerComponent": 8,
            "/Filter": pikepdf.Name.DCTDecode,
        }
    )
    return pdf.make_indirect(stream)


def handwriting(width: int = 440, height: int = 120) -> Image.Image:
    """Return a picture of a name written by hand."""
    image = Image.new("L", (width, height), 255)
    points = [
        (20 + (width - 40) * step / 120, height / 2 + math.sin(step / 4) * height * 0.3 * math.cos(step / 17))
        for step in range(121)
    ]
    ImageDraw.Draw(image).line(points, fill=20, width=4)
    return image


def stamp(side: int = 200) -> Image.Image:
    """Return a picture of a round company stamp."""
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 8, side - 8, side - 8), outline=30, width=5)
    draw.text((side / 4, side / 2), "CONTOSO S.p.A.", fill=30)
    return image


def scanned(data: bytes, *, degrees: float = 0, dpi: int = 200) -> list[Image.Image]:
    """Return the pages of a PDF as a scanner would give them."""
    pages = []
    for page in pdfium.PdfDocument(data):
        image = page.render(scale=dpi / 72, grayscale=True).to_pil()
        pages.append(image.rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC))
    return pages


def scan_pdf(data: bytes, *, degrees: float = 0) -> bytes:
    """Return the same PDF as a scan: pictures, and no words."""
    sheets = [Sheet().picture(image, x=0, y=0, width=WIDTH, height=HEIGHT) for image in scanned(data, degrees=degrees)]
    return pdf_of(*sheets)


def docx_of(*blocks: Any) -> bytes:
    """Return a Word document: `#` begins a heading, a list of rows is a table, a picture is a picture."""
    document = Document()
    for block in blocks:
        if isinstance(block, Image.Image):
            document.add_picture(as_png(block), width=Cm(4), height=Cm(4 * block.height / block.width))
        elif isinstance(block, str) and block.startswith("# "):
            document.add_heading(block[2:], level=1)
        elif isinstance(block, str):
            document.add_paragraph(block)
        else:
            add_table(document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def add_table(document: Any, rows: Sequence[Sequence[Any]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        cells = table.add_row().cells
        for cell, content in zip(cells, row, strict=True):
            if isinstance(content, Image.Image):
                size = Cm(3 * content.height / content.width)
                cell.paragraphs[0].add_run().add_picture(as_png(content), width=Cm(3), height=size)
            else:
                cell.text = content


def as_png(image: Image.Image) -> io.BytesIO:
    data = io.BytesIO()
    image.save(data, "PNG")
    data.seek(0)
    return data
