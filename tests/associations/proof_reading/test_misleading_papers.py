"""Papers that seem to show an element and don't, and papers that show it in an unusual way."""

from dataclasses import replace
from datetime import date

import pytest

from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.evidence import evidence_in
from associations.rules.proof_reading.findings import State
from associations.rules.proof_reading.product_names import ProductNames
from associations.rules.proof_reading.texts import Box, Part, PlaceKind, Source, TextLine
from guides.choices import ProofElement
from tests.associations.proof_reading.papers import Sheet, docx_of, handwriting, pdf_of, stamp
from tests.associations.proof_reading.reading import (
    FACTS,
    OTHER_TENANT,
    TENANT,
    TODAY,
    findings,
    piece,
    states,
)

PARTIES = ("Partner: Fabrikam Consulting", "Customer: Contoso")
CUSTOMER_BLOCK = ("For the customer", "Name: Carla Bianchi")


def product(*lines: str, code: str = "EXO", size: float = 11) -> State:
    sheet = Sheet()
    for line in lines:
        sheet.text(line, size=size)
    return piece(findings(pdf_of(sheet)), ProofElement.PRODUCTS, f"product:{code}")


def in_document(*lines: str, code: str = "EXO") -> State:
    return piece(findings(docx_of(*lines), kind=ProofKind.DOCX), ProofElement.PRODUCTS, f"product:{code}")


def dates(*lines: str, on: date = TODAY) -> State:
    return states(pdf_of(Sheet().lines(*lines)), on=on)["dates"]


def signature(sheet: Sheet) -> State:
    return piece(findings(pdf_of(sheet)), ProofElement.ACKNOWLEDGEMENT, "signature")


def signed_on(sheet: Sheet) -> State:
    return piece(findings(pdf_of(sheet)), ProofElement.ACKNOWLEDGEMENT, "signed_on")


@pytest.mark.parametrize(
    "lines",
    [
        ("We deployed Exchange Online for everybody.",),
        ("We deployed Exchange", "Online for everybody."),
        ("EXO was deployed.",),
        ("Office 365 Exchange Online",),
        ("EXCHANGE ONLINE",),
        ("Not in scope:", "- Yammer", "", "2. Work done", "- Exchange Online was migrated"),
        ("[x] Exchange Online",),
    ],
)
def test_a_product_is_found_by_name_synonym_and_abbreviation(lines):
    assert product(*lines) is State.FOUND


@pytest.mark.parametrize(
    "lines",
    [
        ("We deployed Exchange Online Protection for everybody.",),
        ("We deployed Exchange and everything online.",),
        ("exo was the word of the year",),
        ("Not in scope: Yammer, Exchange Online",),
        ("Out of scope", "- Yammer", "- Exchange Online"),
        ("Fuori ambito:", "- Exchange Online"),
        ("Esclusioni", "Exchange Online e Yammer"),
        ("Exchange Online is not included in this work.",),
        ("Exchange Online non è incluso nel lavoro.",),
        ("[ ] Exchange Online",),
        ("Products claimed: Exchange Online, Yammer",),
    ],
)
def test_a_product_that_was_no_part_of_the_work_is_not_found(lines):
    assert product(*lines) is State.NOT_FOUND
    assert in_document(*(line for line in lines if line)) is State.NOT_FOUND


@pytest.mark.parametrize("name", ["Teams", "the teams of Contoso", "Microsoft Teams Rooms", "Teams Phone"])
def test_an_everyday_word_and_a_longer_name_are_not_the_product(name):
    assert product(f"We trained {name} in March.", code="TEAMS") is State.NOT_FOUND


def test_onedrive_is_counted_with_sharepoint():
    facts = replace(FACTS, products=(ProductNames("SPO", "SharePoint Online"),))

    found = findings(pdf_of(Sheet().text("OneDrive was rolled out to all.")), facts=facts)

    assert found[ProofElement.PRODUCTS].state is State.FOUND


def test_a_letterhead_and_a_footer_name_no_product_and_no_party():
    sheet = Sheet().text("Fabrikam Consulting - specialists for Exchange Online and Microsoft Teams", y=40)
    sheet.text("Tel. +39 02 1234567, www.fabrikam.com", y=54)
    sheet.text("Fabrikam Consulting S.r.l., Exchange Online partner", y=815, size=8)
    sheet.y = 120
    sheet.text("Minutes of the meeting with Contoso about several things.")

    found = findings(pdf_of(sheet))

    assert found[ProofElement.PRODUCTS].state is State.NOT_FOUND
    assert piece(found, ProofElement.PARTIES, "partner") is State.NOT_FOUND
    assert piece(found, ProofElement.PARTIES, "customer") is State.FOUND


def test_what_stands_at_the_top_of_every_page_is_a_header():
    pages = [
        Sheet().text("Fabrikam Consulting: Exchange Online", y=70).text(f"Chapter {number}", y=120)
        for number in range(1, 4)
    ]

    assert findings(pdf_of(*pages))[ProofElement.PRODUCTS].state is State.NOT_FOUND


def test_a_product_of_another_tenant_in_the_same_file_does_not_count():
    sheet = Sheet().lines(
        "Customer: Contoso",
        f"Tenant ID: {TENANT}",
        "We deployed Exchange Online.",
        "",
        "Customer: Northwind Traders",
        f"Tenant ID: {OTHER_TENANT}",
        "We deployed Microsoft Teams.",
    )

    found = findings(pdf_of(sheet))

    assert piece(found, ProofElement.PRODUCTS, "product:EXO") is State.FOUND
    assert piece(found, ProofElement.PRODUCTS, "product:TEAMS") is State.NOT_FOUND


@pytest.mark.parametrize(("read", "is_found"), [(TENANT, True), (f"8{TENANT[1:-1]}0", True), (OTHER_TENANT, False)])
def test_a_scan_of_another_tenant_does_not_count_and_one_that_was_misread_does(read, is_found):
    words = ("Customer", f"Tenant ID: {read}", "We deployed Exchange Online.")
    lines = tuple(TextLine(word, box=Box(0.1, 0.3 + at / 50, 0.5, 0.31 + at / 50)) for at, word in enumerate(words))

    places = evidence_in([Part(PlaceKind.PAGE, 1, source=Source.SCAN, lines=lines)], FACTS)["places"]

    assert bool(places.get("product:EXO")) is is_found


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (f"Tenant ID {TENANT}", State.FOUND),
        (f"Tenant ID {TENANT.upper()}", State.FOUND),
        (f"Tenant ID {TENANT[:-1]}9", State.NOT_FOUND),
        ("carla@contoso.com", State.FOUND),
        ("mail.contoso.com", State.FOUND),
        ("notcontoso.com", State.NOT_FOUND),
        ("contoso.com.example.org", State.NOT_FOUND),
        ("contoso.community", State.NOT_FOUND),
    ],
)
def test_the_tenant_is_found_by_its_id_or_a_whole_domain(text, state):
    assert piece(findings(pdf_of(Sheet().lines(*PARTIES, text))), ProofElement.PARTIES, "tenant") is state


@pytest.mark.parametrize("gray", [1, 0.99])
def test_white_words_do_not_count(gray):
    assert piece(
        findings(pdf_of(Sheet().text("Exchange Online was deployed", gray=gray))), ProofElement.PRODUCTS, "product:EXO"
    ) in (State.NOT_FOUND, State.UNREAD)


def test_covered_words_and_words_off_the_page_do_not_count():
    sheet = Sheet().text("Exchange Online was deployed").cover(x=60, y=90, width=400, height=30)
    sheet.text("Microsoft Teams was deployed", x=900).text("This can be read by everybody.")

    assert findings(pdf_of(sheet))[ProofElement.PRODUCTS].state is State.NOT_FOUND


@pytest.mark.parametrize(
    "line",
    [
        "The work was carried out from 12 January 2026 to 30 March 2026.",
        "Periodo: dal 12/01/2026 al 30/03/2026",
        "Workshop on March 12th, 2026",
        "Attività svolte a marzo 2026",
        "Go-live 2026-03-12",
        "Work completed in November 2025",
    ],
)
def test_a_date_of_the_work_within_the_age_is_found(line):
    assert dates(line) is State.FOUND


@pytest.mark.parametrize(
    "line",
    [
        "The work was carried out from 12 January 2024 to 30 March 2024.",
        "Work completed in October 2025",
        "Template version of 12 March 2026",
        "Printed on 12 March 2026",
        "Stampato il 12/03/2026",
        "Modello aggiornato il 12 marzo 2026",
        "Cover, re-issued on 12 March 2026",
        "The work will be completed by 12 March 2027",
        "Page 12 of 2026",
        "Statement of work, 12 March 2026",
        "Deployment report of 12 March 2026",
    ],
)
def test_an_old_date_and_that_of_a_template_or_cover_do_not_count(line):
    assert dates(line) is State.NOT_FOUND


def test_last_years_contract_with_a_new_cover_has_no_recent_date():
    cover = Sheet().text("Statement of work").text("5 October 2026")
    contract = Sheet().lines("The work was carried out from 12 January 2024 to 30 March 2024.")

    assert states(pdf_of(cover, contract))["dates"] is State.NOT_FOUND


def test_ink_in_the_customers_block_is_its_signature_and_the_date_beside_it_its_date():
    sheet = Sheet().lines(*CUSTOMER_BLOCK).gap(2).text("Signature").ink(x=150).gap(1.5).text("Date: 2 April 2026")

    assert (signature(sheet), signed_on(sheet)) == (State.FOUND, State.FOUND)


def test_a_picture_of_a_signature_counts_and_a_stamp_does_not():
    sheet = Sheet().lines(*CUSTOMER_BLOCK).gap(2).text("Signature")
    stamped = Sheet().lines(*CUSTOMER_BLOCK).gap(2).text("Signature")
    sheet.picture(handwriting(), x=150, y=sheet.y - 20, width=120, height=32)
    stamped.picture(stamp(), x=150, y=stamped.y - 40, width=70, height=70)

    assert (signature(sheet), signature(stamped)) == (State.FOUND, State.NOT_FOUND)


def test_a_typed_name_is_no_signature():
    assert signature(Sheet().lines(*CUSTOMER_BLOCK, "Signature: Carla Bianchi", "Date: 2 April 2026")) is (
        State.NOT_FOUND
    )


def test_the_partners_own_signature_is_none_of_the_customer():
    sheet = Sheet().lines("For the customer", "Signature ____________").gap(3)
    sheet.lines("For the partner", "Signature").ink(x=150).gap().text("Date: 2 April 2026")

    assert signature(sheet) is State.NOT_FOUND


def test_the_partners_signature_beside_an_empty_one_is_none_of_the_customer():
    sheet = Sheet().text("For the customer", y=300).text("For the partner", x=330, y=300)
    sheet.text("Signature", y=330).text("Signature", x=330, y=330).ink(x=390, y=330)

    assert signature(sheet) is State.NOT_FOUND


def test_an_old_signature_is_found_and_only_the_dates_are_not():
    sheet = Sheet().lines(*CUSTOMER_BLOCK).gap(2).text("Signature").ink(x=150).gap(1.5).text("Date: 2 April 2024")

    found = states(pdf_of(sheet))
    assert (found["acknowledgement"], found["dates"]) == (State.FOUND, State.NOT_FOUND)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        (
            (
                "Certificate Of Completion",
                "DocuSign Envelope Id: 1B2C",
                "Status: Completed",
                "Carla Bianchi carla@contoso.com Signed: 02 April 2026",
            ),
            State.FOUND,
        ),
        (
            (
                "Certificate Of Completion",
                "DocuSign Envelope Id: 1B2C",
                "Status: Completed",
                "Paolo Verdi paolo@fabrikam.com Signed: 02 April 2026",
            ),
            State.NOT_FOUND,
        ),
    ],
)
def test_a_completion_certificate_counts_if_somebody_of_the_customer_signed(lines, state):
    assert signature(Sheet().lines(*lines)) is state


@pytest.mark.parametrize(
    "lines",
    [
        ("Work done", "Describe the work that was done and attach the documents."),
        ("The customer confirms that the partner deployed the products named in this document.",),
        ("We offer deployment and training to all our customers in Italy.",),
        ("The migration of the mailboxes will be carried out next year.",),
        ("Training",),
    ],
)
def test_a_form_an_offer_and_a_plan_are_no_work_done(lines):
    assert states(pdf_of(Sheet().lines(*lines)))["work"] is State.NOT_FOUND


def test_an_element_is_found_when_one_of_the_files_has_it_and_parties_only_together():
    one = pdf_of(Sheet().lines(*PARTIES, f"Tenant ID {TENANT}"))
    other = pdf_of(Sheet().text("Exchange Online was deployed. Microsoft Teams was deployed."))

    found = findings(one, other)

    assert found[ProofElement.PARTIES].state is found[ProofElement.PRODUCTS].state is State.FOUND
    assert found[ProofElement.PRODUCTS].pieces[0].file == 1
