"""Reference data, for the platform admin only: what can be claimed, by whom, for whom (domain.md 3, 7)."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.confirming import ConfirmedAdmin
from associations.countries import country_name
from associations.forms.reference import (
    CustomerTenantForm,
    HolidayOverrideForm,
    IncentiveProgramForm,
    PartnerForm,
    PartnerLocationForm,
    PartnerMemberForm,
    TenantDomainForm,
)
from associations.models import (
    CustomerTenant,
    HolidayOverride,
    IncentiveProgram,
    LocationEnrolment,
    Partner,
    PartnerLocation,
    PartnerMember,
    Product,
    Subscription,
    TenantDomain,
)
from associations.services import drafting


class KeepsItsIdentity(admin.ModelAdmin):
    """Rows that claims point at keep what says which one they are; a wrong one without claims is made anew."""

    identity: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *self.identity) if obj else tuple(fields)


@admin.register(IncentiveProgram)
class IncentiveProgramAdmin(admin.ModelAdmin):
    """One program per activity, all there from the start; open claims keep the rules they were filed under (D2)."""

    form = IncentiveProgramForm
    list_display = ("name", "code", "is_paid", "requires_validation", "opt_out_business_days")
    fields = ("code", "activity", "name", "is_paid", "requires_validation", "opt_out_business_days")
    readonly_fields = ("code", "activity")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: IncentiveProgram | None = None) -> bool:
        return False


@admin.register(HolidayOverride)
class HolidayOverrideAdmin(admin.ModelAdmin):
    """Corrections of the public holidays; open windows keep their end."""

    form = HolidayOverrideForm
    list_display = ("falls_on", "country", "is_holiday", "note")
    list_filter = ("country", "is_holiday")
    date_hierarchy = "falls_on"


@admin.register(Product)
class ProductAdmin(KeepsItsIdentity):
    """The catalogue of workloads and products."""

    identity = ("code",)
    list_display = ("name", "code", "solution_area", "group", "is_claimable", "is_revenue_only", "is_paid_eligible")
    list_filter = ("solution_area", "group", "is_claimable")
    search_fields = ("name", "code")


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):
    """Partner companies."""

    form = PartnerForm
    list_display = ("name", "global_mpn_id", "requires_second_factor")
    list_filter = ("requires_second_factor",)
    search_fields = ("name", "global_mpn_id")


class EnrolmentInline(admin.StackedInline):
    model = LocationEnrolment
    extra = 0


@admin.register(PartnerLocation)
class PartnerLocationAdmin(KeepsItsIdentity):
    """Sites of partners and where they stand in each program."""

    identity = ("partner", "mpn_id")
    form = PartnerLocationForm
    list_display = ("mpn_id", "name", "partner", "country_in_words", "partner_type")
    list_select_related = ("partner",)
    search_fields = ("mpn_id", "name", "partner__name")
    inlines = (EnrolmentInline,)

    @admin.display(description=_("country"), ordering="country")
    def country_in_words(self, location: PartnerLocation) -> str:
        return country_name(location.country)


@admin.register(PartnerMember)
class PartnerMemberAdmin(ConfirmedAdmin):
    """Who acts for which partner."""

    form = PartnerMemberForm
    list_display = ("user", "partner", "role", "all_locations")
    list_filter = ("role",)
    list_select_related = ("user", "partner")
    search_fields = ("user__email", "user__full_name", "partner__name")
    raw_id_fields = ("user",)

    def get_deleted_objects(self, objs: QuerySet[Any] | Sequence[Any], request: HttpRequest) -> tuple[Any, ...]:
        """Name the members alone: the rows that join them to locations are nothing to a reader."""
        named, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        members = PartnerMember._meta.verbose_name_plural
        counts = {name: count for name, count in counts.items() if name == members}
        lines: list[Any] = named
        return [line for line in lines if isinstance(line, str)], counts, forbidden, protected


class DomainInline(admin.StackedInline):
    model = TenantDomain
    form = TenantDomainForm
    extra = 0


@admin.register(CustomerTenant)
class CustomerTenantAdmin(KeepsItsIdentity):
    """The local directory: customers and their domain names."""

    identity = ("tenant_id",)
    form = CustomerTenantForm
    list_display = ("name", "tenant_id", "country_in_words", "time_zone")
    search_fields = ("name", "tenant_id", "domains__domain_name")
    inlines = (DomainInline,)

    @admin.display(description=_("country"), ordering="country")
    def country_in_words(self, tenant: CustomerTenant) -> str:
        return country_name(tenant.country)

    def save_model(self, request: HttpRequest, obj: CustomerTenant, form: CustomerTenantForm, change: bool) -> None:
        """Save a tenant, and let its claims be found by a new name."""
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            drafting.refresh_claims_on(obj)


@admin.register(Subscription)
class SubscriptionAdmin(KeepsItsIdentity):
    """Customers' subscriptions."""

    identity = ("subscription_id", "tenant", "product")
    list_display = ("subscription_id", "tenant", "product", "state", "channel", "ends_on")
    list_filter = ("state", "channel", "is_provisioned")
    list_select_related = ("tenant", "product")
    search_fields = ("subscription_id", "tenant__name", "product__name")
    raw_id_fields = ("tenant",)
