"""A statement of work as PDF, Word document and scan: what stands in it is found, and what doesn't isn't."""

import io

import pytest

from associations.files import recognition
from associations.files.proof_texts import text_of
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.evidence import evidence_in
from associations.rules.proof_reading.findings import State
from guides.choices import ProofElement
from tests.associations.proof_reading.papers import Sheet, docx_of, handwriting, pdf_of, scan_pdf
from tests.associations.proof_reading.reading import EN, FACTS, IT, findings, piece, states

WORDS = {"en": EN, "it": IT}
LABELS = {
    "en": ("For the customer", "For the partner", "Signature", "Date: 2 April 2026"),
    "it": ("Per il cliente", "Per il partner", "Firma", "Data: 2 aprile 2026"),
}
ALL_FOUND = dict.fromkeys(map(str, ProofElement), State.FOUND)
needs_tesseract = pytest.mark.skipif(not recognition.is_installed(), reason="Tesseract is not installed")


def paper(language: str, *, without: str = "", is_signed: bool = True) -> bytes:
    sheet = Sheet().text("Statement of work" if language == "en" else "Rapporto di lavoro", size=16).gap(1)
    for name, lines in WORDS[language].items():
        if name != without:
            sheet.lines(*lines).gap(0.7)
    customer, partner, signature, date = LABELS[language]
    top = sheet.y + 30
    sheet.text(customer, y=top).text(partner, x=330, y=top)
    sheet.text(signature, y=top + 30).text(signature, x=330, y=top + 30)
    sheet.y = top + 32
    sheet.rule(x=130).rule(x=390)
    if is_signed:
        sheet.ink(x=140, y=top + 30).text(date, y=top + 60)
    return pdf_of(sheet)


def document(language: str, *, signature: object = "") -> bytes:
    words, (customer, partner, label, date) = WORDS[language], LABELS[language]
    blocks = [block for lines in words.values() for block in (f"# {lines[0]}", *lines[1:])]
    table = [[customer, partner], [label, label], [signature, ""], [date if signature else "", ""]]
    return docx_of("# " + ("Statement of work" if language == "en" else "Rapporto"), *blocks, table)


@pytest.mark.parametrize("language", WORDS)
def test_every_element_of_a_pdf_is_found(language):
    assert states(paper(language)) == ALL_FOUND


@pytest.mark.parametrize("language", WORDS)
def test_every_element_of_a_document_is_found(language):
    assert states(document(language, signature=handwriting()), kind=ProofKind.DOCX) == ALL_FOUND


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("element", ["parties", "work", "products"])
def test_what_is_left_out_is_not_found(language, element):
    assert states(paper(language, without=element))[element] is State.NOT_FOUND


@pytest.mark.parametrize("language", WORDS)
def test_an_empty_signature_line_is_no_signature(language):
    unsigned = paper(language, is_signed=False)

    assert states(unsigned)["acknowledgement"] is State.NOT_FOUND
    assert states(document(language), kind=ProofKind.DOCX)["acknowledgement"] is State.NOT_FOUND


def test_a_place_is_the_page_with_the_words_around():
    blank = Sheet().text("Annex without anything that counts here")
    found = findings(pdf_of(blank, Sheet().text("In March we deployed Exchange Online for 1,200 people.")))

    (spot,) = found[ProofElement.PRODUCTS].pieces[0].spots
    assert (spot["kind"], spot["number"]) == ("page", 2)
    assert (spot["before"], spot["words"], spot["behind"]) == (
        "In March we deployed ",
        "Exchange Online",
        " for 1,200 people.",
    )
    left, top, right, bottom = spot["boxes"][0]
    assert left == pytest.approx(0.30, abs=0.03)
    assert right == pytest.approx(0.44, abs=0.03)
    assert top < 106 / 842 < bottom + 0.005


@needs_tesseract
def test_a_scan_turned_by_a_degree_is_read_and_its_signature_left_to_a_person():
    found = findings(scan_pdf(paper("it"), degrees=1))

    assert {element.value: each.state for element, each in found.items()} == ALL_FOUND | {
        "acknowledgement": State.LOOK,
    }
    assert found[ProofElement.ACKNOWLEDGEMENT].pieces[0].spots[0]["number"] == 1


def test_without_tesseract_a_scan_could_not_be_read(monkeypatch):
    monkeypatch.setattr(recognition, "is_installed", lambda: False)

    assert set(states(scan_pdf(paper("en"))).values()) == {State.UNREAD}


@pytest.mark.parametrize("kind", [ProofKind.PDF, ProofKind.DOCX])
def test_the_child_of_the_sandbox_reads_the_same(kind):
    data = paper("en") if kind is ProofKind.PDF else document("en", signature=handwriting())

    evidence = evidence_in(text_of(io.BytesIO(data), kind=kind), FACTS)

    assert {piece for piece, places in evidence["places"].items() if places} == {
        "partner",
        "customer",
        "tenant",
        "signature",
        "work",
        "dates",
        "product:EXO",
        "product:TEAMS",
    }


def test_a_signature_without_a_date_is_half_of_an_acknowledgement():
    sheet = Sheet().text("For the customer").gap(2).text("Signature")
    sheet.ink(x=150)

    found = findings(pdf_of(sheet))

    assert piece(found, ProofElement.ACKNOWLEDGEMENT, "signature") is State.FOUND
    assert piece(found, ProofElement.ACKNOWLEDGEMENT, "signed_on") is State.NOT_FOUND
