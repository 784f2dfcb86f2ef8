"""The short steps of the wizard, one form each, and the acknowledgements that end it. Nothing here is saved.

A step's own required answers are asked for on *Continue*; *Save and come back later* takes what is there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from associations.choices import SolutionArea
from associations.countries import country_name
from associations.directory import (
    DirectoryUnavailable,
    DomainTenantMismatch,
    DomainUnknown,
    confirmed_tenant,
    domain_meant,
    tenant_of_domain,
)
from associations.forms.asking import Intent, StepForm, required
from associations.forms.messages import MESSAGES, refusal
from associations.forms.places import places_open_to
from associations.models import Claim, CustomerTenant, PartnerLocation
from associations.rules import identifiers
from associations.services.submission import is_enrolled, programs_of

WORK_COLUMNS = ("solution_area", "claims_usage", "claims_presales", "claims_revenue")


class LocationSelect(forms.Select):
    """A pick-list in which locations that can't claim are shown, with the reason, and can't be chosen."""

    closed: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        return option


class CustomerForm(StepForm):
    """**Associate a customer**: for which location, and which customer, by domain name and tenant ID."""

    may_wait = False
    optional_fields = frozenset({"tenant_id"})

    location = forms.CharField(
        label=_("MPN ID"),
        widget=LocationSelect({"class": "w-auto"}),
        help_text=_("The location of your company that works for this customer."),
        error_messages=required(_("Choose an MPN ID.")),
    )
    domain_name = forms.CharField(
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
        places = self.asked.places or places_open_to(self.asked.user, claim=self.asked.claim)
        self.locations, self.enrolled = places.locations, places.enrolled
        self.tenant: CustomerTenant | None = None
        self.found_tenant_id: UUID | None = None
        widget = self.fields["location"].widget
        widget.choices = [("", _("Choose")), *((place.mpn_id, self.label(place)) for place in self.locations)]
        widget.closed = frozenset(place.mpn_id for place in self.locations if place.pk not in self.enrolled)
        if not self.asks_for_customer:
            del self.fields["domain_name"], self.fields["tenant_id"]
        if self.asked.claim is not None:
            self.initial["location"] = self.claim.location.mpn_id
            self.initial["tenant_id"] = str(self.claim.tenant.tenant_id)

    @property
    def asks_for_customer(self) -> bool:
        """Whether the customer may still be changed: once filed, only the MPN ID can (domain.md D15)."""
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
        """Whether *location* is enrolled for the activities that the claim already names."""
        claim = self.asked.claim
        if claim is None:
            return True
        work = {name: getattr(claim, name) for name in WORK_COLUMNS}
        return is_enrolled(programs_of(Claim(location_id=location.pk, **work)))

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
        return answers

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


class WorkForm(StepForm):
    """**Solution area** and **Activity**; the answers to the other area's questions are ignored."""

    USAGE_OR_PRESALES, REVENUE = "usage", "revenue"

    solution_area = forms.ChoiceField(
        label=_("Solution area"),
        choices=SolutionArea.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose the solution area.")),
    )
    activity = forms.ChoiceField(
        label=_("Activity"),
        choices=[(USAGE_OR_PRESALES, _("Usage and/or Pre-sales")), (REVENUE, _("Revenue association"))],
        widget=forms.RadioSelect,
        required=False,
        error_messages=required(_("Choose the activity.")),
    )
    claims_usage = forms.BooleanField(
        label=_("Usage"), required=False, help_text=_("You drive adoption and use of an eligible product.")
    )
    claims_presales = forms.BooleanField(
        label=_("Pre-sales"), required=False, help_text=_("You influenced the purchase.")
    )

    def prepare(self) -> None:
        if self.initial.get("solution_area") == SolutionArea.M365:
            self.initial["claims_usage"] = False
        if self.initial.get("claims_revenue"):
            self.initial["activity"] = self.REVENUE
        elif self.initial.get("claims_usage") or self.initial.get("claims_presales"):
            self.initial["activity"] = self.USAGE_OR_PRESALES

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        area, activity = answers.get("solution_area", ""), answers.get("activity", "")
        is_business = area == SolutionArea.BA
        is_split = is_business and activity == self.USAGE_OR_PRESALES
        self.stated = {
            "solution_area": area,
            "claims_usage": area == SolutionArea.M365 or (is_split and answers["claims_usage"]),
            "claims_presales": is_split and answers["claims_presales"],
            "claims_revenue": is_business and activity == self.REVENUE,
        }
        if is_business and not self.is_for_later:
            self.ask_for_activity(answers)
        if not self.errors and not is_enrolled(programs_of(Claim(location_id=self.claim.location_id, **self.stated))):
            self.add_error("activity" if is_business else "solution_area", refusal("MPN_NOT_ENROLLED"))
        return answers

    def ask_for_activity(self, answers: Mapping[str, Any]) -> None:
        """Business Applications needs a group and, for usage and pre-sales, at least one of the two."""
        if not answers.get("activity"):
            self.add_error("activity", self.fields["activity"].error_messages["required"])
        elif answers["activity"] == self.USAGE_OR_PRESALES and not self.has_activity:
            self.add_error("claims_usage", _("Tick usage, pre-sales or both."))

    @property
    def has_activity(self) -> bool:
        return bool(self.stated["claims_usage"] or self.stated["claims_presales"])

    def facts(self) -> dict[str, Any]:
        return self.stated


class DetailsForm(StepForm):
    """**Associate customer**: the claim's name, and three more questions for a revenue association."""

    REVENUE_FIELDS = ("dynamics_solution_seller_name", "revenue_customer_name", "isv_product_solution_name")

    name = forms.CharField(
        label=_("Claim name"),
        max_length=100,
        help_text=_("Only your company and the reviewers see it."),
        error_messages=required(_("Enter a claim name.")),
    )
    dynamics_solution_seller_name = forms.CharField(
        label=_("Dynamics solution seller name"),
        max_length=200,
        error_messages=required(_("Enter the Dynamics solution seller name.")),
    )
    revenue_customer_name = forms.CharField(
        label=_("Customer name"), max_length=200, error_messages=required(_("Enter the customer name."))
    )
    isv_product_solution_name = forms.CharField(
        label=_("ISV product/solution name"),
        max_length=200,
        error_messages=required(_("Enter the ISV product/solution name.")),
    )

    def prepare(self) -> None:
        if not self.claim.claims_revenue:
            for name in self.REVENUE_FIELDS:
                del self.fields[name]
        if not self.initial.get("name"):
            self.initial["name"] = suggested_name(self.claim, self.asked.now)


def suggested_name(claim: Claim, now: datetime) -> str:
    """Return "<Customer> - <area> - <yyyy-mm>" (domain.md 2.2), short enough to be kept."""
    area = [str(claim.get_solution_area_display())] if claim.solution_area else []
    ending = " - ".join([*area, f"{now:%Y-%m}"])
    return f"{claim.tenant.name[: 97 - len(ending)]} - {ending}"


class CommentsForm(StepForm):
    """**Comments**: one remark more, or none."""

    optional_fields = frozenset({"comment"})

    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("You and the reviewers see this. The customer does not."),
        error_messages=required(_("Enter a comment.")),
    )

    def prepare(self) -> None:
        self.fields["comment"].required = self.intent is Intent.STAY


class SubmitForm(forms.Form):
    """The acknowledgements before **Submit claim** (domain.md T4)."""

    use_required_attribute = False
    optional_fields: ClassVar[frozenset[str]] = frozenset()

    data_is_right = forms.BooleanField(
        label=_("The answers above are right and the proof of execution shows the work done."),
        error_messages=required(_("Confirm that the answers are right.")),
    )
    customer_knows = forms.BooleanField(
        label=_("The customer agreed to this work and knows that a notice will arrive, which they can decline."),
        error_messages=required(_("Confirm that the customer knows of the notice.")),
    )
