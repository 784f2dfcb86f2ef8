"""**Correct contact** and **Replace contact**: the person to whom a new notice goes (domain.md 1.6, rule c; D21)."""

from collections.abc import Mapping
from typing import Any

from accounts.text.email_addresses import wire_address
from associations.choices import ContactKind
from associations.forms.wizard.contacts import ContactsForm
from associations.services.claim.answers import stored_contacts
from associations.wording.messages import refusal

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
        partner = wire_address(stored_contacts(self.claim)["partner_email"])
        if answers.get("customer_email", "").casefold() == partner.casefold():
            self.add_error("customer_email", refusal("EMAIL_SAME"))

    def facts(self) -> dict[str, Any]:
        return {name.removeprefix(CUSTOMER): value for name, value in self.cleaned_data.items()}


class ReplaceContactForm(CorrectContactForm):
    """Another customer contact, at another address, instead of one that isn't confirmed (domain.md D21)."""

    def prepare(self) -> None:
        super().prepare()
        self.current_email = wire_address(self.initial["customer_email"])
        # Somebody else is asked for; the language is likely the same.
        self.initial = {"customer_language": self.initial["customer_language"]}

    def clean_customer_email(self) -> str:
        email = super().clean_customer_email()
        if email.casefold() == self.current_email.casefold():
            raise refusal("CONTACT_SAME")
        return email
