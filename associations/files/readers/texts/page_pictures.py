"""Draws one page of a PDF, or a picture, as PNG, in the sandbox: for recognition, and for the reviewers' preview."""

import base64
import io
from typing import Any, BinaryIO

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageFilter, ImageOps, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from associations.files.readers.texts.pdf_pages import flattened
from associations.rules.proof_files import ProofKind

LONGEST_SIDE = 2_600
POINTS_PER_INCH = 72
# The paper's own shade is looked for in squares of so many dots; shades that differ by more are uneven light.
GROUND, LEAST_UNEVEN = 16, 40
Image.MAX_IMAGE_PIXELS = 120_000_000
READERS: dict[ProofKind, Any] = {
    ProofKind.PNG: PngImagePlugin.PngImageFile,
    ProofKind.JPEG: JpegImagePlugin.JpegImageFile,
    ProofKind.TIFF: TiffImagePlugin.TiffImageFile,
}


def read(
    file: BinaryIO, *, kind: str, page: int, dpi: int, is_gray: bool, cut: list[float] | None = None
) -> list[dict[str, Any]]:
    """Return `{"png": ...}` in base64, of what *cut* says of the page alone; `{}` for a page that is not there."""
    picture = (
        page_of_pdf(file, page, dpi) if ProofKind(kind) is ProofKind.PDF else frame_of(file, ProofKind(kind), page)
    )
    if picture is None:
        return [{}]
    if cut:
        left, top, right, bottom = cut
        picture = picture.crop(
            (
                int(left * picture.width),
                int(top * picture.height),
                max(int(left * picture.width) + 1, round(right * picture.width)),
                max(int(top * picture.height) + 1, round(bottom * picture.height)),
            )
        )
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture = in_even_light(picture.convert("L")) if is_gray else picture.convert("RGB")
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1 if is_gray else 6)
    return [{"png": base64.b64encode(out.getvalue()).decode()}]


def in_even_light(gray: Image.Image) -> Image.Image:
    """Return the picture with white paper everywhere, if the light on it is uneven, as on a photograph."""
    size = (max(gray.width // GROUND, 1), max(gray.height // GROUND, 1))
    ground = gray.resize(size, Image.Resampling.BOX).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.BoxBlur(2))
    shades: Any = ground.getextrema()
    darkest, brightest = shades
    if brightest - darkest < LEAST_UNEVEN:
        return gray
    return ImageChops.add(gray, ImageChops.invert(ground.resize(gray.size)))


def page_of_pdf(file: BinaryIO, number: int, dpi: int) -> Image.Image | None:
    document = pdfium.PdfDocument(file.read())
    if not 1 <= number <= len(document):
        return None
    document.init_forms()
    page = flattened(document, number - 1, document[number - 1])
    longest = max(*page.get_size(), 1.0)
    scale = min(dpi / POINTS_PER_INCH, LONGEST_SIDE / longest)
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture


def frame_of(file: BinaryIO, kind: ProofKind, number: int) -> Image.Image | None:
    picture: Any = READERS[kind](file)
    if number > 1:
        try:
            picture.seek(number - 1)
        except EOFError:
            return None
    upright: Image.Image | None = ImageOps.exif_transpose(picture)
    return upright


def warm_up() -> None:
    """Use all of the libraries once: they load parts of themselves late, and the child can't then."""
    document = pdfium.PdfDocument.new()
    document.new_page(10, 10).close()
    out = io.BytesIO()
    document.save(out)
    out.seek(0)
    read(out, kind=ProofKind.PDF.value, page=1, dpi=POINTS_PER_INCH, is_gray=True)
    for kind in ("PNG", "JPEG", "TIFF"):
        out = io.BytesIO()
        Image.new("L", (8, 8)).save(out, kind)
        out.seek(0)
        read(out, kind=ProofKind[kind].value, page=1, dpi=POINTS_PER_INCH, is_gray=True)


warm_up()
