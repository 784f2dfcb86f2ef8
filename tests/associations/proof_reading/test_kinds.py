"""Every kind of file is read by the child of the sandbox, with its places; what is not shown doesn't count."""

import io
from email.message import EmailMessage
from typing import Any

import pytest
import xlsxwriter

from associations.files import recognition
from associations.files.proof_texts import NotReadable, picture_of, text_of
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.evidence import evidence_in
from associations.rules.proof_reading.findings import State
from associations.rules.proof_reading.texts import Source
from tests.associations.proof_reading.papers import Sheet, as_png, pdf_of, scanned
from tests.associations.proof_reading.reading import EN, FACTS, TENANT, parts_in, states
from tests.files import package

DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
SHOWING = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATED = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
TEXTS = [line for lines in EN.values() for line in lines]
FOUND_IN_TEXT = {"partner", "customer", "tenant", "work", "dates", "product:EXO", "product:TEAMS"}


def shape(text: str, *, x: int = 100_000, y: int = 100_000, color: str = "") -> str:
    fill = f'<a:rPr><a:solidFill><a:srgbClr val="{color}"/></a:solidFill></a:rPr>' if color else ""
    return (
        f'<p:sp><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="5000000" cy="300000"/></a:xfrm></p:spPr>'
        f"<p:txBody><a:p><a:r>{fill}<a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def slide(*shapes: str, show: str = "") -> bytes:
    hidden = f' show="{show}"' if show else ""
    tree = "".join(shapes)
    return f"<p:sld {SHOWING} {DRAWING}{hidden}><p:cSld><p:spTree>{tree}</p:spTree></p:cSld></p:sld>".encode()


def pptx(*slides: bytes) -> bytes:
    ids = "".join(f'<p:sldId id="{256 + number}" r:id="r{number}"/>' for number in range(len(slides)))
    main = f'<p:presentation {SHOWING} xmlns:r="{LINKS}"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>'
    links = "".join(
        f'<Relationship Id="r{number}" Type="{LINKS}/slide" Target="slides/slide{number}.xml"/>'
        for number in range(len(slides))
    )
    root = f'<Relationship Id="r" Type="{LINKS}/officeDocument" Target="ppt/presentation.xml"/>'
    parts = {
        "_rels/.rels": f"<Relationships {RELATED}>{root}</Relationships>".encode(),
        "ppt/presentation.xml": main.encode(),
        "ppt/_rels/presentation.xml.rels": f"<Relationships {RELATED}>{links}</Relationships>".encode(),
    }
    return package(parts | {f"ppt/slides/slide{number}.xml": each for number, each in enumerate(slides)})


def xlsx(rows: list[str], **hidden: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Plan")
        for number, text in enumerate(rows):
            sheet.write(number, 0, text)
        secret = book.add_worksheet("Secret")
        secret.write(0, 0, "Yammer was deployed here")
        secret.hide()
        if hidden.get("row"):
            sheet.write(len(rows), 0, hidden["row"])
            sheet.set_row(len(rows), None, None, {"hidden": True})
        if hidden.get("white"):
            sheet.write(len(rows) + 1, 0, hidden["white"], book.add_format({"font_color": "#FFFFFF"}))
    return out.getvalue()


def eml(text: str = "", *, page: str = "", attached: dict[str, bytes] | None = None) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Completion of the project"
    message["From"], message["To"] = "Paolo <paolo@fabrikam.com>", "Carla <carla@contoso.com>"
    message.set_content(text or "See the page.")
    if page:
        message.set_content(page, subtype="html")
    for name, content in (attached or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


FILES = {
    ProofKind.PDF: pdf_of(Sheet().lines(*TEXTS)),
    ProofKind.PPTX: pptx(slide(*(shape(text, y=200_000 * at) for at, text in enumerate(TEXTS, 1)))),
    ProofKind.XLSX: xlsx(TEXTS),
    ProofKind.CSV: "\n".join(f'{number};"{text}"' for number, text in enumerate(TEXTS)).encode(),
    ProofKind.EML: eml("\n".join(TEXTS)),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_child_reads_each_kind(kind):
    parts = text_of(io.BytesIO(FILES[kind]), kind=kind)

    places = evidence_in(parts, FACTS)["places"]
    assert {piece for piece, found in places.items() if found} == FOUND_IN_TEXT


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        (ProofKind.PPTX, ("slide", 1, "")),
        (ProofKind.XLSX, ("row", 9, "Plan")),
        (ProofKind.CSV, ("row", 9, "")),
        (ProofKind.EML, ("message", 1, "")),
    ],
)
def test_a_place_can_be_found_again(kind, place):
    spot = evidence_in(parts_in(FILES[kind], kind), FACTS)["places"]["product:EXO"][0]

    assert (spot["kind"], spot["number"], spot["name"]) == place


def test_hidden_slides_and_what_is_off_or_white_on_a_slide_do_not_count():
    data = pptx(
        slide(shape("Exchange Online"), show="0"),
        slide(shape("Exchange Online", x=20_000_000), shape("Microsoft Teams", color="FFFFFF"), shape("Agenda")),
    )

    assert [line.text for part in parts_in(data, ProofKind.PPTX) for line in part.lines] == ["Agenda"]


def test_hidden_rows_sheets_and_white_cells_do_not_count():
    data = xlsx(["Agenda"], row="Exchange Online", white="Microsoft Teams")

    assert [line.text for part in parts_in(data, ProofKind.XLSX) for line in part.lines] == ["Agenda"]


def test_hidden_words_of_a_page_in_an_email_do_not_count():
    page = '<p>Agenda</p><p style="display:none">Exchange Online</p><span style="color:#ffffff">Microsoft Teams</span>'

    text = [line.text for part in parts_in(eml(page=page), ProofKind.EML) for line in part.lines]

    assert "Agenda" in text
    assert not {"Exchange Online", "Microsoft Teams"} & set(text)


def test_an_attachment_is_read_one_level_deep_and_named():
    inner = eml("Microsoft Teams was deployed by us in March.")
    data = eml("See the files.", attached={"report.pdf": FILES[ProofKind.PDF], "other.eml": inner})

    parts = text_of(io.BytesIO(data), kind=ProofKind.EML)

    spot = evidence_in(parts, FACTS)["places"]["product:EXO"][0]
    assert (spot["kind"], spot["number"], spot["name"]) == ("page", 1, "report.pdf")
    assert [part.name for part in parts if part.source is Source.UNREAD] == ["other.eml"]


def test_the_closing_of_an_email_is_no_signature():
    data = eml("We accept the work.\nKind regards\nCarla Bianchi\nContoso S.p.A.\n2 April 2026")

    assert states(data, kind=ProofKind.EML)["acknowledgement"] is State.NOT_FOUND


@pytest.mark.skipif(not recognition.is_installed(), reason="Tesseract is not installed")
def test_a_picture_is_recognized_and_an_id_that_is_not_exactly_the_claims_is_left_to_a_person():
    paper = Sheet().lines("Exchange Online was deployed", f"Tenant ID {TENANT[:-1]}9")
    png = as_png(scanned(pdf_of(paper), dpi=150)[0]).getvalue()

    evidence = evidence_in(text_of(io.BytesIO(png), kind=ProofKind.PNG), FACTS)

    assert evidence["places"]["product:EXO"][0]["number"] == 1
    assert evidence["places"]["tenant"][0]["sort"] == "unsure"


def test_the_child_draws_a_page_and_none_that_is_not_there():
    png = picture_of(io.BytesIO(FILES[ProofKind.PDF]), kind=ProofKind.PDF, page=1)

    assert png.startswith(b"\x89PNG")
    with pytest.raises(NotReadable):
        picture_of(io.BytesIO(FILES[ProofKind.PDF]), kind=ProofKind.PDF, page=2)
