"""The forms by which anybody checks that a notice or a sealed PDF is genuine."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.files.seals.checking import LARGEST_SEALED
from associations.rules.customer.notice_codes import read_code
from associations.rules.identifiers import NotAClaimNumber, claim_id_of

AS_PRINTED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
LONGEST = 60


class VerifyForm(forms.Form):
    """The claim number and the code, read however they are typed. The code is empty when the email has none."""

    optional_fields: ClassVar = frozenset({"code"})

    number = forms.CharField(
        label=_("Claim number"),
        max_length=LONGEST,
        help_text=_("For example CPOR-0000123."),
        widget=forms.TextInput(attrs=AS_PRINTED),
        error_messages={"required": _("Enter the claim number that the email names")},
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST,
        required=False,
        help_text=_("Eight letters and digits, for example 7K2M-9Q4T. Leave it empty if the email has no code."),
        widget=forms.TextInput(attrs=AS_PRINTED),
    )

    def clean_number(self) -> int:
        try:
            return claim_id_of(self.cleaned_data["number"])
        except NotAClaimNumber as error:
            raise forms.ValidationError(_("Enter a claim number such as CPOR-0000123")) from error

    def clean_code(self) -> Any:
        typed = self.cleaned_data["code"]
        code = read_code(typed)
        if typed and not code:
            raise forms.ValidationError(_("Enter the eight letters and digits of the code, such as 7K2M-9Q4T"))
        return code


class VerifyDocumentForm(forms.Form):
    """The PDF whose seal is checked. Its name and declared type don't matter."""

    document = forms.FileField(
        label=_("Sealed PDF"),
        help_text=_(
            "The acknowledgement as you got it, up to 2 MB. A scan or a copy that was saved anew has no seal."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"required": _("Choose the PDF"), "empty": _("This file is empty: choose the PDF")},
    )

    def clean_document(self) -> Any:
        document = self.cleaned_data["document"]
        if document.size > LARGEST_SEALED:
            raise forms.ValidationError(_("This file is larger than 2 MB, which none of our documents is"))
        return document
