"""Forms to invite a colleague with a role and locations, and to request access (domain.md 7)."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import AddressField
from associations.choices import MemberRole
from associations.forms.text_fields import LongTextField
from associations.models import Partner, PartnerLocation

LONGEST_MESSAGE = 500


class RoleForm(forms.Form):
    """A role in one company, for all of its locations or for those selected."""

    use_required_attribute = False

    role = forms.TypedChoiceField(
        label=_("Role"),
        choices=MemberRole.choices,
        coerce=MemberRole,
        widget=forms.RadioSelect,
        help_text=_(
            "Incentives admins file claims, incentives users prepare them. Global admins give roles and see claims,"
            " billing admins see claims. Report viewers see usage data only."
        ),
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role.")},
    )
    all_locations = forms.BooleanField(label=_("All locations"), required=False, initial=True)
    locations = forms.ModelMultipleChoiceField(
        label=_("Only these locations"),
        queryset=PartnerLocation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Clear All locations first."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, company: Partner, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        cast(forms.ModelMultipleChoiceField, self.fields["locations"]).queryset = company.locations.all()

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("all_locations"):
            if answers.get("locations"):
                self.add_error("all_locations", _("Choose all locations or only some, not both."))
        elif answers.get("role") == MemberRole.GLOBAL_ADMIN:
            self.add_error("all_locations", _("A global admin has all locations."))
        elif "locations" in answers and not answers["locations"]:
            self.add_error("locations", _("Choose at least one location, or all locations."))
        return answers


class InviteForm(RoleForm):
    """The invited person and their role."""

    email = AddressField(
        label=_("Email address"),
        help_text=_("The invitation goes there. It is also the name to sign in with."),
        error_messages={"required": _("Enter an email address.")},
    )
    field_order = ("email",)


class AccessRequestForm(forms.Form):
    """A request for access to the global admins of one of the person's companies."""

    use_required_attribute = False

    company = forms.ModelChoiceField(
        label=_("Company"),
        queryset=Partner.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a company."), "invalid_choice": _("Choose a company.")},
    )
    message = LongTextField(
        label=_("What do you need access for?"),
        required=False,
        max_length=LONGEST_MESSAGE,
        rows=4,
        help_text=_("Optional. Name the role and the locations you need."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, companies: QuerySet[Partner]) -> None:
        super().__init__(data)
        cast(forms.ModelChoiceField, self.fields["company"]).queryset = companies
        only = list(companies[:2])
        if len(only) == 1:
            self.fields["company"].widget = forms.HiddenInput()
            self.initial["company"] = only[0]
