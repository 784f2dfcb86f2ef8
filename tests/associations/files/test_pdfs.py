"""A PDF that everybody can open is taken, as a reader would; one that is locked or not whole is not."""

import io

import pikepdf
import pytest

from tests.associations.files.checking import in_sandbox, verdict
from tests.files import locked_pdf, office, pdf, saved_pdf

BOM = b"\xef\xbb\xbf"
STREAMS = pikepdf.ObjectStreamMode.generate
REVISIONS = (2, 3, 4, 6)
WHOLE = {
    "with a table": pdf(),
    "with object streams": saved_pdf(object_stream_mode=STREAMS),
    "linearized": saved_pdf(linearize=True),
    "linearized, with object streams": saved_pdf(linearize=True, object_stream_mode=STREAMS),
    "of several pages": saved_pdf(pdf(length=3000), qdf=True),
}


def updated(data: bytes, *, revisions: int = 1) -> bytes:
    """Return the PDF with changes that were saved behind it, as Acrobat and signing programs do."""
    for _ in range(revisions):
        previous = int(data.rpartition(b"startxref\n")[2].split()[0])
        start = len(data)
        data += b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        table = len(data)
        data += b"xref\n2 1\n%010d 00000 n \ntrailer\n<< /Size 6 /Root 1 0 R /Prev %d >>\n" % (start, previous)
        data += b"startxref\n%d\n%%%%EOF\n" % table
    return data


def encrypted_lately(*, user: str) -> bytes:
    """Return a PDF with a password whose cross-reference stream says so more than 2 KB before the end."""
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        for number in range(800):
            opened.make_indirect(pikepdf.Dictionary(Number=number))
        file = io.BytesIO()
        opened.Root.Kept = pikepdf.Array([opened.make_indirect(pikepdf.Dictionary(N=n)) for n in range(2000)])
        opened.save(file, object_stream_mode=STREAMS, encryption=pikepdf.Encryption(owner="o", user=user, R=6))
    return file.getvalue()


# P1: who may open it


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_pdf_that_only_restricts_printing_is_taken(revision):
    """40 and 128 bits of RC4, AES-128 and AES-256."""
    data = locked_pdf(user="", R=revision, aes=revision >= 4, metadata=revision >= 4)

    assert verdict(data, "sow.pdf") == "pdf"


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_pdf_that_asks_for_a_password_is_refused_as_protected(revision):
    data = locked_pdf(user="secret", R=revision, aes=revision >= 4, metadata=revision >= 4)

    assert verdict(data, "sow.pdf") == "POE_ENCRYPTED"


def test_a_restricted_pdf_with_every_way_to_save_it_is_taken():
    owner_only = pikepdf.Encryption(owner="o", user="")

    assert verdict(saved_pdf(encryption=owner_only, linearize=True), "sow.pdf") == "pdf"
    assert verdict(saved_pdf(encryption=owner_only, object_stream_mode=STREAMS), "sow.pdf") == "pdf"
    assert verdict(BOM + saved_pdf(encryption=owner_only), "sow.pdf") == "pdf"


@pytest.mark.parametrize("handler", [b"/Adobe.PubSec", b"/FOPN_foweb", b"/EBX_HANDLER"])
def test_a_pdf_for_the_holders_of_certificates_or_rights_is_refused_as_protected(handler):
    data = locked_pdf(user="", R=3, aes=False, metadata=False).replace(b"/Standard", handler)

    assert verdict(data, "sow.pdf") == "POE_ENCRYPTED"


def test_a_pdf_that_writes_about_encryption_is_taken():
    assert verdict(pdf("The /Encrypt 5 0 R entry of a trailer"), "sow.pdf") == "pdf"


# P2: sensitivity labels


def wrapper(*, relation: bool = True, listed: bool = True, payload: bool = True) -> bytes:
    """Return the cover that Microsoft Purview makes: a page that says so, with the locked file attached."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("This file is protected"))) as opened:
        inside = opened.make_stream(b"locked", Type=pikepdf.Name.EmbeddedFile)
        facts = pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec, F="MicrosoftIRMServices Protected PDF.pdf", EF=pikepdf.Dictionary(F=inside)
        )
        if relation:
            facts.AFRelationship = pikepdf.Name.EncryptedPayload
        if payload:
            facts.EP = pikepdf.Dictionary(
                Type=pikepdf.Name.EncryptedPayload, Subtype=pikepdf.Name.MicrosoftIRMServices
            )
        attached = opened.make_indirect(facts)
        if listed:
            opened.Root.AF = pikepdf.Array([attached])
        names = pikepdf.Array([pikepdf.String("protected.pdf"), attached])
        opened.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=names))
        opened.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "shape", [{}, {"listed": False}, {"relation": False}, {"payload": False}, {"listed": False, "payload": False}]
)
def test_a_pdf_under_a_label_with_encryption_is_refused_as_labelled(shape):
    assert verdict(wrapper(**shape), "sow.pdf") == "POE_LABELLED"


def test_a_pdf_of_the_older_protection_is_refused_as_labelled():
    data = locked_pdf(user="", R=3, aes=False, metadata=False).replace(b"/Standard", b"/MicrosoftIRMServices")

    assert verdict(data, "sow.pdf") == "POE_LABELLED"


def test_a_pdf_with_a_file_attached_is_taken():
    assert verdict(wrapper(relation=False, payload=False), "sow.pdf") == "pdf"


@pytest.mark.parametrize("name", ["sow.ppdf", "scan.ptiff", "sow.pdf.pfile", "message.rpmsg"])
def test_a_file_that_purview_renamed_is_refused_as_labelled(name):
    assert verdict(b".pfile" + bytes(100), name) == "POE_LABELLED"
    assert verdict(b".pfile" + bytes(100), "sow.pdf") == "POE_LABELLED"


# P3: whole


@pytest.mark.parametrize("shape", WHOLE)
def test_a_whole_pdf_is_taken(shape):
    assert verdict(WHOLE[shape], "sow.pdf") == "pdf"


@pytest.mark.parametrize("shape", WHOLE)
def test_a_pdf_cut_off_anywhere_is_refused_as_damaged(shape):
    data = WHOLE[shape].rstrip()
    numbers_end = data.rindex(b"%%EOF")
    lengths = [*range(40, numbers_end - 60, 7), *range(numbers_end - 60, numbers_end - 1)]

    answers = {verdict(data[:length], "sow.pdf") for length in lengths}

    assert answers == {"POE_DAMAGED"}


@pytest.mark.parametrize("left", [b"%", b"%%", b"%%E", b"%%EO"])
def test_a_pdf_cut_off_in_its_last_word_is_refused_as_damaged(left):
    assert verdict(pdf().replace(b"%%EOF\n", left), "sow.pdf") == "POE_DAMAGED"


def test_a_change_cut_off_behind_a_whole_pdf_is_refused_as_damaged():
    whole, changed = pdf(), updated(pdf(), revisions=2)
    from_first_object = len(whole) + len(b"2 0 obj\n")
    second = len(updated(whole))

    lengths = [*range(from_first_object, second - 20, 5), *range(second + 10, len(changed) - 8, 5)]

    assert {verdict(changed[:length], "sow.pdf") for length in lengths} == {"POE_DAMAGED"}
    assert verdict(changed, "sow.pdf") == "pdf"


def test_a_download_that_stopped_and_left_zeros_is_refused_as_damaged():
    data = pdf(length=20_000)

    assert verdict(data[:12_000] + bytes(len(data) - 12_000), "sow.pdf") == "POE_DAMAGED"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF\n", b"%PDF-1.4 " + b"x" * 500 + b"\n%%EOF"])
def test_a_start_alone_is_no_pdf(data):
    assert verdict(data, "sow.pdf") == "POE_DAMAGED"


def test_a_pdf_without_a_page_is_refused_as_damaged():
    data = pdf().replace(b"/Kids [3 0 R] /Count 1", b"/Kids [] /Count 0     ")

    assert verdict(data, "sow.pdf") == "POE_DAMAGED"


def test_a_pdf_that_lost_what_its_pages_show_is_refused_as_damaged():
    data = pdf(length=5000)
    contents = data.index(b"5 0 obj")

    assert verdict(data[:contents] + data[data.index(b"xref") :], "sow.pdf") == "POE_DAMAGED"


@pytest.mark.parametrize(
    "repaired",
    [
        pdf().replace(b"startxref\n", b"startxref\n9"),
        pdf().replace(b"0000000", b"0000100"),
        pdf()[: pdf().index(b"xref\n")] + pdf()[pdf().index(b"trailer") :],
        pdf().replace(b"\n", b"\r\n"),
        pdf() + bytes(2000),
        pdf() + b"\n<!-- served in 12 ms -->\n",
        pdf().replace(b"%%EOF\n", b""),
        pdf().rstrip(),
        updated(pdf(), revisions=3),
    ],
    ids=[
        "a wrong offset", "wrong places", "no table", "other line ends", "zeros behind", "text behind", "no last line",
        "no line end", "changes saved behind",
    ],
)  # fmt: skip
def test_a_pdf_that_readers_repair_silently_is_taken(repaired):
    assert verdict(repaired, "sow.pdf") == "pdf"


# P4 and P8: where it begins, where it says so


@pytest.mark.parametrize("before", [b"", BOM, b"\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n", b"Ghostscript 10\n\n"])
def test_a_password_is_found_wherever_the_pdf_says_so(before):
    assert verdict(before + encrypted_lately(user="secret"), "sow.pdf") == "POE_ENCRYPTED"
    assert verdict(before + locked_pdf(), "sow.pdf") == "POE_ENCRYPTED"
    assert verdict(before + encrypted_lately(user=""), "sow.pdf") == "pdf"


@pytest.mark.parametrize(
    "before",
    [
        b"%!PS-Adobe-3.0 PDF\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n",
        b"\0" * 128,
        b"%%TICKET: 1\r\n" * 70,
        b"\r\n \t",
    ],
)
def test_lines_that_a_printer_or_a_script_wrote_before_a_pdf_are_no_matter(before):
    assert verdict(before + pdf(), "sow.pdf") == "pdf"


@pytest.mark.parametrize("before", [b"x" * 1100, b"<html>", b"<?xml version='1.0'?>", b" \n<script>"])
def test_a_pdf_far_behind_or_within_a_page_of_the_web_is_refused(before):
    assert verdict(before + pdf(), "sow.pdf") == "POE_CONTENT"


def test_a_pdf_with_an_office_document_inside_is_a_pdf():
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as opened:
        opened.attachments["sow.docx"] = pikepdf.AttachedFileSpec(opened, office())
        opened.save(file)

    assert verdict(file.getvalue(), "sow.pdf") == "pdf"


def test_the_child_decides_as_its_reader_does():
    assert in_sandbox(pdf(), "sow.pdf") == "pdf"
    assert in_sandbox(saved_pdf(linearize=True, object_stream_mode=STREAMS), "sow.pdf") == "pdf"
    assert in_sandbox(locked_pdf(user="", R=6), "sow.pdf") == "pdf"
    assert in_sandbox(locked_pdf(), "sow.pdf") == "POE_ENCRYPTED"
    assert in_sandbox(wrapper(), "sow.pdf") == "POE_LABELLED"
    assert in_sandbox(pdf()[:-40], "sow.pdf") == "POE_DAMAGED"
