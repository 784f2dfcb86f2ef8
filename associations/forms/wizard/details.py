"""**Associate customer**: the claim's name, and the questions of a revenue association."""

from datetime import datetime

from associations.forms.wizard.earlier_claims import last_revenue_claim
from associations.forms.wizard.step_form import StepForm
from associations.models import CustomerTenant
from associations.questions import DETAILS, MORE_DETAILS, columns_of
from associations.services.claim.answers import stored_facts
from associations.services.claim.drafting import unused_name
from guides.choices import AskedFact


class DetailsForm(StepForm):
    """**Associate customer**: a text for each question of `DETAILS` that this claim is asked."""

    def prepare(self) -> None:
        claim = self.claim
        for question in DETAILS:
            if question.is_asked(claim):
                self.fields[question.name] = question.form_field()
        if self.asked.suggests:
            self.suggest()

    def suggest(self) -> None:
        """Offer an unused name, and what the company's last revenue association with this customer stated."""
        claim, likely = self.claim, {}
        if not self.initial.get("name"):
            name = suggested_name(claim.tenant, claim.edition.area_name(claim.solution_area), self.asked.now)
            likely["name"] = unused_name(name, partner_id=claim.partner_id)
        if claim.asks(AskedFact.ISV_PRODUCT) and not self.is_bound:
            earlier = last_revenue_claim(claim, user=self.asked.user)
            likely |= stored_facts(earlier, columns_of(MORE_DETAILS)) if earlier else {}
            likely["revenue_customer_name"] = likely.get("revenue_customer_name") or claim.tenant.name
        for name, value in likely.items():
            self.initial[name] = self.initial.get(name) or value


def suggested_name(tenant: CustomerTenant, area: str, now: datetime) -> str:
    """Return "<Customer> - <area> - <yyyy-mm>" (domain.md 2.2), short enough to be kept."""
    ending = " - ".join(filter(None, [area, f"{now:%Y-%m}"]))
    return f"{tenant.name[: 97 - len(ending)]} - {ending}"
