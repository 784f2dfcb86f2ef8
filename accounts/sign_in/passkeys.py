"""The form that adds a passkey."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import TextField


class AddPasskeyForm(AddWebAuthnForm):
    """The passkey's name, and whether it signs in by itself: that is what most want, so it is chosen."""

    name = TextField(
        label=_("Name of the passkey"),
        required=False,
        max_length=60,
        help_text=_("To tell it from your others, such as the name of the device."),
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone"),
        required=False,
        initial=True,
        help_text=_("Without email and password. The device then asks for a fingerprint, a face or a PIN."),
    )
