"""Forms for the platform admin's reference data, checked before later steps use it (domain.md 2.2, 3)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import DomainField
from associations.calendars import UnknownZone, country_code, zone_for
from associations.choices import ListedBy
from associations.models import (
    CustomerTenant,
    HolidayOverride,
    Partner,
    PartnerLocation,
    PartnerMember,
    TenantDomain,
)
from associations.rules.identifiers import NotADomainName, NotAnMpnId, normalise_domain_name, normalise_mpn_id
from associations.wording.messages import refusal


def checked_mpn_id(text: str) -> str:
    """Return the digits of an MPN ID, or raise ValidationError."""
    try:
        return normalise_mpn_id(text)
    except NotAnMpnId as error:
        raise refusal("MPN_FORMAT") from error


def checked_country(text: str) -> str:
    """Return the two letters of a country, or raise ValidationError."""
    code = country_code(text)
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise ValidationError(_("A country has two letters, such as IT."))
    return code


class HolidayOverrideForm(forms.ModelForm):
    """A day on which the list of a country's public holidays is wrong."""

    class Meta:
        model = HolidayOverride
        fields = ("country", "falls_on", "is_holiday", "note")
        help_texts = {
            "country": _("Two letters, such as IT."),
            "is_holiday": _("Selected: a holiday. Not selected: a working day, whatever the list says."),
            "note": _("Why, for your colleagues."),
        }

    def clean_country(self) -> str:
        return checked_country(self.cleaned_data["country"])


class PartnerForm(forms.ModelForm):
    """A partner company."""

    class Meta:
        model = Partner
        fields = ("name", "global_mpn_id", "requires_second_factor")

    def clean_global_mpn_id(self) -> str:
        return checked_mpn_id(self.cleaned_data["global_mpn_id"])


class PartnerLocationForm(forms.ModelForm):
    """A site of a partner."""

    class Meta:
        model = PartnerLocation
        fields = ("partner", "mpn_id", "name", "country", "partner_type")

    def clean_mpn_id(self) -> str:
        mpn_id = checked_mpn_id(self.cleaned_data["mpn_id"])
        if Partner.objects.filter(global_mpn_id=mpn_id).exists():
            raise ValidationError(_("This is a partner's global MPN ID, which can't be used for incentives."))
        return mpn_id

    def clean_country(self) -> str:
        return checked_country(self.cleaned_data["country"])


class PartnerMemberForm(forms.ModelForm):
    """One person's role, for all locations of the partner or for some."""

    class Meta:
        model = PartnerMember
        fields = ("user", "partner", "role", "all_locations", "locations")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        partner, locations = facts.get("partner"), facts.get("locations") or ()
        if any(location.partner_id != getattr(partner, "pk", None) for location in locations):
            self.add_error("locations", _("Choose locations of this partner only."))
        if not facts.get("all_locations") and not locations:
            self.add_error("locations", _("Choose at least one location, or all locations."))
        return facts


class CustomerTenantForm(forms.ModelForm):
    """A customer's directory, whose country and zone decide the opt-out window."""

    class Meta:
        model = CustomerTenant
        fields = ("name", "tenant_id", "country", "time_zone")
        help_texts = {"time_zone": _("A name such as Europe/Rome. Windows that are open keep their end.")}

    def clean_country(self) -> str:
        return checked_country(self.cleaned_data["country"])

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        try:
            zone_for("", name)
        except UnknownZone as error:
            raise ValidationError(_("This is not the name of a time zone.")) from error
        return name


class TenantDomainForm(forms.ModelForm):
    """A domain name, kept as DNS stores it."""

    domain_name = DomainField(label=_("domain name"), max_length=253)

    class Meta:
        model = TenantDomain
        fields = ("domain_name",)

    def clean_domain_name(self) -> str:
        try:
            return normalise_domain_name(self.cleaned_data["domain_name"])
        except NotADomainName as error:
            raise refusal("DOMAIN_FORMAT") from error

    def clean(self) -> dict[str, Any]:
        """Keep the platform admin as the source of a domain name that is saved."""
        self.instance.listed_by = ListedBy.ADMIN
        return super().clean() or self.cleaned_data
