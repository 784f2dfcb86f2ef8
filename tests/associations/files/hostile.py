"""Small files made to harm their reader: bombs, loops, huge tables, deep nests."""

import io
import struct
import zlib
from email.mime.multipart import MIMEMultipart

import pikepdf

from tests.files import JPEG, compound_of, office, office_manifest, package, pdf

MEGABYTE = 1024 * 1024


def deflated(megabytes: int, byte: bytes = b"\0", *, before: bytes = b"", raw: bool = False) -> bytes:
    """Return that many megabytes of one byte, packed, in little time: the same packed block again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(byte * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    data = start + block * megabytes + packer.flush()
    if raw:
        return data
    check = zlib.adler32(before)
    for _ in range(megabytes):
        check = zlib.adler32(byte * MEGABYTE, check)
    return b"\x78\xda" + data + struct.pack(">I", check)


def numbered(objects: list[bytes], *, root: int = 1, version: bytes = b"1.7", trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects, the first of which has the number 1."""
    data, starts = bytearray(b"%PDF-" + version + b"\n"), []
    for number, content in enumerate(objects, start=1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(b"%010d 00000 n \n" % start for start in starts)
    ending = b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, trailer, len(data))
    return bytes(data) + table + ending


def stream(facts: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (facts, len(content), content)


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
ONE_KID = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"


def page_tree_in_a_circle() -> bytes:
    return numbered([CATALOGUE, ONE_KID, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])


def page_tree_of_itself() -> bytes:
    return numbered([CATALOGUE, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 999999999 >>"])


def page_tree_of_great_depth() -> bytes:
    deep = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 3) for number in range(20_000)]
    return numbered([CATALOGUE, *deep, PAGE])


def page_named_again_and_again() -> bytes:
    return numbered([CATALOGUE, b"<< /Type /Pages /Count 300000 /Kids [" + b"3 0 R " * 300_000 + b"] >>", PAGE])


def arrays_in_arrays() -> bytes:
    return numbered([CATALOGUE, ONE_KID, PAGE[:-2] + b"/X " + b"[" * 900_000 + b">>"])


def table_of_400_megabytes() -> bytes:
    facts = b"/Type /XRef /W [1 8 8] /Size 24000000 /Root 1 0 R /Filter /FlateDecode"
    start = len(b"%PDF-1.7\n")
    return b"%PDF-1.7\n2 0 obj\n" + stream(facts, deflated(400)) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start


def objects_in_a_bomb() -> bytes:
    objects = stream(b"/Type /ObjStm /N 2 /First 9 /Filter /FlateDecode", deflated(600, b" ", before=b"1 0 2 50 "))
    places = [(0, 0, 0), (2, 3, 0), (2, 3, 1), (1, 9, 0), (1, 0, 0)]
    entries = b"".join(struct.pack(">BIH", *place) for place in places)
    data = b"%PDF-1.7\n3 0 obj\n" + objects + b"\nendobj\n"
    table = stream(b"/Type /XRef /W [1 4 2] /Size 5 /Root 1 0 R", entries)
    return data + b"4 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(data)


def filters_upon_filters() -> bytes:
    content = zlib.compress(bytes(50 * MEGABYTE), 9)
    for _ in range(3):
        content = zlib.compress(content, 9)
    facts = b"/Type /XRef /W [1 8 8] /Size 3000000 /Root 1 0 R /Filter [" + b"/FlateDecode " * 4 + b"]"
    return b"%PDF-1.7\n2 0 obj\n" + stream(facts, content) + b"\nendobj\nstartxref\n9\n%%EOF\n"


def tables_in_a_circle() -> bytes:
    data = pdf()
    start = int(data.rpartition(b"startxref\n")[2].split()[0])
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)


def lengths_of_each_other() -> bytes:
    circle = [b"<< /Length %d 0 R >>\nstream\nx\nendstream" % number for number in (4, 3)]
    return numbered([CATALOGUE, ONE_KID, *circle])


def names_in_a_circle() -> bytes:
    names = b"<< /EmbeddedFiles << /Kids [5 0 R] >> >>"
    objects = [CATALOGUE[:-2] + b"/Names 4 0 R >>", ONE_KID, PAGE, names]
    return numbered([*objects, b"<< /Limits [(a) (b)] /Kids [5 0 R] >>"])


def words_of_an_object_without_end() -> bytes:
    return b"%PDF-1.7\n" + b"1 0 obj\n" * 100_000 + b"%%EOF"


def keyed_with_a_million_rounds() -> bytes:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        opened.save(file, encryption=pikepdf.Encryption(owner="o", user="u", R=6))
    return file.getvalue().replace(b"/Length 256", b"/Length 9999999999")


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    head = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    data = bytearray(b"\x89PNG\r\n\x1a\n")
    for name, content in (head, *chunks, (b"IEND", b"")):
        data += struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return bytes(data)


def png_of_3_600_million_pixels() -> bytes:
    return png(60_000, 60_000, (b"IDAT", deflated(100)))


def png_with_a_text_of_a_gigabyte() -> bytes:
    return png(1, 1, (b"zTXt", b"x\0\0" + deflated(1000)), (b"IDAT", zlib.compress(bytes(5))))


def png_of_chunks_without_end() -> bytes:
    return png(1, 1, *[(b"tEXt", b"x\0y")] * 200_000, (b"IDAT", zlib.compress(bytes(5))))


def png_with_a_chunk_of_4_gigabytes() -> bytes:
    return png(1, 1)[:33] + struct.pack(">I", 0xFFFFFFFF) + b"IDAT" + bytes(100)


def jpeg_of_65_500_by_65_500() -> bytes:
    start = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:start] + struct.pack(">HH", 65_500, 65_500) + JPEG[start + 4 :]


def jpeg_of_markers() -> bytes:
    return JPEG[:2] + b"\xff\xe1\x00\x02" * 200_000 + JPEG[2:]


def tiff(entries: list[tuple[int, int, int, int]], *, following: int = 0, order: str = "<") -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    directory = struct.pack(order + "H", len(entries))
    directory += b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    return mark + struct.pack(order + "I", 8) + directory + struct.pack(order + "I", following)


ONE_STRIP = [(256, 4, 1, 1), (257, 4, 1, 1), (273, 4, 1, 8), (279, 4, 1, 1)]


def tiff_that_goes_in_circles() -> bytes:
    return tiff(ONE_STRIP, following=8)


def tiff_of_ten_thousand_pages() -> bytes:
    data = bytearray(b"II*\0" + struct.pack("<I", 8))
    for _ in range(10_000):
        data += tiff(ONE_STRIP, following=len(data) + 54)[8:]
    return bytes(data)


def tiff_with_a_table_of_gigabytes() -> bytes:
    return tiff([(256, 4, 1, 1), (257, 4, 1, 1), (273, 4, 0xFFFFFFFF, 8), (279, 4, 0xFFFFFFFF, 8)])


def tiff_whose_pages_share_a_large_table() -> bytes:
    table = bytes(MEGABYTE)
    data = bytearray(b"II*\0" + struct.pack("<I", 8 + len(table)) + table)
    strips = [(256, 4, 1, 1), (257, 4, 1, 1), (273, 4, MEGABYTE // 4, 8), (279, 4, MEGABYTE // 4, 8)]
    for _ in range(3_000):
        data += tiff(strips, following=len(data) + 54)[8:]
    return bytes(data)


def tiff_large_beyond_measure() -> bytes:
    return b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 0xFFFFFFFFFFFFFFFF) + bytes(100)


def zip_of(data: bytes, *, length: int, checksum: int, names: int = 1) -> bytes:
    """Return a zip archive in which that many entries share the same packed bytes."""
    facts = (checksum, len(data), length)
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, *facts, 1, 0) + b"a" + data
    directory = bytearray()
    for number in range(names):
        name = b"%d" % number
        entry = (0x02014B50, 20, 20, 0, 8, 0, 0, *facts, len(name), 0, 0, 0, 0, 0, 0)
        directory += struct.pack("<IHHHHHHIIIHHHHHII", *entry) + name
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, names, names, len(directory), len(local), 0)
    return local + directory + end


def zip_of_a_hundred_gigabytes() -> bytes:
    return zip_of(deflated(20, raw=True), length=20 * MEGABYTE, checksum=0, names=9_000)


def zip_that_hides_a_gigabyte() -> bytes:
    return zip_of(deflated(1000, raw=True), length=1000, checksum=zlib.crc32(bytes(1000)))


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return office(more={"word/document.xml": f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><x>&a11;</x>'.encode()})


def elements_in_elements() -> bytes:
    return office("xlsx", more={"xl/worksheets/sheet1.xml": b"<a>" * 3_000_000})


def attributes_without_end() -> bytes:
    return office("pptx", more={"ppt/a.xml": b"<a " + b" ".join(b'a%d="1"' % n for n in range(300_000)) + b"/>"})


def packages_in_packages() -> bytes:
    inside = office("docx")
    for _ in range(40):
        inside = office("docx", more={"word/embeddings/a.docx": inside})
    return inside


def manifest_of_parts_that_are_not_there() -> bytes:
    parts = b"".join(b'<Override PartName="/%d" ContentType="a/b"/>' % n for n in range(25_000))
    return package({"[Content_Types].xml": office_manifest("docx").replace(b"</Types>", parts + b"</Types>")})


def compound_in_a_circle() -> bytes:
    data = bytearray(compound_of(("__properties_version1.0", b"x" * 5000)))
    data[512:1024] = b"".join(struct.pack("<I", (n + 1) % 8) for n in range(128))
    return bytes(data)


def message_of_many_streams() -> bytes:
    return compound_of(("__properties_version1.0", b"x"), *((f"a{number}", b"x") for number in range(8_000)))


def email_in_email_in_email() -> bytes:
    heads = [
        b"From: a@b\nTo: c@d\nContent-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000)
    ]
    return b"".join(heads) + b"x"


def email_of_parts_without_end() -> bytes:
    found = MIMEMultipart(boundary="b")
    found["From"], found["To"] = "a@b.example", "c@d.example"
    return found.as_bytes() + b"\n--b\n\nx" * 300_000


def email_with_headers_without_end() -> bytes:
    return b"From: a@b\nTo: c@d\n" + b"Received: x\n" * 200_000


HOSTILE = {
    "pdf": (
        page_tree_in_a_circle, page_tree_of_itself, page_tree_of_great_depth, page_named_again_and_again,
        arrays_in_arrays, table_of_400_megabytes, objects_in_a_bomb, filters_upon_filters, tables_in_a_circle,
        lengths_of_each_other, names_in_a_circle, words_of_an_object_without_end, keyed_with_a_million_rounds,
    ),
    "png": (
        png_of_3_600_million_pixels, png_with_a_text_of_a_gigabyte, png_of_chunks_without_end,
        png_with_a_chunk_of_4_gigabytes,
    ),
    "jpg": (jpeg_of_65_500_by_65_500, jpeg_of_markers),
    "tif": (
        tiff_that_goes_in_circles, tiff_of_ten_thousand_pages, tiff_with_a_table_of_gigabytes,
        tiff_whose_pages_share_a_large_table, tiff_large_beyond_measure,
    ),
    "docx": (
        zip_of_a_hundred_gigabytes, zip_that_hides_a_gigabyte, laughs, packages_in_packages,
        manifest_of_parts_that_are_not_there,
    ),
    "xlsx": (elements_in_elements,),
    "pptx": (attributes_without_end,),
    "msg": (compound_in_a_circle, message_of_many_streams),
    "eml": (email_in_email_in_email, email_of_parts_without_end, email_with_headers_without_end),
}  # fmt: skip
