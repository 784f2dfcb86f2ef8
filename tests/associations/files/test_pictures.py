"""A whole picture is taken, whatever its writer added; a cut-off or enormous one is not."""

import io
import struct
import zlib

import pytest
from PIL import Image

from tests.associations.files.checking import in_sandbox, verdict
from tests.files import JPEG, PNG, TIFF, picture

WHOLE = {
    "photo.jpg": JPEG,
    "progressive.jpg": picture("JPEG", (60, 40), progressive=True),
    "gray.jfif": picture("JPEG", mode="L"),
    "printed.jpeg": picture("JPEG", mode="CMYK"),
    "restarts.jpg": picture("JPEG", (60, 40), restart_marker_blocks=1),
    "screen.png": PNG,
    "palette.png": picture("PNG", mode="P"),
    "plain.tif": TIFF,
    "lzw.tif": picture("TIFF", compression="tiff_lzw"),
    "fax.tiff": picture("TIFF", (60, 40), mode="1", compression="group4"),
    "inside.tif": picture("TIFF", compression="jpeg"),
    "large.tiff": picture("TIFF", big_tiff=True),
}


def pages(count: int) -> bytes:
    file = io.BytesIO()
    found = [Image.effect_noise((20, 20), 50) for _ in range(count)]
    found[0].save(file, "TIFF", save_all=True, append_images=found[1:])
    return file.getvalue()


WHOLE["pages.tif"] = pages(3)


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_picture_is_taken(name):
    assert verdict(WHOLE[name], name) in ("jpeg", "png", "tiff")


@pytest.mark.parametrize("name", WHOLE)
def test_a_picture_cut_off_anywhere_is_refused_as_damaged(name):
    data = WHOLE[name].rstrip(b"\0")
    # The last four bytes are the checksum of a PNG's empty last chunk.
    lengths = [*range(26, len(data) - 40, 1 + len(data) // 150), *range(len(data) - 40, len(data) - 4)]

    assert {verdict(data[:length], name) for length in lengths} == {"POE_DAMAGED"}


def test_a_photo_without_its_last_byte_is_refused_as_damaged():
    assert verdict(JPEG[:-1], "photo.jpg") == "POE_DAMAGED"
    assert verdict(JPEG[:-2], "photo.jpg") == "POE_DAMAGED"


@pytest.mark.parametrize("zeros", [100, 5000])
@pytest.mark.parametrize("name", ["photo.jpg", "screen.png"])
def test_a_picture_whose_end_was_never_written_is_refused_as_damaged(name, zeros):
    assert verdict(WHOLE[name][:-30] + bytes(zeros), name) == "POE_DAMAGED"


def test_a_start_alone_is_no_picture():
    assert verdict(b"\xff\xd8\xff", "photo.jpg") == "POE_DAMAGED"
    assert verdict(b"II*\0", "scan.tif") == "POE_DAMAGED"
    assert verdict(bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9"), "photo.jpg") == "POE_DAMAGED"
    assert verdict(PNG[:40], "screen.png") == "POE_DAMAGED"


@pytest.mark.parametrize(
    "behind",
    [b"\0" * 4096, b"SEFT\x6a\0\0\0", JPEG, b"....ftypmp42" + bytes(3000), b"\xff\xd9", b"MotionPhoto_Data"],
)
def test_what_a_camera_writes_behind_a_photo_is_no_matter(behind):
    assert verdict(JPEG + behind, "photo.jpg") == "jpeg"


def test_a_photo_with_a_smaller_one_inside_ends_where_the_larger_one_does():
    preview = b"Exif\0\0" + JPEG
    photo = JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(preview) + 2) + preview + JPEG[2:]

    assert verdict(photo, "photo.jpg") == "jpeg"
    assert verdict(photo[:-100], "photo.jpg") == "POE_DAMAGED"


def test_a_scan_whose_pixels_stand_behind_its_description_is_refused_when_they_are_cut_off():
    pixels = bytes(3000)
    entries = [(256, 50), (257, 60), (258, 8), (259, 1), (262, 1), (273, 122), (277, 1), (278, 60), (279, 3000)]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", tag, 4, 1, n) for tag, n in entries)
    scan = (b"II*\0" + struct.pack("<I", 8) + directory + bytes(4)).ljust(122, b"\0") + pixels

    assert verdict(scan, "scan.tif") == "tiff"
    assert verdict(scan[:-1], "scan.tif") == "POE_DAMAGED"


def test_a_diagram_that_carries_its_drawing_is_taken():
    text = b"mxfile\0\0" + zlib.compress(b"<mxfile>" + b"x" * 3_000_000)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))

    assert verdict(PNG[:33] + chunk + PNG[33:], "diagram.png") == "png"


def test_a_changed_pixel_is_found_in_a_png():
    damaged = bytearray(PNG)
    damaged[60] ^= 1

    assert verdict(bytes(damaged), "screen.png") == "POE_DAMAGED"


# P9: HEIC


def heic(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + b"mif1heic" + bytes(500)


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"msf1", b"avif"])
@pytest.mark.parametrize("name", ["IMG_0001.jpg", "IMG_0001.HEIC", "IMG_0001.png", "IMG_0001.heif", "scan.pdf"])
def test_a_photo_of_a_phone_that_others_can_not_show_is_refused_as_such(name, brand):
    assert verdict(heic(brand), name) == "POE_HEIC"


def test_a_film_under_the_name_of_a_photo_is_not_what_its_name_says():
    assert verdict(heic(b"isom"), "IMG_0001.jpg") == "POE_CONTENT"


def test_the_child_decides_as_its_reader_does():
    names = ("photo.jpg", "progressive.jpg", "screen.png", "pages.tif", "large.tiff")

    assert [in_sandbox(WHOLE[name], name) for name in names] == ["jpeg", "jpeg", "png", "tiff", "tiff"]
    assert in_sandbox(JPEG[:-2], "photo.jpg") == "POE_DAMAGED"
    assert in_sandbox(WHOLE["pages.tif"][:-90], "pages.tif") == "POE_DAMAGED"
