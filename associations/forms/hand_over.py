"""The form of the colleague to whom a customer's contact hands the request over (domain.md D21)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_choices
from accounts.text.email_addresses import wire_address
from accounts.text.form_fields import AddressField, PersonNameField, TextField
from accounts.text.readable import domain_in_full
from associations import emails
from associations.choices import ContactKind
from associations.directory import is_confirmed_contact_of
from associations.models import CustomerNotice
from associations.wording.messages import refusal


class HandOverForm(forms.Form):
    """Name, title, address and language of the colleague."""

    colleague_name = PersonNameField(
        label=_("Your colleague's full name"),
        max_length=120,
        error_messages={"required": _("Enter your colleague's full name")},
    )
    colleague_title = TextField(
        label=_("Job title"), max_length=120, error_messages={"required": _("Enter your colleague's job title")}
    )
    colleague_email = AddressField(
        label=_("Email"), error_messages={"required": _("Enter your colleague's email address")}
    )
    colleague_language = forms.ChoiceField(
        label=_("Language"), choices=language_choices, help_text=_("The notice is written in this language.")
    )

    def __init__(self, *args: Any, notice: CustomerNotice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = notice
        domain_name = domain_in_full(notice.claim.domain_name)
        self.fields["colleague_email"].help_text = _(
            "An address of your organization, such as one at %(domain_name)s. The new notice goes there."
        ) % {"domain_name": domain_name}

    def clean_colleague_email(self) -> str:
        """Return the address if it is of the customer, of somebody else than the contact and the partner's people."""
        email: str = self.cleaned_data["colleague_email"]
        claim = self.notice.claim
        if email.casefold() == wire_address(self.notice.contact_email).casefold():
            raise refusal("HAND_OVER_SAME")
        partner = wire_address(emails.contact_of(claim, ContactKind.PARTNER).email)
        if email.casefold() == partner.casefold() or not is_confirmed_contact_of(claim.tenant, email):
            raise refusal("HAND_OVER_ELSEWHERE", domain_name=domain_in_full(claim.domain_name))
        return email

    def colleague(self) -> dict[str, str]:
        """Return the checked facts by the names of a contact's fields."""
        return {name.removeprefix("colleague_"): value for name, value in self.cleaned_data.items()}
