"""Papers unlike those that the rules were written with: what was said wrongly of such a paper once, by kind."""

import io

import pytest
from PIL import Image, ImageChops

from associations.files import recognition
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.findings import State
from guides.choices import ProofElement
from tests.associations.proof_reading.outlook import message_of
from tests.associations.proof_reading.papers import Sheet, docx_of, pdf_of, scan_pdf, scanned
from tests.associations.proof_reading.reading import EN, TENANT, findings, parts_in, piece, states

needs_tesseract = pytest.mark.skipif(not recognition.is_installed(), reason="Tesseract is not installed")
TEXTS = [line for lines in EN.values() for line in lines]


def of_pieces(data: bytes, kind: ProofKind = ProofKind.PDF) -> dict[str, State]:
    return {each.key: each.state for finding in findings(data, kind=kind).values() for each in finding.pieces}


def paper(*lines: str) -> bytes:
    return pdf_of(Sheet().lines(*lines))


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("Customer: Contoso Suites S.p.A.", State.NOT_FOUND),
        ("Customer: Contoso Pharmaceuticals Italia Ltd", State.NOT_FOUND),
        ("Customer: Contoso S.p.A., Milan", State.FOUND),
        ("Customer Contoso, Partner Fabrikam Consulting S.r.l.", State.FOUND),
        ("The IT department of Contoso Milan", State.FOUND),
    ],
)
def test_a_longer_name_is_another_company(line, state):
    assert of_pieces(paper(line))["customer"] is state


@pytest.mark.parametrize(
    "lines",
    [
        ("Exchange Online and Microsoft Teams are trademarks of Microsoft Corporation.",),
        ("Exchange Online è un marchio registrato di Microsoft.",),
        ("Licences that Contoso owns", "Exchange Online", "Microsoft Teams"),
        ("Licenze acquistate nel 2025", "Exchange Online"),
        ("Price list", "Exchange Online: 4 euros a month"),
    ],
)
def test_a_product_of_a_trademark_or_of_a_list_of_licenses_is_no_work(lines):
    assert of_pieces(paper(*lines))["product:EXO"] is State.NOT_FOUND


def test_a_list_of_licenses_ends_with_the_next_sentence():
    lines = (
        "Licences that Contoso owns",
        "Yammer",
        "We moved all the mailboxes of the legal department to Exchange Online.",
    )

    assert of_pieces(paper(*lines))["product:EXO"] is State.FOUND


@pytest.mark.parametrize("line", ["We will migrate the mailboxes in 2027", "We could train your users in May 2026"])
def test_what_is_to_come_is_no_work_done(line):
    assert of_pieces(paper("Agenda", line))["work"] is State.NOT_FOUND


def test_a_customer_may_write_of_its_own_company():
    line = "They introduced Exchange Online in our company and trained everybody."

    assert of_pieces(docx_of(line), ProofKind.DOCX)["work"] is State.FOUND


def test_printers_have_no_date_of_printing():
    assert states(paper("The printers of the plant were installed on 14 May 2026."))["dates"] is State.FOUND
    assert states(paper("Work report, printed on 14 May 2026."))["dates"] is State.NOT_FOUND


def test_a_message_of_outlook_is_read_with_its_attachments():
    data = message_of("See the report.\r\nPaolo", subject="Closing", attached={"report.pdf": paper(*TEXTS)})

    found = findings(data, kind=ProofKind.MSG)

    assert piece(found, ProofElement.PRODUCTS, "product:EXO") is State.FOUND
    assert found[ProofElement.PARTIES].pieces[0].spots[0]["name"] == "report.pdf"
    assert of_pieces(message_of("\r\n".join(TEXTS), subject="Closing"), ProofKind.MSG)["work"] is State.FOUND


@needs_tesseract
def test_the_two_columns_of_a_scan_that_is_askew_stay_apart():
    sheet = Sheet().text("For the partner", y=200).text("For the customer", x=330, y=200)
    sheet.text("Signature", y=230).text("Signature", x=330, y=230).ink(x=140, y=230)
    sheet.text("Period", y=300).text("3 Feb 2026 to 28 May 2026", x=330, y=300)
    sheet.text(f"Tenant ID {TENANT[:9]}4f98{TENANT[13:]}", y=330)

    found = of_pieces(scan_pdf(pdf_of(sheet), degrees=1.2))

    assert (found["signature"], found["dates"], found["tenant"]) == (State.LOOK, State.FOUND, State.UNSURE)


@needs_tesseract
def test_a_photograph_on_its_side_in_uneven_light_is_read():
    (page,) = scanned(paper(*TEXTS), degrees=0.5)
    light = Image.linear_gradient("L").resize(page.size).point(lambda value: 140 + value * 115 // 255)
    out = io.BytesIO()
    ImageChops.multiply(page.convert("L"), light).rotate(90, expand=True).save(out, "JPEG", quality=70)

    found = of_pieces(out.getvalue(), ProofKind.JPEG)

    assert {found[each] for each in ("partner", "customer", "work", "product:EXO", "dates")} == {State.FOUND}
    assert not any(line.box for part in parts_in(out.getvalue(), ProofKind.JPEG) for line in part.lines)


@needs_tesseract
@pytest.mark.parametrize("domain", ["contosopharma.onmicrosoft.com", "northwind.onmicrosoft.com"])
def test_a_scan_about_another_tenant_by_its_domain_shows_nothing(domain):
    data = scan_pdf(paper("Customer: Contoso", f"Tenant: {domain}", "Exchange Online was deployed in May 2026."))

    assert of_pieces(data)["product:EXO"] is State.NOT_FOUND
