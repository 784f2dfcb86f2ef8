"""Whom a global admin invites, in which role and where; and what a person says who asks for access (domain.md 7)."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from associations.choices import MemberRole
from associations.models import Partner, PartnerLocation

LONGEST_MESSAGE = 500


class RoleForm(forms.Form):
    """A role in one company, for all of its locations or for those ticked."""

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
        help_text=_("Take the tick from All locations first."),
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
    """Who is invited, and the role they get."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The invitation goes there. It is also the name to sign in with."),
        error_messages={"required": _("Enter an e-mail address."), "invalid": _("Enter a valid e-mail address.")},
    )
    field_order = ("email",)


class AccessRequestForm(forms.Form):
    """What a person tells the global admins, and of which company where they belong to several."""

    use_required_attribute = False

    company = forms.ModelChoiceField(
        label=_("Company"),
        queryset=Partner.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a company."), "invalid_choice": _("Choose a company.")},
    )
    message = forms.CharField(
        label=_("What do you need access for?"),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Optional. Name the role and the locations you need."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, companies: QuerySet[Partner]) -> None:
        super().__init__(data)
        cast(forms.ModelChoiceField, self.fields["company"]).queryset = companies
        only = list(companies[:2])
        if len(only) == 1:
            self.fields["company"].widget = forms.HiddenInput()
            self.initial["company"] = only[0]
