"""**Download template**: the proof of execution, filled in from a claim, as its activity needs it (domain.md 4.1).

The masters are separate documents, one per language, so that they can be edited in a word processor.
"""

import io
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import translation
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from accounts.text.readable import domain_in_full
from associations.models import Claim, ClaimedProduct
from associations.rules.proof_files import MEDIA_TYPES, ProofKind
from associations.rules.proof_reading.texts import TEMPLATE_MARK
from guides.choices import AskedFact

MASTERS = Path(__file__).parent / "proof_templates"
MEDIA_TYPE = MEDIA_TYPES[ProofKind.DOCX]
# The kinds of activity whose work the masters describe; that of others is described by their edition.
KINDS_WITH_WORDS = frozenset({"usage", "presales"})
# What XML can't hold would make a document that no word processor opens.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class TemplateItem:
    """One line of the products by activity."""

    name: str
    subscription: str


def proof_template(claim: Claim, *, language: str) -> bytes:
    """Return the template of *claim* as a .docx in *language*, or in English where there is no such master.

    The claim is read with its partner, location, tenant and items; what it does not state yet stays empty.
    """
    master = MASTERS / f"{language}.docx"
    if language not in dict(settings.LANGUAGES) or not master.exists():
        language, master = "en", MASTERS / "en.docx"
    document = DocxTemplate(master)
    with translation.override(language):
        facts = template_facts(claim)
    document.render(facts, jinja_env=SandboxedEnvironment(autoescape=True))
    document.docx.core_properties.keywords = TEMPLATE_MARK
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def template_name(claim: Claim) -> str:
    """Return the file's name."""
    return f"{claim.number}-proof-template.docx"


def template_facts(claim: Claim) -> dict[str, object]:
    """Return what the master says about *claim*, labels in the active language."""
    items, kinds = [item_of(item) for item in claim.items.all()], {activity.kind for activity in claim.activities}
    is_revenue = claim.asks(AskedFact.ISV_PRODUCT)
    return {
        "number": claim.number,
        "partner": writable(claim.partner.name),
        "location": writable(f"{claim.location.name}, {claim.location.mpn_id}"),
        "customer": writable(claim.tenant.name),
        "domain_name": writable(domain_in_full(claim.domain_name)),
        "tenant_id": str(claim.tenant.tenant_id),
        "solution_area": claim.edition.area_name(claim.solution_area),
        "activities": ", ".join(str(activity.name) for activity in claim.activities),
        "products": "\n".join(", ".join(filter(None, (item.name, item.subscription))) for item in items),
        "items": items,
        "has_subscriptions": any(item.subscription for item in items),
        "is_usage": "usage" in kinds,
        "is_presales": "presales" in kinds,
        "is_revenue": is_revenue,
        "other_activities": [
            {"name": str(activity.name), "choose_when": str(activity.choose_when)}
            for activity in claim.activities
            if activity.kind not in KINDS_WITH_WORDS and not is_revenue
        ],
        "months": claim.rules.proof_age_months,
        "seller": writable(claim.dynamics_solution_seller_name),
        "revenue_customer": writable(claim.revenue_customer_name),
        "isv_solution": writable(claim.isv_product_solution_name),
    }


def item_of(item: ClaimedProduct) -> TemplateItem:
    """Return one claimed product as the template names it."""
    subscription = str(item.subscription.subscription_id) if item.subscription else ""
    return TemplateItem(writable(item.name), subscription)


def writable(text: str) -> str:
    """Return *text* without the characters that a document can't hold."""
    return UNWRITABLE.sub("", text)
