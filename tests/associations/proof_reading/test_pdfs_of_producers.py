"""Papers as producers write them: letters placed one by one, wide lines, cells, turned pages, tricks of fonts."""

import io
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from associations.files.readers.texts import pdfs
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.findings import State
from associations.rules.proof_reading.product_names import ProductNames
from guides.choices import ProofElement
from tests.associations.proof_reading.papers import HEIGHT, WIDTH, Sheet, escaped, handwriting, pdf_of, scanned
from tests.associations.proof_reading.reading import FACTS, TENANT, findings, parts_in, piece

# Of Helvetica, in thousandths of the size.
WIDTHS = {" ": 278, "i": 222, "l": 222, "t": 278, "m": 833, "f": 278, "r": 333, "-": 333, "I": 278}


def lines(data: bytes) -> list[str]:
    return [line.text for part in parts_in(data, ProofKind.PDF) for line in part.lines]


def placed(sheet: Sheet, text: str, *, x: float = 70, space: float = 3.1, kern: float = 0) -> Sheet:
    """Write a line as browsers print it: each letter at its own place, and no letter for a space."""
    sheet.y += 16
    for letter in text:
        if letter != " ":
            place = (x, HEIGHT - sheet.y)
            sheet.content.append(b"BT /F1 11 Tf %.2f %.2f Td (%s) Tj ET" % (*place, escaped(letter)))
        x += space if letter == " " else WIDTHS.get(letter, 556) * 11 / 1000 - kern
    return sheet


def found(data: bytes, key: str, **facts: Any) -> State:
    places = findings(data, facts=replace(FACTS, **facts))
    return next(each.state for finding in places.values() for each in finding.pieces if each.key == key)


def with_text_of_its_own(data: bytes, told: dict[str, str]) -> bytes:
    """Return the PDF with a font that says other letters than it draws."""
    pairs = "\n".join(f"<{ord(drawn):02x}> <{ord(said):04x}>" for drawn, said in told.items())
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange {len(told)} beginbfchar\n{pairs}\nendbfchar\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.obj.Resources.Font.F1.ToUnicode = pdf.make_stream(table.encode())
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def turned(data: bytes, degrees: int) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.rotate(degrees, relative=False)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("space", "kern"), [(3.1, 0), (3.1, 0.25), (9, 0)])
def test_words_of_letters_that_are_placed_one_by_one_are_whole(space, kern):
    text = "We deployed Exchange Online to all of Trey Research in March"

    assert lines(pdf_of(placed(Sheet(), text, space=space, kern=kern))) == [text]


def test_cells_of_a_table_are_no_sentence():
    sheet = Sheet().text("Customer").text("Contoso", x=200, y=106).text("Exchange").text("Online", x=200, y=122)

    assert lines(pdf_of(sheet)) == ["Customer", "Contoso", "Exchange", "Online"]
    assert found(pdf_of(sheet), "product:EXO") is State.NOT_FOUND


def test_a_bullet_belongs_to_its_item():
    sheet = Sheet().text("Not in scope").text("-", x=70).text("Exchange Online", x=95, y=122)

    assert lines(pdf_of(sheet)) == ["Not in scope", "- Exchange Online"]
    assert found(pdf_of(sheet), "product:EXO") is State.NOT_FOUND


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read_upright(degrees):
    sheet = Sheet().lines("We deployed Exchange Online.", "For the customer").gap(2).text("Signature")
    sheet.ink(x=150)

    data = turned(pdf_of(sheet), degrees)

    assert lines(data) == ["We deployed Exchange Online.", "For the customer", "Signature"]
    assert piece(findings(data), ProofElement.ACKNOWLEDGEMENT, "signature") is State.FOUND


@pytest.mark.parametrize(
    "broken",
    [
        ("We deployed Microsoft Defender for", "Office 365 to everybody."),
        ("We deployed Microsoft Defen-", "der for Office 365 to everybody."),
    ],
)
def test_a_name_that_is_broken_by_the_end_of_a_line_is_found(broken):
    product = ProductNames("MDO", "Microsoft Defender for Office 365")

    assert found(pdf_of(Sheet().lines(*broken)), "product:MDO", products=(product,)) is State.FOUND


def test_a_name_that_is_broken_in_its_cell_is_found():
    sheet = Sheet().text("Exchange", y=100).text("1,200 users", x=300, y=100).text("Online", y=114)

    assert found(pdf_of(sheet), "product:EXO") is State.FOUND


def test_an_id_that_is_broken_by_the_end_of_a_line_is_found():
    sheet = Sheet().lines("Customer: Contoso", f"The tenant ID is {TENANT[:24]}", f"{TENANT[24:]}.")

    assert found(pdf_of(sheet), "tenant") is State.FOUND


@pytest.mark.parametrize(
    "texts",
    [
        (
            "The project that is described in this paper does not cover",
            "Exchange Online or any other product of Microsoft.",
        ),
        ("Exchange Online and whatever belongs to it for the users is planned", "for a future phase."),
    ],
)
def test_a_sentence_that_denies_a_product_may_run_over_two_lines(texts):
    assert found(pdf_of(Sheet().lines(*texts)), "product:EXO") is State.NOT_FOUND


def test_letters_that_look_other_than_the_text_says_do_not_count():
    drawn, said = "Lorem ipsum dolor sit amet", "Exchange Online for peoples"
    fake = with_text_of_its_own(pdf_of(Sheet().text(drawn)), dict(zip(drawn, said, strict=False)))
    plain = with_text_of_its_own(pdf_of(Sheet().text(said)), dict(zip(said, said, strict=False)))

    assert lines(plain) == [said]
    assert lines(fake) == []


def test_words_under_a_picture_do_not_count_and_those_under_a_clear_one_do():
    over = Sheet().text("Exchange Online was deployed").text("This can be read by everybody.")
    over.picture(handwriting(), x=60, y=92, width=300, height=16)

    assert found(pdf_of(over), "product:EXO") is State.NOT_FOUND


def test_words_that_are_there_to_be_searched_only_do_not_count_on_a_page_of_text():
    sheet = Sheet().lines("This page is about the agenda of the meeting.", "It has two lines of text.")
    sheet.content.append(b"BT 3 Tr /F1 11 Tf 70 500 Td (Exchange Online was deployed) Tj ET")

    assert found(pdf_of(sheet), "product:EXO") is State.NOT_FOUND


def test_a_scan_with_a_printed_stamp_on_it_is_a_scan():
    paper = scanned(pdf_of(Sheet().lines("Nothing that counts stands here", "at all")), dpi=72)[0]
    sheet = Sheet().picture(paper, x=0, y=0, width=WIDTH, height=HEIGHT).text("Scanned with a phone", y=820)
    sheet.content.append(b"BT 3 Tr /F1 11 Tf 70 500 Td (Exchange Online was deployed to all) Tj ET")

    (page,) = pdfs.read(io.BytesIO(pdf_of(sheet)), kind="pdf")

    assert page["source"] == "scan"
