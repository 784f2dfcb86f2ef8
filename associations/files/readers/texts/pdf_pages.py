"""Opens one page of a PDF as it is drawn, in the sandbox: upright, with its form fields and comments."""

import ctypes
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from associations.files.readers.texts.pdf_objects import Corners, checkboxes_of, ink_of
from associations.files.readers.texts.pdf_words import turned_upright
from associations.rules.proof_reading.texts import Box

LONGEST_SIDE = 900
LEAST_CONTRAST = 28
MOST_INKED = 0.45
LEAST_INKED = 0.004
# The steps into which a page is divided to tell places.
FINE = 100_000


class PdfPage:
    """One page that is open, with its picture."""

    def __init__(self, document: pdfium.PdfDocument, number: int) -> None:
        page = document[number]
        self.ink = list(ink_of(page))
        self.boxes = list(checkboxes_of(document, page))
        self.page = page = flattened(document, number, page)
        self.turn = int(raw.FPDFPage_GetRotation(page))
        self.width, self.height = page.get_size()
        self.aspect = self.width / max(self.height, 1.0)
        scale = min(1.0, LONGEST_SIDE / max(self.width, self.height, 1.0))
        self.bitmap = page.render(scale=scale, grayscale=True)
        self.picture: Image.Image = self.bitmap.to_pil()

    def box(self, corners: Corners) -> Box | None:
        """Return a rectangle of the page's space in parts of the picture; None for one that lies off the page."""
        (x1, y1), (x2, y2) = self.at(*corners[:2]), self.at(*corners[2:])
        box = Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        x, y = box.middle
        return box if 0 <= x <= 1 and 0 <= y <= 1 and box.right > box.left else None

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the page's space in parts of the picture."""
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(self.page, 0, 0, FINE, FINE, 0, x, y, across, down)
        return across.value / FINE, down.value / FINE

    def boxes_seen(self) -> list[tuple[str, Box]]:
        """Return the check boxes of a form as the signs that a text has for them."""
        found = [("☒" if is_checked else "☐", self.box(corners)) for is_checked, corners in self.boxes]
        return [(sign, box) for sign, box in found if box]

    def cut(self, box: Box) -> Image.Image:
        """Return the picture of a rectangle."""
        width, height = self.picture.size
        left, top = int(box.left * width), int(box.top * height)
        return self.picture.crop(
            (left, top, max(left + 1, round(box.right * width)), max(top + 1, round(box.bottom * height)))
        )

    def shows(self, box: Box) -> bool:
        """Return whether anything stands out in a rectangle: white on white and what is covered do not."""
        return contrast_of(self.cut(box)) >= LEAST_CONTRAST

    def is_ink(self, box: Box) -> bool:
        """Return whether the picture of a rectangle has strokes on a plain ground, unlike a photograph or a logo."""
        counts = self.cut(box).histogram()
        total = sum(counts) or 1
        ground = max(range(256), key=counts.__getitem__)
        inked = sum(count for shade, count in enumerate(counts) if abs(shade - ground) > LEAST_CONTRAST) / total
        return LEAST_INKED <= inked <= MOST_INKED

    @property
    def is_plain(self) -> bool:
        """True if nothing is drawn on the page."""
        return contrast_of(self.picture) < LEAST_CONTRAST


def flattened(document: pdfium.PdfDocument, number: int, page: pdfium.PdfPage) -> pdfium.PdfPage:
    """Close *page* and return it again, its fields and comments drawn into it, and turned so that it can be read."""
    raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
    page.close()
    page = document[number]
    if turned_upright(page):
        page.close()
        page = document[number]
    return page


def contrast_of(gray: Image.Image) -> int:
    """Return how far the brightest point of a gray picture is from its darkest."""
    extrema: Any = gray.getextrema()
    return int(extrema[1] - extrema[0])
