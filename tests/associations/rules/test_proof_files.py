import io
import zipfile

import pytest

from associations.files.proofs import check_proof
from associations.rules.proof_files import (
    EXTENSIONS,
    ProofKind,
    ProofRefused,
    display_name,
    download_name,
)
from guides.choices import ProofElement
from tests.associations.files.checking import LIMIT, checked, verdict
from tests.files import (
    CSV,
    EML,
    EXECUTABLE,
    JPEG,
    MSG,
    PNG,
    TIFF,
    compound,
    document,
    office,
    office_manifest,
    package,
    pdf,
    workbook,
)

GENUINE = {
    "pdf": pdf(),
    "docx": office("docx"),
    "xlsx": office("xlsx"),
    "pptx": office("pptx"),
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "jfif": JPEG,
    "tiff": TIFF,
    "tif": TIFF,
    "msg": MSG,
    "eml": EML,
    "csv": CSV,
}


def check(data: bytes, name: str) -> ProofKind:
    return checked(data, name)


def refusal(data: bytes, name: str) -> str:
    found = verdict(data, name)
    assert found.startswith("POE_"), found
    return found


@pytest.mark.parametrize("extension", sorted(GENUINE))
def test_every_accepted_kind_is_accepted(extension: str) -> None:
    assert check(GENUINE[extension], f"Proof.{extension.upper()}") == EXTENSIONS[extension]


@pytest.mark.parametrize(
    ("kind", "extension", "media_type"),
    [
        (ProofKind.PDF, "pdf", "application/pdf"),
        (ProofKind.DOCX, "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (ProofKind.XLSX, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (ProofKind.PPTX, "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (ProofKind.PNG, "png", "image/png"),
        (ProofKind.JPEG, "jpg", "image/jpeg"),
        (ProofKind.TIFF, "tiff", "image/tiff"),
        (ProofKind.MSG, "msg", "application/vnd.ms-outlook"),
        (ProofKind.EML, "eml", "message/rfc822"),
        (ProofKind.CSV, "csv", "text/csv"),
    ],
)
def test_each_kind_knows_how_it_is_stored_and_served(kind: ProofKind, extension: str, media_type: str) -> None:
    assert (kind.extension, kind.media_type) == (extension, media_type)


def test_the_files_of_real_writers_are_accepted() -> None:
    assert check(document(), "sow.docx") == ProofKind.DOCX
    assert check(workbook(), "usage.xlsx") == ProofKind.XLSX


def test_the_file_is_left_at_its_beginning_whatever_the_answer() -> None:
    accepted, refused = io.BytesIO(pdf()), io.BytesIO(EXECUTABLE)

    check_proof(file=accepted, name="sow.pdf", size=1, max_bytes=LIMIT)
    with pytest.raises(ProofRefused):
        check_proof(file=refused, name="sow.docx", size=1, max_bytes=LIMIT)

    assert (accepted.tell(), refused.tell()) == (0, 0)
    assert not accepted.closed


@pytest.mark.parametrize("name", ["sow.exe", "sow.doc", "sow.html", "sow.mht", "sow.zip", "sow", "sow.pdf.exe"])
def test_another_extension_is_refused(name: str) -> None:
    assert refusal(pdf(), name) == "POE_TYPE"


@pytest.mark.parametrize("name", ["", "   ", "folder/", ".pdf", "\u202e", "a" * 252 + ".pdf"])
def test_a_file_without_a_usable_name_is_refused(name: str) -> None:
    assert refusal(pdf(), name) == "POE_NAME"


def test_the_longest_name_is_counted_without_its_path() -> None:
    assert check(pdf(), "C:\\" + "folder\\" * 50 + "a" * 251 + ".pdf") == ProofKind.PDF


def test_a_reversed_name_is_judged_by_its_true_extension() -> None:
    assert refusal(EXECUTABLE, "sow\u202efdp.exe") == "POE_TYPE"


@pytest.mark.parametrize("extension", sorted(GENUINE))
def test_an_empty_file_is_refused(extension: str) -> None:
    assert refusal(b"", f"proof.{extension}") == "POE_EMPTY"


def test_a_file_of_the_limit_is_accepted_and_one_byte_more_refused() -> None:
    size = len(CSV)

    assert check_proof(file=io.BytesIO(CSV), name="a.csv", size=size, max_bytes=size) == ProofKind.CSV
    with pytest.raises(ProofRefused, match="POE_SIZE"):
        check_proof(file=io.BytesIO(CSV), name="a.csv", size=size, max_bytes=size - 1)


def test_a_false_size_does_not_let_a_large_file_through() -> None:
    with pytest.raises(ProofRefused) as refused:
        check_proof(file=io.BytesIO(pdf()), name="sow.pdf", size=1, max_bytes=20)

    assert refused.value.code == "POE_SIZE"


@pytest.mark.parametrize("extension", sorted(GENUINE))
def test_a_renamed_executable_is_refused_under_every_name(extension: str) -> None:
    assert refusal(EXECUTABLE, f"sow.{extension}") == "POE_CONTENT"


@pytest.mark.parametrize("extension", sorted(GENUINE))
@pytest.mark.parametrize("content", sorted(GENUINE))
def test_one_kind_is_not_taken_for_another(extension: str, content: str) -> None:
    if EXTENSIONS[extension] == EXTENSIONS[content]:
        assert check(GENUINE[content], f"sow.{extension}") == EXTENSIONS[content]
    elif (extension, content) != ("csv", "eml"):  # an email is text as well
        assert refusal(GENUINE[content], f"sow.{extension}") == "POE_CONTENT"


def test_a_compound_file_is_a_message_only_with_properties_at_the_top() -> None:
    assert check(compound("__properties_version1.0", filler=14_500), "mail.msg") == ProofKind.MSG
    assert refusal(compound("WordDocument"), "mail.msg") == "POE_CONTENT"
    assert refusal(compound("WordDocument", nested=("__properties_version1.0",)), "mail.msg") == "POE_CONTENT"


@pytest.mark.parametrize("length", [8, 100, 511, 512, 600, 1024, 1100])
def test_a_cut_off_message_is_refused(length: int) -> None:
    assert refusal(MSG[:length], "mail.msg") == "POE_CONTENT"


def test_a_message_whose_sectors_run_in_circles_is_refused() -> None:
    directory_sector = 1
    circular = bytearray(MSG)
    circular[512 + 4 * directory_sector : 516 + 4 * directory_sector] = directory_sector.to_bytes(4, "little")

    assert refusal(bytes(circular), "mail.msg") == "POE_CONTENT"


def test_a_message_whose_table_of_sectors_runs_in_circles_is_refused() -> None:
    first_filler_sector = 2
    circular = bytearray(compound("__properties_version1.0", filler=4))
    circular[68:72] = first_filler_sector.to_bytes(4, "little")
    start = 512 * (first_filler_sector + 1)
    circular[start : start + 512] = first_filler_sector.to_bytes(4, "little") * 128

    assert refusal(bytes(circular), "mail.msg") == "POE_CONTENT"


def test_a_message_whose_entries_point_at_themselves_is_read_once() -> None:
    data = bytearray(MSG)
    first_entry = 1024 + 128
    data[first_entry + 68 : first_entry + 72] = (1).to_bytes(4, "little")

    assert check(bytes(data), "mail.msg") == ProofKind.MSG


def test_a_message_of_an_unknown_sector_size_is_refused() -> None:
    data = bytearray(MSG)
    data[30] = 10

    assert refusal(bytes(data), "mail.msg") == "POE_CONTENT"


@pytest.mark.parametrize("extension", ["docx", "xlsx", "pptx"])
def test_an_office_file_with_a_password_is_refused(extension: str) -> None:
    assert refusal(compound("EncryptionInfo", "EncryptedPackage"), f"sow.{extension}") == "POE_ENCRYPTED"


def test_an_old_word_document_under_the_new_name_is_refused() -> None:
    assert refusal(compound("WordDocument", "1Table"), "sow.docx") == "POE_CONTENT"


@pytest.mark.parametrize("name", ["sow.docm", "sow.XLSM", "sow.pptm", "sow.dotm"])
def test_a_macro_document_is_refused_by_its_name(name: str) -> None:
    assert refusal(office(), name) == "POE_MACRO"


def test_a_macro_document_is_refused_under_another_name() -> None:
    macro = office_manifest("docx").replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )

    assert refusal(office(manifest=macro), "sow.docx") == "POE_MACRO"


@pytest.mark.parametrize("part", ["word/vbaProject.bin", "word/VBAPROJECT.BIN"])
def test_a_document_that_carries_a_macro_project_is_refused(part: str) -> None:
    assert refusal(office(more={part: b"code"}), "sow.docx") == "POE_MACRO"


@pytest.mark.parametrize(
    "content_type",
    ["application/vnd.ms-office.vbaProject", "application/vnd.ms-excel.macrosheet+xml", "x/macro&#69;nabled"],
)
def test_a_macro_is_found_by_its_content_type_however_it_is_written(content_type: str) -> None:
    override = f'<Override PartName="/word/other.bin" ContentType="{content_type}"/>'
    manifest = office_manifest("docx", more=override)

    assert refusal(office(more={"word/other.bin": b"code"}, manifest=manifest), "sow.docx") == "POE_MACRO"


def test_an_embedded_macro_workbook_is_found_by_its_extension() -> None:
    default = '<Default Extension="xlsm" ContentType="application/vnd.ms-excel.sheet.macroEnabled.12"/>'
    manifest = office_manifest("docx", more=default)

    assert refusal(office(more={"word/embeddings/a.xlsm": b"PK"}, manifest=manifest), "sow.docx") == "POE_MACRO"


def test_a_plain_zip_is_no_office_document() -> None:
    assert refusal(package({"word/document.xml": b"<document/>"}), "sow.docx") == "POE_CONTENT"
    assert refusal(package({"notes.txt": b"x", "[Content_Types].xml": b"<Types/>"}), "sow.docx") == "POE_CONTENT"


def test_a_manifest_that_names_a_missing_main_part_is_refused() -> None:
    assert refusal(package({"[Content_Types].xml": office_manifest("docx")}), "sow.docx") == "POE_CONTENT"


@pytest.mark.parametrize("manifest", [b"<Types>", b"", b"\xff\xfe\x00"])
def test_a_manifest_that_is_no_xml_is_refused(manifest: bytes) -> None:
    parts = {"[Content_Types].xml": manifest, "word/document.xml": b"<document/>"}

    assert refusal(package(parts), "sow.docx") == "POE_CONTENT"


def test_entities_in_a_manifest_are_refused_before_they_grow() -> None:
    doctype = b'<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    manifest = office_manifest("docx").replace(b"?>", b"?>" + doctype, 1)

    assert refusal(office(manifest=manifest), "sow.docx") == "POE_CONTENT"


def test_a_document_that_inflates_a_hundredfold_is_refused() -> None:
    assert refusal(office(more={"word/media/image1.png": bytes(70_000_000)}), "sow.docx") == "POE_BOMB"


def test_a_well_packed_but_small_document_is_accepted() -> None:
    assert check(office(more={"word/media/image1.png": bytes(5_000_000)}), "sow.docx") == ProofKind.DOCX


def test_a_directory_that_hides_the_true_size_is_refused() -> None:
    true_size = (70_000_000).to_bytes(4, "little")
    data = office(more={"word/media/image1.png": bytes(70_000_000)})
    assert data.count(true_size) == 2

    assert refusal(data.replace(true_size, (1000).to_bytes(4, "little")), "sow.docx") == "POE_BOMB"


def test_a_directory_that_promises_more_than_there_is_is_refused() -> None:
    data = office(more={"word/media/image1.png": bytes(70_001)})

    overstated = data.replace((70_001).to_bytes(4, "little"), (70_002).to_bytes(4, "little"))

    assert refusal(overstated, "sow.docx") == "POE_CONTENT"


def test_a_document_of_more_entries_than_any_is_refused() -> None:
    parts = {f"word/media/{n}.png": b"" for n in range(10_001)}

    assert refusal(office(more=parts), "sow.docx") == "POE_BOMB"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "word/../../x", "C:/x.xml", "word\\..\\x.xml"])
def test_an_entry_that_leads_out_of_the_package_is_refused(name: str) -> None:
    assert refusal(office(more={name: b"x"}), "sow.docx") == "POE_BOMB"


def test_two_parts_of_one_name_are_refused() -> None:
    assert refusal(office(more={"WORD/document.xml": b"<other/>"}), "sow.docx") == "POE_CONTENT"


def test_an_entry_with_a_password_is_refused() -> None:
    data = bytearray(office())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1

    assert refusal(bytes(data), "sow.docx") == "POE_ENCRYPTED"


def test_a_compression_that_office_does_not_write_is_refused() -> None:
    parts = {"[Content_Types].xml": office_manifest("docx"), "word/document.xml": b"<document/>"}

    assert refusal(package(parts, method=zipfile.ZIP_BZIP2), "sow.docx") == "POE_CONTENT"
    assert check(package(parts, method=zipfile.ZIP_STORED), "sow.docx") == ProofKind.DOCX


def test_a_damaged_entry_is_refused() -> None:
    parts = {"[Content_Types].xml": office_manifest("docx"), "word/document.xml": b"<document/>"}
    data = package(parts, method=zipfile.ZIP_STORED).replace(b"<document/>", b"<documenT/>")

    assert refusal(data, "sow.docx") == "POE_CONTENT"


def test_a_document_cut_anywhere_is_refused_as_content() -> None:
    data = office()

    answers = {refusal(data[:length], "sow.docx") for length in range(1, len(data))}

    assert answers == {"POE_CONTENT"}


def test_an_archive_behind_a_program_is_refused() -> None:
    assert refusal(EXECUTABLE + office(), "sow.docx") == "POE_CONTENT"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("sow.pdf", "sow.pdf"),
        ("C:\\Users\\anna\\sow.pdf", "sow.pdf"),
        ("../../etc/sow.pdf", "sow.pdf"),
        ("folder/", ""),
        ("s\x00o\r\nw\x7f.pdf", "sow.pdf"),
        ("sow\u202efdp.exe", "sowfdp.exe"),
        ("sow\u200b\u2066.pdf", "sow.pdf"),
        ("  piano   di\u00a0lavoro .pdf ", "piano di lavoro .pdf"),
        ("attivita\u0300.pdf", "attivit\u00e0.pdf"),
        ("\u5951\u7d04\u66f8.pdf", "\u5951\u7d04\u66f8.pdf"),
        ("sow\ud800.pdf", "sow.pdf"),
        ("the %22final%22 offer.pdf", 'the "final" offer.pdf'),
        ('the "final" offer.pdf', 'the "final" offer.pdf'),
        ("two%0D%0Alines.pdf", "twolines.pdf"),
        ("100%25 %2e.pdf", "100%25 %2e.pdf"),
    ],
)
def test_a_name_is_shown_without_what_could_mislead(name: str, shown: str) -> None:
    assert display_name(name) == shown


def test_a_proof_has_five_elements() -> None:
    assert [element.value for element in ProofElement] == ["parties", "acknowledgement", "work", "products", "dates"]


@pytest.mark.parametrize("extension", ["pdf", "png", "jpg", "tiff", "msg"])
def test_a_file_that_is_an_archive_too_is_refused(extension):
    genuine = GENUINE[extension]

    assert refusal(genuine + office(), f"sow.{extension}") == "POE_CONTENT"
    assert refusal(genuine + office()[:-2] + b"\x05\x00extra", f"sow.{extension}") == "POE_CONTENT"


def test_a_directory_of_many_megabytes_is_refused_before_it_is_read():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(80):
            entry = zipfile.ZipInfo(f"part{number}.xml")
            entry.comment = bytes(0xFFFF)
            archive.writestr(entry, b"x")

    assert refusal(file.getvalue(), "sow.docx") == "POE_BOMB"


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [
        ("Città & Co.pdf", "Città & Co.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("sow\u202efdp.pdf", "sowfdp.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("è" * 150 + ".docx", "è" * 97 + ".docx"),
        ("noextension", "noextension"),
    ],
)
def test_a_download_has_a_name_that_every_file_system_takes(name, saved_as):
    assert download_name(name) == saved_as
