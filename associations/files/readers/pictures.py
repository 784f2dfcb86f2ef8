"""Reads PNG, JPEG and TIFF, in the sandbox: how large a picture is, and whether it is whole. Decodes nothing."""

import io
import struct
import warnings
from collections.abc import Iterator
from functools import partial
from itertools import zip_longest
from typing import Any, BinaryIO

from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from associations.files.formats.pictures import check_extents, check_jpeg_end, check_pixels
from associations.files.readers.verdicts import verdict
from associations.rules.proof_files import ProofKind, ProofRefusal, ProofRefused

MEGABYTE = 1024 * 1024
MOST_PAGES = 5_000
WIDTH, HEIGHT = 256, 257
# Strips, tiles, and the whole JPEG of the older kind: where each starts, and how long it is.
PLACES = ((273, 279), (324, 325), (513, 514))

# The rule about pixels is ours, and a diagram may carry its drawing as a compressed text.
Image.MAX_IMAGE_PIXELS = None
PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = 64 * MEGABYTE
# What Pillow raises for a picture that it can't read.
DAMAGED = (SyntaxError, OSError, ValueError, TypeError, LookupError, struct.error, OverflowError)


def read(file: BinaryIO, *, kind: str) -> list[Any]:
    return verdict(partial(check, file, kind=ProofKind(kind)))


def check(file: BinaryIO, *, kind: ProofKind) -> None:
    """Raise ProofRefused unless the file is a whole picture."""
    warnings.simplefilter("ignore")
    try:
        CHECKS[kind](file)
    except ProofRefused:
        raise
    except DAMAGED as error:
        raise ProofRefused(ProofRefusal.DAMAGED) from error


def check_png(file: BinaryIO) -> None:
    picture = PngImagePlugin.PngImageFile(file)
    check_pixels(*picture.size)
    picture.verify()


def check_jpeg(file: BinaryIO) -> None:
    picture = JpegImagePlugin.JpegImageFile(file)
    check_pixels(*picture.size)
    file.seek(0)
    check_jpeg_end(file.read())


def check_tiff(file: BinaryIO) -> None:
    size = left = file.seek(0, io.SEEK_END)
    for page in tiff_pages(file):
        check_pixels(int(page.get(WIDTH, 0)), int(page.get(HEIGHT, 0)))
        extents = list(extents_of(page))
        left -= len(extents)
        # Pages that share one table of places have more pieces than the file has bytes.
        if not extents or left < 0:
            raise ProofRefused(ProofRefusal.DAMAGED)
        check_extents(extents, size=size)


def tiff_pages(file: BinaryIO) -> Iterator[TiffImagePlugin.ImageFileDirectory_v2]:
    """Yield the directory of each page; raise ProofRefused for one that is cut off, and for pages that run in circles.

    Pillow reads the directories alone: which pixels it could decode is no matter here.
    """
    file.seek(0)
    header = file.read(8)
    if header[2:4] in (b"+\0", b"\0+"):
        header += file.read(8)
    page = TiffImagePlugin.ImageFileDirectory_v2(header)
    seen: set[int] = set()
    while page.next:
        if page.next in seen or len(seen) == MOST_PAGES:
            raise ProofRefused(ProofRefusal.DAMAGED)
        seen.add(page.next)
        file.seek(page.next)
        page.next = -1
        page.load(file)
        if page.next < 0:
            raise ProofRefused(ProofRefusal.DAMAGED)
        yield page
    if not seen:
        raise ProofRefused(ProofRefusal.DAMAGED)


def extents_of(page: TiffImagePlugin.ImageFileDirectory_v2) -> Iterator[tuple[int, int]]:
    """Yield where each piece of a page starts, and how long it is; some old writers leave the lengths out."""
    for where, how_long in PLACES:
        starts, lengths = several(page.get(where, ())), several(page.get(how_long, ()))
        yield from zip_longest(starts, lengths[: len(starts)], fillvalue=0)


def several(value: Any) -> tuple[int, ...]:
    return tuple(map(int, value)) if isinstance(value, tuple | list) else (int(value),)


CHECKS = {ProofKind.PNG: check_png, ProofKind.JPEG: check_jpeg, ProofKind.TIFF: check_tiff}
