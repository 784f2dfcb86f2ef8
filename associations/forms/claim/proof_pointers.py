"""Asks where the elements stand that the portal did not find in the files."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import TextField
from associations.models import Claim, ProofPointer
from guides.choices import ProofElement

LONGEST = ProofPointer._meta.get_field("text").max_length or 200


class ProofPointersForm(forms.Form):
    """One field for each element, and for each product of the claim."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, claim: Claim) -> None:
        super().__init__(data)
        for about in abouts_of(claim):
            self.fields[about] = TextField(label=_("Where is it?"), max_length=LONGEST, required=False)

    def places(self) -> dict[str, str]:
        """Return the places that were sent, by what they are about; a field that was not drawn changes nothing."""
        return {about: str(text).strip() for about, text in self.cleaned_data.items() if about in self.data}


def abouts_of(claim: Claim) -> list[str]:
    """Return what a place can be told of: each element, and each product of the claim."""
    products = [f"product:{item.product.code}" for item in claim.items.all()]
    return [*(element.value for element in ProofElement if element is not ProofElement.PRODUCTS), *products]
