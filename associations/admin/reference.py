"""Reference data, for the platform admin only: what can be claimed, by whom, for whom (domain.md 3, 7)."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_search import FoldedSearch
from accounts.sign_in.reauthentication import ConfirmedAdmin
from accounts.text.form_fields import ADMIN_FIELDS
from associations.countries import country_name
from associations.forms.desk.reference import (
    CustomerTenantForm,
    HolidayOverrideForm,
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
from associations.services.claim.search_columns import refresh_claims_on


class KeepsItsIdentity(admin.ModelAdmin):
    """Identifying columns are read-only once claims refer to the row; a wrong row without claims is replaced."""

    identity: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *self.identity) if obj else tuple(fields)


@admin.register(IncentiveProgram)
class IncentiveProgramAdmin(KeepsItsIdentity):
    """The programs in which locations are enrolled. Editions say which activities they pay, and the rules (D22)."""

    formfield_overrides = ADMIN_FIELDS
    identity = ("code",)
    list_display = ("name", "code")
    fields = ("code", "name")

    def has_delete_permission(self, request: HttpRequest, obj: IncentiveProgram | None = None) -> bool:
        return False


@admin.register(HolidayOverride)
class HolidayOverrideAdmin(admin.ModelAdmin):
    """Corrections of the public holidays; open windows keep their end."""

    formfield_overrides = ADMIN_FIELDS
    form = HolidayOverrideForm
    list_display = ("falls_on", "country", "is_holiday", "note")
    list_filter = ("country", "is_holiday")
    date_hierarchy = "falls_on"


@admin.register(Product)
class ProductAdmin(FoldedSearch, KeepsItsIdentity):
    """The workloads and products that editions name. What can be claimed, and under which name, is theirs to say."""

    formfield_overrides = ADMIN_FIELDS
    identity = ("code",)
    list_display = ("name", "code", "solution_area", "group")
    fields = ("code", "name", "solution_area", "group")
    list_filter = ("solution_area", "group")
    search_fields = ("code",)
    folded_here = ("name",)


@admin.register(Partner)
class PartnerAdmin(FoldedSearch):
    """Partner companies."""

    formfield_overrides = ADMIN_FIELDS
    form = PartnerForm
    list_display = ("name", "global_mpn_id", "requires_second_factor")
    list_filter = ("requires_second_factor",)
    search_fields = ("folded_name", "global_mpn_id")


class EnrolmentInline(admin.StackedInline):
    model = LocationEnrolment
    extra = 0


@admin.register(PartnerLocation)
class PartnerLocationAdmin(FoldedSearch, KeepsItsIdentity):
    """Sites of partners and their enrolment in each program."""

    identity = ("partner", "mpn_id")
    formfield_overrides = ADMIN_FIELDS
    form = PartnerLocationForm
    list_display = ("mpn_id", "name", "partner", "country_in_words", "partner_type")
    list_select_related = ("partner",)
    search_fields = ("mpn_id", "partner__folded_name")
    folded_here = ("name",)
    inlines = (EnrolmentInline,)

    @admin.display(description=_("country"), ordering="country")
    def country_in_words(self, location: PartnerLocation) -> str:
        return country_name(location.country)


@admin.register(PartnerMember)
class PartnerMemberAdmin(ConfirmedAdmin, FoldedSearch):
    """Memberships: which person acts for which partner."""

    form = PartnerMemberForm
    list_display = ("user", "partner", "role", "all_locations")
    list_filter = ("role",)
    list_select_related = ("user", "partner")
    search_fields = ("partner__folded_name",)
    folded_here = ("user__email", "user__full_name")
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
    readonly_fields = ("listed_by",)
    extra = 0


@admin.register(CustomerTenant)
class CustomerTenantAdmin(FoldedSearch, KeepsItsIdentity):
    """The local directory: customers and their domain names."""

    identity = ("tenant_id",)
    formfield_overrides = ADMIN_FIELDS
    form = CustomerTenantForm
    list_display = ("name", "tenant_id", "country_in_words", "time_zone")
    search_fields = ("folded_name", "tenant_id", "domains__folded_name")
    inlines = (DomainInline,)

    def save_model(self, request: HttpRequest, obj: CustomerTenant, form: CustomerTenantForm, change: bool) -> None:
        """Save a tenant, and let its claims be found by a new name."""
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            refresh_claims_on(obj)

    @admin.display(description=_("country"), ordering="country")
    def country_in_words(self, tenant: CustomerTenant) -> str:
        return country_name(tenant.country)


@admin.register(Subscription)
class SubscriptionAdmin(FoldedSearch, KeepsItsIdentity):
    """Customers' subscriptions."""

    formfield_overrides = ADMIN_FIELDS
    identity = ("subscription_id", "tenant", "product")
    list_display = ("subscription_id", "tenant", "product", "state", "channel", "ends_on")
    list_filter = ("state", "channel", "is_provisioned")
    list_select_related = ("tenant", "product")
    search_fields = ("subscription_id", "tenant__folded_name", "product__name")
    raw_id_fields = ("tenant",)
