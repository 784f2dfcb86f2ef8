"""**Contacts**: the customer's person, the technical one for Dynamics 365, and the partner's own (domain.md 2.2)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.languages import Language, language_choices
from accounts.text.email_addresses import name_and_address
from accounts.text.form_fields import AddressField, PersonNameField, TextField
from associations.choices import ContactKind
from associations.directory import is_confirmed_contact_of
from associations.forms.wizard.earlier_claims import last_claim_with_people
from associations.forms.wizard.step_form import StepForm, required
from associations.models import Claim
from associations.questions import TECHNICAL_CONTACT
from associations.rules.identifiers import is_free_mail
from associations.services.claim.answers import stored_contacts
from associations.wording.contact_standing import ContactStanding, standing_of
from associations.wording.messages import refusal

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def name_field(missing: "StrPromise") -> PersonNameField:
    return PersonNameField(label=_("Name"), max_length=120, error_messages=required(missing))


def title_field(missing: "StrPromise") -> TextField:
    return TextField(label=_("Job title"), max_length=120, error_messages=required(missing))


def email_field(missing: "StrPromise") -> AddressField:
    return AddressField(label=_("Email"), error_messages=required(missing))


def languages_to_choose() -> list[Language]:
    return [("", _("Choose")), *language_choices()]


class ContactsForm(StepForm):
    """The people on a claim."""

    customer_name = name_field(_("Enter the customer contact's name."))
    customer_title = title_field(_("Enter the customer contact's job title."))
    customer_email = email_field(_("Enter the customer contact's email."))
    customer_mismatch_reason = TextField(
        label=_("Why is the email not at the customer's domain?"), max_length=200, required=False
    )
    customer_language = forms.ChoiceField(
        label=_("Language"),
        choices=languages_to_choose,
        help_text=_("The notice is written in this language."),
        error_messages=required(_("Choose the customer contact's language.")),
    )
    technical_name = name_field(_("Enter the technical contact's name."))
    technical_title = title_field(_("Enter the technical contact's job title."))
    technical_email = email_field(_("Enter the technical contact's email."))
    partner_name = name_field(_("Enter your company's contact's name."))
    partner_email = email_field(_("Enter your company's contact's email."))

    def prepare(self) -> None:
        if self.is_bound:
            self.data = with_pasted_names(self.data)
        if not TECHNICAL_CONTACT.is_asked(self.claim):
            for fact in TECHNICAL_CONTACT.facts:
                del self.fields[fact.name]
        self.earlier: Claim | None = None
        if self.asked.suggests:
            self.suggest()

    def suggest(self) -> None:
        """Offer what is likely: the people of the last claim for this customer, or the person and a language."""
        if not self.is_bound and not any(self.initial.get(name) for name in self.fields):
            self.earlier = last_claim_with_people(self.claim, user=self.asked.user)
        if self.earlier:
            known = stored_contacts(self.earlier)
            self.initial.update((name, known[name]) for name in self.fields)
        language = self.claim.tenant.country.lower()
        likely = {
            "customer_language": language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
            "partner_name": self.asked.user.full_name,
            "partner_email": self.asked.user.email,
        }
        for name, value in likely.items():
            self.initial[name] = self.initial.get(name) or value

    @property
    def asks_for_technical(self) -> bool:
        """True if a Dynamics 365 product requires the technical contact."""
        return "technical_name" in self.fields

    @property
    def asks_for_reason(self) -> bool:
        """True if the question about another email domain is shown from the start."""
        answer = self["customer_mismatch_reason"]
        return bool(answer.errors or answer.value() or self.contact_standing.asks_for_reason)

    @cached_property
    def contact_standing(self) -> ContactStanding:
        """The words that say if the address in the form is the customer's; a POST asks the public directory, too."""
        return standing_of(str(self["customer_email"].value() or ""), self.claim, asks_public=self.is_bound)

    def question(self, name: str) -> str:
        """Return the question with the person it is about: the form asks it for several people."""
        contact = ContactKind(name.partition("_")[0])
        return f"{contact.label}: {super().question(name)}"

    def clean_customer_email(self) -> str:
        return organisation_email(self.cleaned_data["customer_email"])

    def clean_technical_email(self) -> str:
        return organisation_email(self.cleaned_data["technical_email"])

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        self.refuse_one_address_for_both(answers)
        email = answers.get("customer_email", "")
        if email and is_confirmed_contact_of(self.claim.tenant, email):
            answers["customer_mismatch_reason"] = ""
        elif email and not answers.get("customer_mismatch_reason") and not self.is_for_later:
            self.add_error("customer_mismatch_reason", refusal("EMAIL_OTHER_DOMAIN"))
        return answers

    def refuse_one_address_for_both(self, answers: Mapping[str, Any]) -> None:
        """The customer must not be asked at the partner's own address."""
        customer, partner = answers.get("customer_email", ""), answers.get("partner_email", "")
        if customer and customer.casefold() == partner.casefold():
            self.add_error("partner_email", refusal("EMAIL_SAME"))

    def facts(self) -> dict[str, Any]:
        return stored_contacts(self.claim) | self.cleaned_data


def with_pasted_names(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return *data* in which a pasted "Name <address>" gives the address, and the name where none was typed."""
    answers = dict(data.items())
    for kind in ContactKind:
        name, address = name_and_address(str(answers.get(f"{kind.value}_email", "")))
        if name and not answers.get(f"{kind.value}_name"):
            answers[f"{kind.value}_name"] = name
        if name:
            answers[f"{kind.value}_email"] = address
    return answers


def organisation_email(email: str) -> str:
    """Return *email*, or raise the refusal of an address that anybody can have."""
    if is_free_mail(email):
        raise refusal("EMAIL_FREE")
    return email
