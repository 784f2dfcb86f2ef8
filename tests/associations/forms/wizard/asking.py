"""Asks a step's form as the wizard does."""

from datetime import UTC, datetime

from django.utils.datastructures import MultiValueDict

from associations.forms.wizard.step_form import Asked, Intent, StepForm
from associations.models import Claim, PartnerLocation, Product
from associations.services.review.competing_claims import holders_on
from associations.wizard.steps import BY_KEY, with_answers
from tests import stories
from tests.factories import (
    PartnerLocationFactory,
    PartnerMemberFactory,
)

NOW = datetime(2020, 10, 19, 8, tzinfo=UTC)


def ask(step: str, data: dict | None, *, claim: Claim | None = None, user=None, intent=Intent.CONTINUE, files=()):
    """The step's form, bound to *data* or as it is first shown, as the wizard would make it."""
    here = BY_KEY[step]
    holders = None
    if claim is not None:
        claim = with_answers(Claim.objects.all()).get(pk=claim.pk)
        user = user or claim.created_by
        holders = holders_on(claim.tenant, besides=claim)
    asked = Asked(user=user, now=NOW, claim=claim, holders=holders)
    initial = here.read(claim) if claim else {}
    uploads = None if data is None else MultiValueDict({"proofs": list(files)})
    return here.form(data, uploads, asked=asked, initial=initial, intent=intent)


def codes(form: StepForm) -> dict[str, list[str | None]]:
    return {field: [error.code for error in errors] for field, errors in form.errors.as_data().items()}


def location_of_admin(**fields) -> tuple[PartnerLocation, object]:
    location = PartnerLocationFactory(**fields)
    return location, PartnerMemberFactory(partner=location.partner).user


def dynamics_draft(**fields) -> Claim:
    return stories.draft_claim(solution_area="BA", **({"activity_codes": ("BA_USAGE",)} | fields))


def select(*codes_of_products: str, **picks: str) -> dict[str, str]:
    """Return the posted fields of selected products, and of picked subscriptions by product code."""
    ids = dict(Product.objects.values_list("code", "pk"))
    selected = {f"product_{ids[code]}": "on" for code in codes_of_products}
    return selected | {f"subscription_{ids[code]}": value for code, value in picks.items()}


def field_of(code: str, *, kind: str = "product") -> str:
    return f"{kind}_{Product.objects.get(code=code).pk}"
