"""A digital signature, ink and a completion certificate are told apart; what only looks like one is none."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from associations.rules.proof_files import ProofKind
from tests.associations.proof_reading.papers import Sheet, docx_of, handwriting, pdf_of
from tests.associations.proof_reading.reading import evidence_of
from tests.files import package

BLOCK = ("For the customer", "Name: Carla Bianchi")


def kinds_in(data: bytes, kind: ProofKind = ProofKind.PDF) -> list[str]:
    return [spot["signature"] for spot in evidence_of(data, kind)["places"]["signature"]]


def block() -> Sheet:
    return Sheet().lines(*BLOCK).gap(2).text("Signature")


def signed_by(person: str, company: str, data: bytes, *, box: tuple[int, int, int, int] | None = None) -> bytes:
    """Return the PDF with a digital signature of a person, in a field that can be seen where *box* says."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, company), x509.NameAttribute(NameOID.COMMON_NAME, person)]
    )
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(begins).not_valid_after(begins + timedelta(days=3650))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        signing_cert=next(iter(load_certs_from_pemder_data(certificate))),
        signing_key=load_private_key_from_pemder_data(key_pem, passphrase=None),
        cert_registry=SimpleCertificateStore(),
    )
    writer, out = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    if box:
        fields.append_signature_field(writer, fields.SigFieldSpec("Signature1", on_page=0, box=box))
    meta = signers.PdfSignatureMetadata(field_name="Signature1")
    signers.PdfSigner(meta, signer=signer).sign_pdf(writer, output=out)
    return out.getvalue()


def with_form(data: bytes, field: dict[str, Any]) -> bytes:
    """Return the PDF with one field on its first page."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0].obj
        widget = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            Rect=[140, 620, 300, 650],
            T="Signature",
            F=4,
            P=page,
            **field,
        )
        page.Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(widget)]))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[page.Annots[0]], DA="/Helv 10 Tf 0 g", NeedAppearances=True)
        pdf.save(out)
    return out.getvalue()


def with_ink_comment(data: bytes) -> bytes:
    """Return the PDF with a comment drawn by hand beside the label."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0].obj
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Ink,
            Rect=[150, 660, 260, 690],
            InkList=[[150, 660, 180, 690, 210, 662, 240, 688, 260, 670]],
            C=[0, 0, 0.5],
            F=4,
        )
        page.Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))
        pdf.save(out)
    return out.getvalue()


def test_a_digital_signature_of_the_customer_is_one_and_has_its_day():
    data = signed_by("Carla Bianchi", "Contoso S.p.A.", pdf_of(Sheet().lines("Work report", "Approved")))

    (spot,) = evidence_of(data, ProofKind.PDF)["places"]["signature"]
    assert (spot["signature"], spot["number"]) == ("digital", 1)
    assert spot["day"]


def test_a_digital_signature_of_the_partner_or_of_a_stranger_is_none_of_the_customer():
    for person, company in [("Paolo Verdi", "Fabrikam Consulting S.r.l."), ("Piero Neri", "Proseware Inc.")]:
        assert kinds_in(signed_by(person, company, pdf_of(Sheet().lines("Work report", "Approved")))) == []


def test_a_digital_signature_in_the_customers_block_needs_no_name():
    data = signed_by("C. B.", "Qualified CA", pdf_of(block()), box=(150, 640, 300, 680))

    assert kinds_in(data) == ["digital"]


def test_a_document_of_word_is_signed_digitally():
    signature = (
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyInfo><X509Data>'
        "<X509SubjectName>CN=Carla Bianchi, O=Contoso S.p.A.</X509SubjectName></X509Data></KeyInfo><Object>"
        "<SignatureTime><Value>2026-04-02T10:00:00Z</Value></SignatureTime></Object></Signature>"
    )
    with zipfile.ZipFile(io.BytesIO(docx_of("Work report"))) as parts:
        whole = {name: parts.read(name) for name in parts.namelist()}
    data = package(whole | {"_xmlsignatures/sig1.xml": signature.encode()})

    (spot,) = evidence_of(data, ProofKind.DOCX)["places"]["signature"]
    assert (spot["signature"], spot["day"]) == ("digital", "2026-04-02")


@pytest.mark.parametrize(
    "data",
    [
        pdf_of(block().ink(x=150)),
        pdf_of(block().picture(handwriting(), x=150, y=145, width=120, height=32)),
        with_ink_comment(pdf_of(block())),
    ],
    ids=["strokes", "picture", "comment"],
)
def test_strokes_a_picture_of_them_and_a_comment_drawn_by_hand_are_ink(data):
    assert kinds_in(data) == ["ink"]


def test_a_picture_of_a_signature_in_a_document_is_ink():
    assert kinds_in(docx_of(*BLOCK, "Signature", handwriting()), ProofKind.DOCX) == ["ink"]


@pytest.mark.parametrize(
    "field",
    [
        {"FT": pikepdf.Name.Sig},
        {"FT": pikepdf.Name.Tx, "V": "Carla Bianchi"},
    ],
    ids=["empty", "typed"],
)
def test_an_empty_field_for_a_signature_and_a_name_typed_into_a_field_are_none(field):
    assert kinds_in(with_form(pdf_of(block()), field)) == []


@pytest.mark.parametrize(
    "lines",
    [
        (
            "Certificate Of Completion",
            "Envelope Id: 1B2C-77",
            "Status: Completed",
            "Carla Bianchi, carla@contoso.com, Signed: 4/2/2026 10:12:44 AM",
        ),
        (
            "Certificato di completamento",
            "DocuSign Envelope ID: 1B2C-77",
            "Stato: Completato",
            "Carla Bianchi, carla@contoso.com, Firmato: 2 aprile 2026",
        ),
        (
            "Certificate Of Completion",
            "Envelope Id: 1B2C-77",
            "Status: Completed",
            "Signer Events",
            "Carla Bianchi",
            "carla@contoso.com",
            "Signed: 02 April 2026",
            "Carbon Copy Events",
            "Paolo Verdi",
        ),
        (
            "Work order - Final Audit Report",
            "Transaction ID: CBJCHBCAABAA",
            "Document e-signed by Carla Bianchi (carla@contoso.com)",
            "Signature Date: 2026-04-02 - Time Source: server",
            "Agreement completed. 2026-04-02",
        ),
        (
            "Audit trail",
            "Dropbox Sign",
            "SIGNED 04 / 02 / 2026 Signed by Carla Bianchi (carla@contoso.com)",
            "COMPLETED 2 April 2026 The document has been completed.",
        ),
    ],
    ids=["docusign", "docusign-it", "docusign-sections", "adobe", "dropbox"],
)
def test_the_certificate_of_a_signing_service_has_its_kind_and_day(lines):
    (spot,) = evidence_of(pdf_of(Sheet().lines(*lines)), ProofKind.PDF)["places"]["signature"]

    assert spot["signature"] == "certificate"
    assert spot["day"].startswith("2026-04-0") or spot["day"] == "2026-02-04"


@pytest.mark.parametrize(
    "lines",
    [
        (
            "Certificate Of Completion",
            "Envelope Id: 1B2C-77",
            "Status: Sent",
            "Carla Bianchi, carla@contoso.com, Viewed",
        ),
        ("Certificate Of Completion", "Envelope Id: 1B2C-77", "Status: Declined", "Carla Bianchi, carla@contoso.com"),
        ("Certificate of completion", "Carla Bianchi of Contoso completed the course on 2 April 2026."),
        (
            "Certificate Of Completion",
            "Envelope Id: 1B2C-77",
            "Status: Completed",
            "Signer Events",
            "Paolo Verdi",
            "paolo@fabrikam.com Signed: 02 April 2026",
            "Carbon Copy Events",
            "Carla Bianchi",
            "carla@contoso.com",
        ),
        (
            "Final Audit Report",
            "Transaction ID: CBJCHBCAABAA",
            "Document emailed to Carla Bianchi (carla@contoso.com)",
            "Email viewed by Carla Bianchi (carla@contoso.com)",
            "Document e-signed by Paolo Verdi (paolo@fabrikam.com)",
            "Agreement completed. 2026-04-02",
        ),
    ],
    ids=["sent", "declined", "course", "copy", "seen"],
)
def test_a_certificate_that_says_nothing_of_a_signature_of_the_customer_is_none(lines):
    assert kinds_in(pdf_of(Sheet().lines(*lines))) == []
