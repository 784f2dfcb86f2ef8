"""The form by which a customer's contact asks for the link to all requests that name them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import AddressField, AddressInput


class RequestsLinkForm(forms.Form):
    """The address at which notices arrive."""

    address = AddressField(
        label=_("Your email address"),
        help_text=_("The address at which you got a notice."),
        widget=AddressInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter your email address")},
    )
