"""The template of a proof: filled in from the claim, in the sections of its activity, in both languages."""

import io
import runpy
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Master

from associations.emails.facts import facts_of
from associations.models import Claim
from associations.proof_template import MASTERS, proof_template, template_name
from guides.models import ProgramGuide
from tests.factories.rules import edition_with, rules_are
from tests.stories import complete_claim, complete_dynamics_claim, complete_revenue_claim, draft_claim

ROOT = Path(__file__).parent.parent.parent
HEADINGS = {
    "parties": "1. Partner and customer",
    "acknowledgement": "2. Customer acknowledgement",
    "work": "3. Work done and supporting documents",
    "revenue": "3. Revenue association",
    "products": "4. Products by activity",
}


def opened(claim: Claim, *, language: str = "en") -> Master:
    return Document(io.BytesIO(proof_template(claim, language=language)))


def paragraphs(document: Master) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def facts(document: Master) -> dict[str, str]:
    """The first two columns of every table."""
    return {row.cells[0].text: row.cells[1].text for table in document.tables for row in table.rows}


def words(document: Master) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*paragraphs(document), *cells])


@pytest.mark.django_db
def test_template_states_the_claims_parties_and_products():
    claim = complete_claim()

    stated = facts(opened(claim))

    assert {name: stated[name] for name in list(stated)[:9]} == {
        "Claim number": claim.number,
        "Partner company": claim.partner.name,
        "Partner location and MPN ID": f"{claim.location.name}, {claim.location.mpn_id}",
        "Customer company": claim.tenant.name,
        "Customer domain name": claim.domain_name,
        "Customer tenant ID (directory ID)": str(claim.tenant.tenant_id),
        "Solution area": "Microsoft 365",
        "Activity": "Usage",
        "Products claimed": "Exchange Online\nMicrosoft Teams",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("story", "changes", "sections"),
    [
        (complete_claim, {}, ["parties", "acknowledgement", "work", "products"]),
        (complete_dynamics_claim, {}, ["parties", "acknowledgement", "work", "products"]),
        (complete_dynamics_claim, {"activity_codes": ("BA_PRESALES",)}, ["parties", "acknowledgement", "work"]),
        (complete_revenue_claim, {}, ["parties", "acknowledgement", "revenue"]),
    ],
)
def test_template_has_the_sections_of_the_activity(story, changes, sections):
    claim = story(**changes)

    text = paragraphs(opened(claim))

    assert [key for key, heading in HEADINGS.items() if heading in text] == sections


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("story", "changes", "says"),
    [
        (complete_claim, {}, ["drove their adoption and use"]),
        (complete_dynamics_claim, {}, ["drove their adoption and use", "advised it before the purchase"]),
        (complete_dynamics_claim, {"activity_codes": ("BA_PRESALES",)}, ["advised it before the purchase"]),
        (complete_revenue_claim, {}, ["influenced its choice"]),
    ],
)
def test_customer_acknowledges_only_the_activities_claimed(story, changes, says):
    text = words(opened(story(**changes)))

    statements = ["drove their adoption and use", "advised it before the purchase", "influenced its choice"]
    assert [statement for statement in statements if statement in text] == says


@pytest.mark.django_db
def test_template_of_business_applications_names_the_subscription_on_every_line():
    claim = complete_dynamics_claim()
    subscription = claim.tenant.subscriptions.get()

    table = opened(claim).tables[-1]

    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Product", "Subscription ID", "Deployed", "Adoption and use", "Document and page"],
        ["Dynamics 365 Sales", str(subscription.subscription_id), "☐", "☐", ""],
    ]


@pytest.mark.django_db
def test_template_of_a_revenue_association_states_the_three_facts():
    stated = facts(opened(complete_revenue_claim()))

    assert stated["Dynamics solution seller name"] == "Sara Seller"
    assert stated["Customer name"] == "Northwind Traders"
    assert stated["ISV product/solution name"] == "Route Planner"


@pytest.mark.django_db
def test_template_keeps_what_looks_like_markup_or_a_command_and_drops_what_no_document_holds():
    claim = complete_claim()
    claim.tenant.name = "A <b & {{ number }} {% if %}\x0b Söhne"

    document = opened(claim)

    assert facts(document)["Customer company"] == "A <b & {{ number }} {% if %} Söhne"


@pytest.mark.django_db
def test_template_leaves_no_command_behind():
    for claim in (complete_claim(), complete_dynamics_claim(), complete_revenue_claim(), draft_claim()):
        text = words(opened(claim))
        assert "{" not in text
        assert "endif" not in text


@pytest.mark.django_db
def test_template_in_italian_has_labels_and_values_of_the_claim():
    claim = complete_revenue_claim()

    document = opened(claim, language="it")

    assert "3. Associazione dei ricavi" in paragraphs(document)
    assert facts(document)["Numero della richiesta"] == claim.number


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "", "../en", "en/../it"])
def test_template_in_an_unknown_language_is_in_english(language):
    assert "Proof of execution" in paragraphs(opened(complete_claim(), language=language))


@pytest.mark.django_db
def test_template_is_named_after_the_claim():
    claim = complete_claim()

    assert template_name(claim) == f"{claim.number}-proof-template.docx"


def only_secure_adoption(guide: ProgramGuide) -> None:
    """Let an activity that the first edition doesn't have take the place of usage."""
    guide.activities.filter(code="M365_USAGE").update(
        code="M365_SECURE",
        name={"en": "Secure adoption", "it": "Adozione sicura"},
        choose_when={"en": "You roll out protection.", "it": "L'azienda introduce la protezione."},
        proof_age_months=1,
    )
    guide.products.filter(product__code__in=["EXO", "TEAMS"]).update(activities=["M365_SECURE"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "acknowledged", "explained", "age"),
    [
        (
            "en",
            "the work of the activity “Secure adoption” for the products",
            "Secure adoption: the program guide tells partners: “You roll out protection.”",
            "at most 1 month before",
        ),
        (
            "it",
            "il lavoro dell'attività “Adozione sicura” per i prodotti",
            "Adozione sicura: la guida del programma la descrive così al partner: "
            "“L'azienda introduce la protezione.”",
            "l'invio di 1 mese al massimo",
        ),
    ],
)
def test_an_activity_that_exists_only_in_an_edition_is_acknowledged_and_explained_in_its_words(
    language, acknowledged, explained, age
):
    edition_with(only_secure_adoption)
    claim = complete_claim(activity_codes=("M365_SECURE",))

    document = opened(claim, language=language)

    text = words(document)
    assert acknowledged in text
    assert age in text
    assert [[cell.text for cell in row.cells] for row in document.tables[-1].rows][1:] == [
        ["Exchange Online", ""],
        ["Microsoft Teams", ""],
    ]
    assert facts_of(claim, language=language)["activities_explained"] == [explained]


@pytest.mark.django_db
def test_template_names_the_age_of_a_proof_that_the_edition_allows():
    rules_are(proof_age_months=6)

    assert "at most 6 months before submission" in words(opened(complete_claim()))


@pytest.mark.parametrize("language", ["en", "it"])
def test_master_says_what_its_script_builds(language):
    script = runpy.run_path(str(ROOT / "bin" / "build_proof_templates.py"))
    built = script["build"]({"en": script["ENGLISH"], "it": script["ITALIAN"]}[language])

    assert words(Document(str(MASTERS / f"{language}.docx"))) == words(built)
