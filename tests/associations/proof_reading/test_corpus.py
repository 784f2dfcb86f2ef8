"""A corpus of proofs with elements present, absent and misleading: how often the reader says the right thing.

The figures that docs/proof-reader.md tells are those of this test; `-s` prints them.
"""

import random
from collections import Counter

import pytest

from associations.files import recognition
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.findings import State
from guides.choices import ProofElement
from tests.associations.proof_reading.papers import Sheet, docx_of, handwriting, pdf_of, scan_pdf
from tests.associations.proof_reading.reading import TENANT, findings

Pool = dict[str, dict[str, tuple[tuple[str, ...], ...]]]
# By language and element: ways to say it, and what only seems to say it.
SAID: Pool = {
    "en": {
        "parties": (
            ("Partner: Fabrikam Consulting S.r.l.", "Customer: Contoso S.p.A.", f"Tenant ID: {TENANT}"),
            ("This report is about the work of Fabrikam Consulting at Contoso.", "Domain: contoso.com"),
            ("Supplier: Fabrikam Consulting", "Client: Contoso", "contoso.onmicrosoft.com"),
        ),
        "work": (
            ("We migrated 1,200 mailboxes and trained forty key users on site.",),
            ("Our engineers configured the policies and supported the pilot group.",),
            ("Four workshops about adoption were held with all departments.",),
        ),
        "products": (
            ("Exchange Online", "Microsoft Teams"),
            ("Mail is with Exchange Online now, and meetings are with Microsoft Teams.",),
            ("[x] Exchange Online", "[x] Microsoft Teams", "[ ] Yammer"),
        ),
        "dates": (
            ("The work took place from 12 January 2026 to 30 March 2026.",),
            ("Project period: 2026-01-12 to 2026-03-30",),
            ("Go-live: March 2026",),
        ),
    },
    "it": {
        "parties": (
            ("Partner: Fabrikam Consulting S.r.l.", "Cliente: Contoso S.p.A.", f"ID tenant: {TENANT}"),
            ("Fornitore: Fabrikam Consulting", "Committente: Contoso", "Dominio: contoso.com"),
        ),
        "work": (
            ("Abbiamo migrato 1.200 caselle e formato quaranta utenti chiave.",),
            ("I nostri tecnici hanno configurato i criteri e affiancato il gruppo pilota.",),
        ),
        "products": (
            ("Exchange Online", "Microsoft Teams"),
            ("La posta è ora su Exchange Online e le riunioni sono su Microsoft Teams.",),
        ),
        "dates": (
            ("Le attività sono state svolte dal 12 gennaio 2026 al 30 marzo 2026.",),
            ("Periodo: 12/01/2026 - 30/03/2026",),
        ),
    },
}
MISLEADING: Pool = {
    "en": {
        "parties": (("Customer: Northwind Traders", "Prepared by the project office"),),
        "work": (("Describe the work and attach the documents.",), ("We offer training to everybody.",)),
        "products": (("Out of scope:", "- Exchange Online", "- Microsoft Teams"), ("[ ] Exchange Online",)),
        "dates": (("Template version of 12 March 2026",), ("The work took place in May 2024.",)),
    },
    "it": {
        "parties": (("Cliente: Northwind Traders", "A cura dell'ufficio progetti"),),
        "work": (("Descrivere il lavoro e allegare i documenti.",), ("Offriamo formazione a tutti.",)),
        "products": (("Fuori ambito:", "- Exchange Online", "- Microsoft Teams"),),
        "dates": (("Modello aggiornato il 12 marzo 2026",), ("Le attività sono state svolte a maggio 2024.",)),
    },
}
BLOCK = {
    "en": ("For the customer", "Signature", "Date: 2 April 2026"),
    "it": ("Per il cliente", "Firma", "Data: 2 aprile 2026"),
}
TEXT_ELEMENTS = ("parties", "work", "products", "dates")
ELEMENTS = (*TEXT_ELEMENTS, "acknowledgement")


def paper_of(random_: random.Random, language: str, absent: set[str], kind: ProofKind) -> tuple[bytes, dict[str, int]]:
    """Return a paper without some elements, and on which page each of the others stands."""
    pages: list[list[str]] = [["Report" if language == "en" else "Relazione"], ["2"]]
    where = {}
    for number, element in enumerate(TEXT_ELEMENTS, start=1):
        pool = (MISLEADING if element in absent else SAID)[language][element]
        page = random_.randrange(2)
        pages[page] += [f"{number}. {'Section' if language == 'en' else 'Sezione'}", *random_.choice(pool), ""]
        where[element] = page + 1
    where["acknowledgement"] = 2
    is_signed, (owner, label, date) = "acknowledgement" not in absent, BLOCK[language]
    if kind is ProofKind.DOCX:
        blocks = [line for page in pages for line in page if line]
        return docx_of(
            *blocks, owner, [[label], [handwriting() if is_signed else ""], [date if is_signed else ""]]
        ), {}
    sheets = [Sheet().lines(*page) for page in pages]
    last = sheets[1].gap(2).text(owner).gap(2).text(label)
    last.rule(x=130)
    if is_signed:
        last.ink(x=140)
        # An old signature is a signature; its date must not stand for that of the work.
        last.gap(1.5).text(date if "dates" not in absent else date.replace("2026", "2024"))
    return pdf_of(*sheets), where


def tally(count: int, *, seed: int, kinds: tuple[ProofKind, ...], is_scan: bool = False) -> Counter[str]:
    """Return how often elements were found when present and when absent, and on the right page."""
    random_, counts = random.Random(seed), Counter[str]()  # noqa: S311 - the same papers each time
    for number in range(count):
        language, kind = ("en", "it")[number % 2], kinds[number % len(kinds)]
        absent = {element for element in ELEMENTS if random_.random() < 0.35}
        if kind is ProofKind.DOCX and "dates" in absent:
            absent.add("acknowledgement")
        data, where = paper_of(random_, language, absent, kind)
        found = findings(scan_pdf(data, degrees=random_.choice((-1, 0, 1))) if is_scan else data, kind=kind)
        for element in TEXT_ELEMENTS if is_scan else ELEMENTS:
            finding = found[ProofElement(element)]
            is_found = finding.state is State.FOUND
            counts["absent" if element in absent else "present"] += 1
            counts["wrong" if element in absent and is_found else "right" if is_found else "other"] += 1
            if is_found and element not in absent and where:
                counts["placed"] += 1
                counts["page"] += finding.pieces[0].spots[0]["number"] == where[element]
    return counts


@pytest.mark.slow
def test_born_digital_papers_are_read_rightly():
    counts = tally(120, seed=16, kinds=(ProofKind.PDF, ProofKind.DOCX))
    print(dict(counts))

    assert counts["present"] > 300
    assert counts["absent"] > 150
    assert counts["right"] >= 0.98 * counts["present"]
    assert counts["wrong"] <= 0.02 * counts["absent"]
    assert counts["page"] >= 0.97 * counts["placed"]


@pytest.mark.skipif(not recognition.is_installed(), reason="Tesseract is not installed")
@pytest.mark.slow
def test_scans_are_read_rightly():
    counts = tally(4, seed=17, kinds=(ProofKind.PDF,), is_scan=True)
    print(dict(counts))

    assert counts["present"] >= 8
    assert counts["right"] >= 0.93 * counts["present"]
    assert counts["wrong"] == 0
