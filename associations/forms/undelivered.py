"""**Correct contact**: who gets the notice that did not arrive (domain.md 1.6, rule c)."""

from collections.abc import Mapping
from typing import Any

from associations.choices import ContactKind
from associations.forms.contacts import ContactsForm
from associations.forms.messages import refusal
from associations.services.drafting import stored_contacts

CUSTOMER = f"{ContactKind.CUSTOMER.value}_"


class CorrectContactForm(ContactsForm):
    """The customer contact alone, asked and checked as in the wizard."""

    def prepare(self) -> None:
        for name in [name for name in self.fields if not name.startswith(CUSTOMER)]:
            del self.fields[name]
        stored = stored_contacts(self.claim)
        self.initial = {name: stored[name] for name in self.fields}

    def refuse_one_address_for_both(self, answers: Mapping[str, Any]) -> None:
        """The customer must not be asked at the partner's own address."""
        partner = stored_contacts(self.claim)["partner_email"]
        if answers.get("customer_email", "").casefold() == partner.casefold():
            self.add_error("customer_email", refusal("EMAIL_SAME"))

    def facts(self) -> dict[str, Any]:
        return {name.removeprefix(CUSTOMER): value for name, value in self.cleaned_data.items()}
