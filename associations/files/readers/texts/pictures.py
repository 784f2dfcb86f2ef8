"""Says how many pages a picture has, in the sandbox; recognition reads them."""

import warnings
from collections.abc import Iterator
from typing import Any, BinaryIO

from PIL import TiffImagePlugin

from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.texts import Part, PlaceKind, Source

MOST_PAGES = 200


def read(file: BinaryIO, *, kind: str) -> Iterator[dict[str, Any]]:
    """Yield a part for each page of the picture, without words."""
    warnings.simplefilter("ignore")
    count = TiffImagePlugin.TiffImageFile(file).n_frames if ProofKind(kind) is ProofKind.TIFF else 1
    for number in range(1, min(count, MOST_PAGES) + 1):
        yield Part(PlaceKind.PAGE, number, source=Source.SCAN).as_told()
