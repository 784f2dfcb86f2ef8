"""Asks for the location for which an existing association is claimed again."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.models import PartnerLocation


class RenewForm(forms.Form):
    """The location of the new claim: the association itself belongs to the whole company."""

    use_required_attribute = False

    location = forms.ChoiceField(
        label=_("MPN ID"),
        help_text=_("The location of your company that works for this customer."),
        error_messages={"required": _("Choose an MPN ID."), "invalid_choice": _("Choose an MPN ID.")},
    )

    def __init__(self, *args: Any, locations: Sequence[PartnerLocation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locations = {str(place.pk): place for place in locations}
        named = [(key, str(place)) for key, place in self.locations.items()]
        field = cast(forms.ChoiceField, self.fields["location"])
        # With one location there is nothing to choose.
        field.choices = named if len(named) == 1 else [("", _("Choose")), *named]

    def chosen(self) -> PartnerLocation:
        return self.locations[self.cleaned_data["location"]]
