"""A claim of tests, and what the reader finds in a file for it."""

import io
from datetime import date
from importlib import import_module
from pathlib import Path

import yaml
from django.conf import settings

from associations.files.proof_texts import READERS, recognized
from associations.rules.proof_files import ProofKind
from associations.rules.proof_reading.asides import with_asides
from associations.rules.proof_reading.evidence import ClaimFacts, Evidence, evidence_in
from associations.rules.proof_reading.findings import FileEvidence, FileState, Finding, State, findings_of
from associations.rules.proof_reading.product_names import ProductNames
from associations.rules.proof_reading.texts import Part, part_of
from guides.choices import ProofElement

TENANT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
OTHER_TENANT = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
TODAY = date(2026, 11, 30)
FIRST_EDITION = Path(settings.BASE_DIR) / "guides" / "first_edition" / "2020-09.yaml"
CATALOG = tuple(
    ProductNames(row["product"], row["name"], (*row["former_names"], *row["synonyms"]))
    for row in yaml.safe_load(FIRST_EDITION.read_text())["products"]
)
FACTS = ClaimFacts(
    partner="Fabrikam Consulting S.r.l.",
    customer="Contoso S.p.A.",
    tenant_id=TENANT,
    domains=("contoso.com", "contoso.onmicrosoft.com"),
    products=(ProductNames("EXO", "Exchange Online"), ProductNames("TEAMS", "Microsoft Teams")),
    catalog=CATALOG,
    people=("Carla Bianchi",),
)
EN = {
    "parties": [
        "1. Parties",
        "Partner: Fabrikam Consulting S.r.l.",
        "Customer: Contoso S.p.A.",
        f"Tenant ID: {TENANT}",
    ],
    "work": [
        "2. Work done",
        "Fabrikam migrated 1,200 mailboxes and trained the key users in four workshops.",
        "The adoption of chat and meetings was supported on site until the go-live.",
    ],
    "products": ["3. Products", "Exchange Online", "Microsoft Teams"],
    "dates": ["4. Period", "The work was carried out from 12 January 2026 to 30 March 2026."],
}
IT = {
    "parties": ["1. Parti", "Partner: Fabrikam Consulting S.r.l.", "Cliente: Contoso S.p.A.", f"ID tenant: {TENANT}"],
    "work": [
        "2. Attività svolte",
        "Fabrikam ha migrato 1.200 caselle di posta e formato gli utenti chiave in quattro incontri.",
        "L'adozione della chat e delle riunioni è stata affiancata in sede fino all'avvio.",
    ],
    "products": ["3. Prodotti", "Exchange Online", "Microsoft Teams"],
    "dates": ["4. Periodo", "Le attività sono state svolte dal 12 gennaio 2026 al 30 marzo 2026."],
}


def parts_in(data: bytes, kind: ProofKind) -> list[Part]:
    """Return the text of a file, read in this process: tests of the sandbox ask a child."""
    reader = import_module(READERS[kind])
    parts = [part_of(told) for told in reader.read(io.BytesIO(data), kind=kind.value)]
    return with_asides(list(recognized(parts, io.BytesIO(data), kind=kind)))


def evidence_of(data: bytes, kind: ProofKind, *, facts: ClaimFacts = FACTS) -> Evidence:
    return evidence_in(parts_in(data, kind), facts)


def findings(
    *files: bytes, kind: ProofKind = ProofKind.PDF, facts: ClaimFacts = FACTS, on: date = TODAY
) -> dict[ProofElement, Finding]:
    """Return the findings about a claim that has these files."""
    read = [
        FileEvidence(number, FileState.READ, evidence_of(data, kind, facts=facts)) for number, data in enumerate(files)
    ]
    codes = [product.code for product in facts.products]
    return {
        each.element: each for each in findings_of(read, elements=list(ProofElement), products=codes, on=on, months=12)
    }


def states(
    *files: bytes, kind: ProofKind = ProofKind.PDF, facts: ClaimFacts = FACTS, on: date = TODAY
) -> dict[str, State]:
    return {element.value: each.state for element, each in findings(*files, kind=kind, facts=facts, on=on).items()}


def piece(found: dict[ProofElement, Finding], element: ProofElement, key: str) -> State:
    return next(each.state for each in found[element].pieces if each.key == key)
