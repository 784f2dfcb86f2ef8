"""The name of a saved view, and who sees it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import TextField
from associations.models import Partner
from associations.models.personal import LONGEST_VIEW_NAME


class SavedViewForm(forms.Form):
    """The name of a saved view, its company, and whether colleagues see it."""

    use_required_attribute = False

    name = TextField(
        label=_("Name of the view"), max_length=LONGEST_VIEW_NAME, error_messages={"required": _("Enter a name.")}
    )
    partner = forms.ModelChoiceField(
        label=_("Company"),
        queryset=Partner.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose a company."), "invalid_choice": _("Choose a company of yours.")},
    )
    is_shared = forms.BooleanField(
        label=_("Share with colleagues"),
        required=False,
        help_text=_("Colleagues find the view in their list. Each sees only the claims that are theirs to see."),
    )

    def __init__(self, *args: Any, companies: list[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(companies) < 2:
            del self.fields["partner"]
            return
        field = self.fields["partner"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Partner.objects.filter(pk__in=[company.pk for company in companies])

    def refuse_name(self) -> None:
        """Say that the name is taken."""
        self.add_error("name", _("You have a view of that name already. Enter another name."))
