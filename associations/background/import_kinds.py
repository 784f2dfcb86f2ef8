"""Lists the kinds of import, each with its columns, the form that checks a row and the function that writes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from associations.background.import_writing import (
    ImportContext,
    Written,
    write_migration,
    write_reassociation,
    write_subscription,
    write_tenant,
)
from associations.forms.imports.directory_rows import SubscriptionRow, TenantRow
from associations.forms.imports.migration_rows import MigrationRow
from associations.forms.imports.reassociation_rows import ReassociationRow
from associations.forms.imports.rows import RowForm
from associations.job_choices import JobKind


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet; the heading is its label in any language of the portal, or its key."""

    key: str
    label: Promise
    is_required: bool = False
    hint: Promise | str = ""


@dataclass(frozen=True)
class ImportKind:
    """One kind of import."""

    columns: tuple[SheetColumn, ...]
    form: type[RowForm]
    write: Callable[[Any, ImportContext], Written]


TENANT_ID = SheetColumn("tenant_id", _("Tenant ID"), hint=_("Optional where the domain name is known."))
PROOF = SheetColumn("proof", _("Proof of execution"), hint=_("The name of an uploaded file."))
SUBSCRIPTION_ID = SheetColumn("subscription_id", _("Subscription ID"), is_required=True)

KINDS: dict[JobKind, ImportKind] = {
    JobKind.REASSOCIATION: ImportKind(
        columns=(
            SheetColumn("mpn_id", _("MPN ID"), is_required=True, hint=_("Of the location, not the global one.")),
            SheetColumn("domain_name", _("Customer domain name"), is_required=True, hint="contoso.com"),
            TENANT_ID,
            SheetColumn("workloads", _("Workloads"), is_required=True, hint="EXO; TEAMS"),
            SheetColumn("claim_name", _("Claim name"), hint=_("Suggested when empty.")),
            SheetColumn("customer_name", _("Customer contact: name"), is_required=True),
            SheetColumn("customer_title", _("Customer contact: job title"), is_required=True),
            SheetColumn("customer_email", _("Customer contact: email"), is_required=True),
            SheetColumn("customer_language", _("Customer contact: language"), is_required=True, hint="en, it"),
            SheetColumn("customer_mismatch_reason", _("Why the email is not at the customer's domain")),
            SheetColumn("partner_name", _("Your company's contact: name"), hint=_("You, when empty.")),
            SheetColumn("partner_email", _("Your company's contact: email"), hint=_("Yours, when empty.")),
            PROOF,
        ),
        form=ReassociationRow,
        write=write_reassociation,
    ),
    JobKind.MIGRATION: ImportKind(
        columns=(
            SheetColumn("mpn_id", _("MPN ID"), is_required=True, hint=_("Of the company or of a location.")),
            SUBSCRIPTION_ID,
            SheetColumn("tenant_id", _("Tenant ID"), hint=_("Optional: compared with the directory.")),
            SheetColumn("activities", _("Activities"), hint="usage; pre-sales; revenue"),
            SheetColumn("starts_on", _("Official since"), hint="2020-12-31"),
            PROOF,
        ),
        form=MigrationRow,
        write=write_migration,
    ),
    JobKind.TENANTS: ImportKind(
        columns=(
            SheetColumn("tenant_id", _("Tenant ID"), is_required=True),
            SheetColumn("name", _("Name"), is_required=True),
            SheetColumn("country", _("Country"), hint="IT"),
            SheetColumn("time_zone", _("Time zone"), hint="Europe/Rome"),
            SheetColumn("domain_names", _("Domain names"), hint="contoso.com; contoso.onmicrosoft.com"),
        ),
        form=TenantRow,
        write=write_tenant,
    ),
    JobKind.SUBSCRIPTIONS: ImportKind(
        columns=(
            SUBSCRIPTION_ID,
            SheetColumn("tenant_id", _("Tenant ID"), is_required=True),
            SheetColumn("product", _("Product"), is_required=True, hint="D365_SALES"),
            SheetColumn("state", _("State"), is_required=True, hint="Active, InGracePeriod"),
            SheetColumn("channel", _("Channel"), is_required=True, hint="VL, WEB_DIRECT, CSP"),
            SheetColumn("sku", _("SKU")),
            SheetColumn("region", _("Region")),
            SheetColumn("seats_available", _("Seats available")),
            SheetColumn("seats_assigned", _("Seats assigned")),
            SheetColumn("seats_active", _("Seats active")),
            SheetColumn("starts_on", _("Starts on"), hint="2020-12-31"),
            SheetColumn("ends_on", _("Ends on"), hint="2021-12-30"),
            SheetColumn("is_provisioned", _("Activated by the customer"), hint=_("Yes, when empty.")),
        ),
        form=SubscriptionRow,
        write=write_subscription,
    ),
}
