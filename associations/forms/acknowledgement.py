"""The forms by which a customer acknowledges the work: who does, and the code that was sent (domain.md D26)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import PersonNameField, TextField
from associations.rules.customer.acknowledgement import read_digits

LONGEST_TYPED = 20


class SignerForm(forms.Form):
    """Name and title of who acknowledges. Nothing is filled in: a robot that presses every button types neither."""

    name = PersonNameField(
        label=_("Your full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your full name")},
    )
    title = TextField(
        label=_("Job title"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": _("Enter your job title")},
    )


class CodeForm(forms.Form):
    """The code of six digits, read however it is typed."""

    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_TYPED,
        help_text=_("Six digits, from the email that we sent just now."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code from the email")},
    )

    def clean_code(self) -> str:
        code = read_digits(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("Enter the six digits of the code, such as 204 816"))
        return code

    def refuse(self) -> None:
        """Say of a code that it doesn't work, and never why."""
        self.add_error("code", _("This code doesn't work. Check it, or ask for a new one."))
