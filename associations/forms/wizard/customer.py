"""**Associate a customer**: the first page of the wizard."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import DomainField
from associations.countries import country_name
from associations.directory import (
    DirectoryUnavailable,
    DomainTenantMismatch,
    DomainUnknown,
    confirmed_tenant,
    domain_meant,
    tenant_of_domain,
)
from associations.forms.wizard.closed_options import SelectWithClosedOptions
from associations.forms.wizard.draftable_locations import places_open_to
from associations.forms.wizard.earlier_claims import last_claim_at
from associations.forms.wizard.step_form import StepForm, required
from associations.models import Claim, CustomerTenant, PartnerLocation
from associations.rules import identifiers
from associations.services.claim.programs import is_enrolled
from associations.wording.messages import MESSAGES, refusal


class CustomerForm(StepForm):
    """**Associate a customer**: for which location, and which customer, by domain name and tenant ID."""

    may_wait = False
    optional_fields = frozenset({"tenant_id"})

    location = forms.CharField(
        label=_("MPN ID"),
        widget=SelectWithClosedOptions({"class": "cpor-w-auto"}),
        help_text=_(
            "The location of your company that works for this customer."
            " If you leave it empty, we offer that of your last claim for the customer."
        ),
        error_messages=required(_("Choose an MPN ID.")),
    )
    domain_name = DomainField(
        label=_("Customer domain name"),
        help_text=_("For example contoso.com or contoso.onmicrosoft.com."),
        error_messages=required(_("Enter the customer's domain name.")),
    )
    tenant_id = forms.CharField(
        label=_("Directory ID (tenant ID)"),
        required=False,
        help_text=_("Leave it empty to take the one that is known for the domain name."),
    )

    def prepare(self) -> None:
        places = self.asked.places or places_open_to(self.asked.user, claim=self.asked.claim, now=self.asked.now)
        self.locations, self.enrolled = places.locations, places.enrolled
        self.tenant: CustomerTenant | None = None
        self.found_tenant_id: UUID | None = None
        widget = self.fields["location"].widget
        widget.choices = [("", _("Choose")), *((place.mpn_id, self.label(place)) for place in self.locations)]
        widget.closed = frozenset(place.mpn_id for place in self.locations if place.pk not in self.enrolled)
        self.earlier: Claim | None = None
        if not self.asks_for_customer:
            del self.fields["domain_name"], self.fields["tenant_id"]
        if self.asked.claim is not None:
            self.initial["location"] = self.claim.location.mpn_id
            self.initial["tenant_id"] = str(self.claim.tenant.tenant_id)
            wrong: dict[str, tuple[str, ...]] = {"location": ("location",), "tenant": ("domain_name", "tenant_id")}
            self.initial.update(dict.fromkeys(wrong.get(self.claim.to_correct, ()), ""))
        elif len(self.enrolled) == 1:
            self.initial["location"] = next(place.mpn_id for place in self.locations if place.pk in self.enrolled)

    @property
    def asks_for_customer(self) -> bool:
        """True if the customer can still be changed; of a filed claim only the MPN ID can (domain.md D15)."""
        return self.asked.claim is None or self.asked.claim.submitted_at is None

    def label(self, location: PartnerLocation) -> str:
        """Return "1234567 · Name · Country · Enrolled"."""
        is_enrolled = location.pk in self.enrolled
        state = _("Enrolled") if is_enrolled else _("Not enrolled in an incentive program")
        parts = [location.mpn_id, location.name, location.partner_type, country_name(location.country), str(state)]
        return " · ".join(part for part in parts if part)

    def clean_location(self) -> PartnerLocation:
        try:
            mpn_id = identifiers.normalise_mpn_id(self.cleaned_data["location"])
        except identifiers.NotAnMpnId as error:
            raise refusal(error.code) from error
        location = next((place for place in self.locations if place.mpn_id == mpn_id), None)
        if location is None:
            is_global = any(place.partner.global_mpn_id == mpn_id for place in self.locations)
            raise refusal("MPN_IS_GLOBAL" if is_global else "MPN_NO_ROLE")
        if location.pk not in self.enrolled or not self.is_enrolled_for_the_work(location):
            raise refusal("MPN_NOT_ENROLLED")
        return location

    def is_enrolled_for_the_work(self, location: PartnerLocation) -> bool:
        """Return whether *location* is enrolled for the activities that the claim already names."""
        claim = self.asked.claim
        return claim is None or is_enrolled(location.pk, claim.activities)

    def clean_domain_name(self) -> str:
        try:
            return domain_meant(identifiers.normalise_domain_name(self.cleaned_data["domain_name"]))
        except identifiers.NotADomainName as error:
            raise refusal(error.code) from error

    def clean_tenant_id(self) -> UUID | None:
        # The button under a refused pair of identifiers carries the tenant ID that was found for the domain name.
        text = self.data.get("found_tenant_id") or self.cleaned_data["tenant_id"]
        if not text:
            return None
        try:
            return identifiers.normalise_tenant_id(text)
        except identifiers.NotATenantId as error:
            raise refusal(error.code) from error

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if self.asks_for_customer and {"domain_name", "tenant_id"} <= answers.keys():
            self.find_tenant(answers["domain_name"], answers["tenant_id"])
        tenant = self.tenant if self.asks_for_customer else self.claim.tenant
        location = answers.get("location")
        if tenant and location and tenant.country and location.country != tenant.country:
            self.warnings.append(MESSAGES["COUNTRY_MISMATCH"])
        if tenant and self.asked.suggests and self.asked.claim is None:
            self.compare_with_last_claim(tenant, location)
        return answers

    def compare_with_last_claim(self, tenant: CustomerTenant, location: PartnerLocation | None) -> None:
        """Offer the MPN ID of the last claim for *tenant* if none was chosen, and say so if another one was."""
        places = [place for place in self.locations if place.pk in self.enrolled]
        last = last_claim_at(places, tenant=tenant, user=self.asked.user)
        if last is None:
            return
        if location and location.pk != last.location_id:
            text = _("Your last claim for this customer, %(number)s, has another MPN ID: %(mpn_id)s.")
            self.warnings.append(str(text) % {"number": last.number, "mpn_id": last.location.mpn_id})
        elif not location and not self.data.get("location"):
            self.earlier = last
            self.data = dict(self.data.items()) | {"location": last.location.mpn_id}
            del self.errors["location"]

    def find_tenant(self, domain_name: str, tenant_id: UUID | None) -> None:
        """Ask the directory for the customer, and offer what it knows when the two identifiers disagree."""
        try:
            self.tenant = confirmed_tenant(domain_name, tenant_id) if tenant_id else tenant_of_domain(domain_name)
        except DirectoryUnavailable:
            self.add_error("domain_name", refusal("DOMAIN_UNCHECKED"))
        except DomainUnknown:
            self.add_error("domain_name", refusal("DOMAIN_UNKNOWN"))
        except DomainTenantMismatch as mismatch:
            self.found_tenant_id = mismatch.tenant.tenant_id
            self.add_error("tenant_id", refusal("DOMAIN_TENANT_MISMATCH"))

    def facts(self) -> dict[str, Any]:
        facts = {"location_id": self.cleaned_data["location"].pk}
        if self.tenant is not None:
            facts |= {"domain_name": self.cleaned_data["domain_name"], "tenant_id": self.tenant.pk}
        return facts
