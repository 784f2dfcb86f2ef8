"""**Contacts**: the customer's person, the technical one for Dynamics 365, and the partner's own (domain.md 2.2)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.languages import Language, language_choices
from associations.forms.asking import StepForm, required
from associations.forms.messages import refusal
from associations.models import CustomerTenant
from associations.rules.identifiers import email_matches_domain, is_free_mail
from associations.services.drafting import stored_contacts

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TECHNICAL = ("technical_name", "technical_title", "technical_email")


def name_field(missing: "_StrPromise") -> forms.CharField:
    return forms.CharField(label=_("Name"), max_length=120, error_messages=required(missing))


def title_field(missing: "_StrPromise") -> forms.CharField:
    return forms.CharField(label=_("Job title"), max_length=120, error_messages=required(missing))


def email_field(missing: "_StrPromise") -> forms.EmailField:
    wrong = _("Enter an e-mail address such as name@contoso.com.")
    messages = {"required": missing, "invalid": wrong}
    return forms.EmailField(label=_("E-mail"), max_length=254, error_messages=messages)


def languages_to_choose() -> list[Language]:
    return [("", _("Choose")), *language_choices()]


class ContactsForm(StepForm):
    """The people on a claim."""

    customer_name = name_field(_("Enter the customer contact's name."))
    customer_title = title_field(_("Enter the customer contact's job title."))
    customer_email = email_field(_("Enter the customer contact's e-mail."))
    customer_mismatch_reason = forms.CharField(
        label=_("Why is the e-mail not at the customer's domain?"), max_length=200, required=False
    )
    customer_language = forms.ChoiceField(
        label=_("Language"),
        choices=languages_to_choose,
        help_text=_("The notice is written in this language."),
        error_messages=required(_("Choose the customer contact's language.")),
    )
    technical_name = name_field(_("Enter the technical contact's name."))
    technical_title = title_field(_("Enter the technical contact's job title."))
    technical_email = email_field(_("Enter the technical contact's e-mail."))
    partner_name = name_field(_("Enter your company's contact's name."))
    partner_email = email_field(_("Enter your company's contact's e-mail."))

    def prepare(self) -> None:
        if not self.claim.claims_dynamics_365:
            for name in TECHNICAL:
                del self.fields[name]
        self.suggest()

    def suggest(self) -> None:
        """Offer what is likely: the person, and for the customer the language whose code is their country's."""
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
        """Whether a Dynamics 365 product makes the technical contact necessary."""
        return "technical_name" in self.fields

    @property
    def asks_for_reason(self) -> bool:
        """Whether the question about another e-mail domain is shown."""
        return bool(self["customer_mismatch_reason"].errors or self["customer_mismatch_reason"].value())

    def clean_customer_email(self) -> str:
        return organisation_email(self.cleaned_data["customer_email"])

    def clean_technical_email(self) -> str:
        return organisation_email(self.cleaned_data["technical_email"])

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        self.refuse_one_address_for_both(answers)
        email = answers.get("customer_email", "")
        if email and is_at_the_customer(email, self.claim.domain_name, self.claim.tenant):
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


def is_at_the_customer(email: str, domain_name: str, tenant: CustomerTenant) -> bool:
    """Whether *email* is at *domain_name* or at another one of the same tenant."""
    if email_matches_domain(email, domain_name):
        return True
    others = tenant.domains.values_list("domain_name", flat=True)
    return any(email_matches_domain(email, other) for other in others)


def organisation_email(email: str) -> str:
    """Return *email*, or raise the refusal of an address that anybody can have."""
    if is_free_mail(email):
        raise refusal("EMAIL_FREE")
    return email
