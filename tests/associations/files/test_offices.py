"""A real office document is taken, whoever wrote it; a locked, labelled or trapped one is not."""

import random
import zipfile

import pytest

from tests.associations.files.checking import in_sandbox, verdict
from tests.files import OFFICE, compound, document, office, office_manifest, package, workbook

EMF = '<Default Extension="emf" ContentType="image/x-emf"/>'
XLSB = '<Default Extension="xlsb" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.12"/>'
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
KINDS = ("docx", "xlsx", "pptx")


def declared(encoding: str = "utf-8", *, doctype: str = DOCTYPE, before: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>{before}{doctype}<x>&b;</x>'.encode(encoding)


# P2: labels and passwords


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "nested",
    [
        ("DRMEncryptedDataSpace",),
        ("DataSpaceMap", "DRMEncryptedTransform"),
        ("drmencrypteddataspace",),
    ],
)
def test_a_document_under_a_label_with_encryption_is_refused_as_labelled(nested, kind):
    data = compound("EncryptedPackage", "\x06DataSpaces", nested=nested)

    assert verdict(data, f"sow.{kind}") == "POE_LABELLED"


def test_an_old_document_with_rights_management_is_refused_as_labelled():
    assert verdict(compound("WordDocument", "\tDRMContent"), "sow.docx") == "POE_LABELLED"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("names", [("EncryptionInfo", "EncryptedPackage"), ("ENCRYPTIONINFO", "ENCRYPTEDPACKAGE")])
def test_a_document_with_a_password_is_refused_as_protected(names, kind):
    data = compound(*names, nested=("StrongEncryptionDataSpace", "StrongEncryptionTransform"))

    assert verdict(data, f"sow.{kind}") == "POE_ENCRYPTED"


def test_a_label_without_encryption_is_no_matter():
    label = b'<clbl:labelList xmlns:clbl="x"><clbl:label id="{1}" enabled="1" method="Privileged"/></clbl:labelList>'

    assert verdict(office(more={"docMetadata/LabelInfo.xml": label}), "sow.docx") == "docx"


# P5: document types and entities


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "cp1252"])
@pytest.mark.parametrize("part", ["word/document.xml", "customXml/item1.xml", "word/_rels/a.xml.rels", "word/a.vml"])
def test_entities_in_any_part_are_refused(part, encoding):
    assert verdict(office(more={part: declared(encoding)}), "sow.docx") == "POE_CONTENT"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-7x"])
def test_entities_are_refused_however_they_are_hidden(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{DOCTYPE}<x/>'
    data = text.encode("utf-8" if encoding == "utf-7x" else encoding)

    assert verdict(office(more={"word/styles.xml": data}), "sow.docx") == "POE_CONTENT"


def test_a_document_type_without_entities_is_refused_too():
    assert verdict(office(more={"a.xml": declared(doctype="<!DOCTYPE x>")}), "sow.docx") == "POE_CONTENT"
    named = declared(doctype='<!DOCTYPE x SYSTEM "file:///etc/passwd">')
    assert verdict(office(more={"a.xml": named}), "sow.docx") == "POE_CONTENT"


def test_a_document_type_far_behind_comments_is_refused():
    assert (
        verdict(office(more={"a.xml": declared(before="<!--" + "x" * 200_000 + "-->")}), "sow.docx") == "POE_CONTENT"
    )


def test_a_part_is_xml_by_its_type_whatever_its_name():
    manifest = office_manifest("docx", more='<Override PartName="/word/a.bin" ContentType="application/x+xml"/>')

    assert verdict(office(manifest=manifest, more={"word/a.bin": declared()}), "sow.docx") == "POE_CONTENT"


@pytest.mark.parametrize("kind", KINDS)
def test_entities_in_the_main_part_are_refused(kind):
    assert verdict(office(kind, more={OFFICE[kind][0]: declared()}), f"a.{kind}") == "POE_CONTENT"


def test_what_only_looks_like_a_document_type_is_no_matter():
    written = b"<x>&lt;!DOCTYPE html&gt; <![CDATA[<!DOCTYPE html><!ENTITY a 'b'>]]></x>"
    page = b"<!DOCTYPE html><html>pasted</html>"
    picture = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg/>'
    )
    manifest = office_manifest(
        "docx",
        more='<Default Extension="html" ContentType="text/html"/>'
        '<Default Extension="svg" ContentType="image/svg+xml"/>',
    )
    more = {"customXml/item1.xml": written, "word/chunk.html": page, "word/media/a.svg": picture.encode()}

    assert verdict(office(more=more, manifest=manifest), "sow.docx") == "docx"
    trapped = {"word/media/a.svg": declared()}
    assert verdict(office(more=trapped, manifest=manifest), "sow.docx") == "POE_CONTENT"


def test_parts_in_the_encodings_of_older_programs_are_taken():
    for encoding in ("utf-16", "iso-8859-15", "cp1252"):
        text = f'<?xml version="1.0" encoding="{encoding}"?><x>\u00e8</x>'
        assert in_sandbox(office(more={"customXml/item1.xml": text.encode(encoding)}), "sow.docx") == "docx"
    odd = '<?xml version="1.0" encoding="ibm852"?><x>\u00e9</x>'.encode("cp852")
    assert in_sandbox(office(more={"customXml/item1.xml": odd}), "sow.docx") == "docx"


# P8: what real programs write


@pytest.mark.parametrize("kind", KINDS)
def test_names_with_back_slashes_are_read_as_paths(kind):
    assert verdict(written_on_windows(kind), f"usage.{kind}") == kind
    assert verdict(written_on_windows(kind, more={"..\\evil.xml": b"x"}), f"usage.{kind}") == "POE_BOMB"
    assert verdict(written_on_windows(kind, more={"\\evil.xml": b"x"}), f"usage.{kind}") == "POE_BOMB"


def written_on_windows(kind, *, more=None):
    part, _family = OFFICE[kind]
    parts = {"[Content_Types].xml": office_manifest(kind), part: b"<x/>", "_rels/.rels": b"<x/>"}
    return package({name.replace("/", "\\"): content for name, content in parts.items()} | (more or {}))


@pytest.mark.parametrize("previews", [7, 20, 40])
def test_the_previews_of_embedded_files_are_no_bomb(previews):
    picture = bytes.fromhex("0100000064000000") + b"\xff" * 1_500_000
    parts = {f"word/media/image{number}.emf": picture for number in range(previews)}

    assert verdict(office(more=parts, manifest=office_manifest("docx", more=EMF)), "sow.docx") == "docx"


def test_a_bomb_stays_a_bomb():
    assert verdict(office(more={"word/media/a.emf": bytes(70_000_000)}), "sow.docx") == "POE_BOMB"


def embedding(content: bytes, name: str = "word/embeddings/a.xlsb", *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    parts = {"[Content_Types].xml": office_manifest("docx", more=XLSB), "word/document.xml": b"<x/>", name: content}
    return package(parts, method=method)


BINARY = {"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"x"}


def test_an_embedded_binary_workbook_is_no_macro():
    assert verdict(embedding(package(BINARY)), "sow.docx") == "docx"


@pytest.mark.parametrize("macro", ["xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl/macrosheets/sheet1.bin"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("name", ["word/embeddings/a.xlsb", "word/embeddings/oleObject1.bin"])
def test_macros_of_an_embedded_workbook_are_found(macro, method, name):
    noise = random.Random(1).randbytes(200_000)  # noqa: S311 - so that the names lie across the pieces that are read

    for length in (0, 65_400, 65_536 * 2 - 60):
        embedded = package({"a": noise[:length]} | BINARY | {macro: b"x"}, method=zipfile.ZIP_STORED)
        assert verdict(embedding(embedded, name, method=method), "sow.docx") == "POE_MACRO"


@pytest.mark.parametrize("family", ["sheet.macroEnabled.12", "sheet.binary.macroEnabled.main"])
def test_a_workbook_with_macros_under_another_name_is_refused(family):
    manifest = office_manifest("xlsx").replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel." + family.encode(),
    )

    assert verdict(office("xlsx", manifest=manifest), "a.xlsx").startswith("POE_")


def of_type(kind: str, family: str) -> bytes:
    own = OFFICE[kind][1]
    return office(kind, manifest=office_manifest(kind).replace(own.encode(), family.encode()))


def test_a_slide_show_renamed_to_be_edited_is_taken():
    assert verdict(of_type("pptx", "presentationml.slideshow"), "kick-off.pptx") == "pptx"


@pytest.mark.parametrize(
    ("kind", "family"),
    [("docx", "wordprocessingml.template"), ("xlsx", "spreadsheetml.template"), ("docx", "presentationml.slideshow")],
)
def test_a_renamed_template_is_refused_as_office_does(kind, family):
    assert verdict(of_type(kind, family), f"a.{kind}") == "POE_CONTENT"


def test_the_child_decides_as_its_reader_does():
    assert in_sandbox(document(), "sow.docx") == "docx"
    assert in_sandbox(workbook(), "usage.xlsx") == "xlsx"
    assert in_sandbox(written_on_windows("pptx"), "a.pptx") == "pptx"
    assert in_sandbox(office(more={"word/\u00e8.xml": declared("utf-16")}), "sow.docx") == "POE_CONTENT"
    assert in_sandbox(compound("EncryptionInfo", "EncryptedPackage"), "sow.docx") == "POE_ENCRYPTED"
    labelled = compound("EncryptedPackage", nested=("DRMEncryptedTransform",))
    assert in_sandbox(labelled, "sow.docx") == "POE_LABELLED"
