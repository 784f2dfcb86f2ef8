"""Rows of the directory: customers' tenants and their subscriptions (domain.md 2.2, 3.4)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text.form_fields import TextField
from associations.choices import SalesChannel, SubscriptionState
from associations.forms.desk.reference import CustomerTenantForm
from associations.forms.imports.rows import REQUIRED, SEPARATOR, RowForm, count_field, day_field
from associations.forms.wizard.step_form import required
from associations.models import CustomerTenant, Product, Subscription, TenantDomain
from associations.rules import identifiers
from associations.wording.messages import refusal

YES, NO = frozenset({"yes", "true", "1", "y", "sì", "si", "vero"}), frozenset({"no", "false", "0", "n", "falso"})


class TenantRow(RowForm):
    """A customer's directory with its domain names."""

    tenant_id = TextField(error_messages=required(REQUIRED))
    name = TextField(max_length=200, error_messages=required(REQUIRED))
    country = TextField(required=False)
    time_zone = TextField(required=False, max_length=64)
    domain_names = TextField(required=False)

    @property
    def key(self) -> str:
        return str(self.cleaned_data["tenant_id"])

    def clean_tenant_id(self) -> Any:
        try:
            return identifiers.normalise_tenant_id(self.cleaned_data["tenant_id"])
        except identifiers.NotATenantId as error:
            raise refusal(error.code) from error

    def clean_domain_names(self) -> list[str]:
        names = [name.strip() for name in SEPARATOR.split(self.cleaned_data["domain_names"]) if name.strip()]
        try:
            return list(dict.fromkeys(identifiers.normalise_domain_name(name) for name in names))
        except identifiers.NotADomainName as error:
            raise refusal(error.code) from error

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if "tenant_id" not in answers:
            return answers
        known = CustomerTenant.objects.filter(tenant_id=answers["tenant_id"]).first()
        details = CustomerTenantForm(answers | {"tenant_id": str(answers["tenant_id"])}, instance=known)
        for name, errors in details.errors.as_data().items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, errors)
        answers["country"] = details.cleaned_data.get("country", "")
        others = TenantDomain.objects.filter(domain_name__in=answers.get("domain_names", []))
        if others.exclude(tenant__tenant_id=answers["tenant_id"]).exists():
            self.refuse("domain_names", "DOMAIN_TENANT_MISMATCH")
        return answers


class SubscriptionRow(RowForm):
    """A purchase of one product on one tenant."""

    subscription_id = TextField(error_messages=required(REQUIRED))
    tenant_id = TextField(error_messages=required(REQUIRED))
    product = TextField(error_messages=required(REQUIRED))
    state = TextField(error_messages=required(REQUIRED))
    channel = TextField(error_messages=required(REQUIRED))
    sku = TextField(required=False, max_length=80)
    region = TextField(required=False, max_length=80)
    seats_available = count_field()
    seats_assigned = count_field()
    seats_active = count_field()
    starts_on = day_field()
    ends_on = day_field()
    is_provisioned = TextField(required=False)

    @property
    def key(self) -> str:
        return str(self.cleaned_data["subscription_id"])

    def clean_subscription_id(self) -> Any:
        try:
            return identifiers.normalise_subscription_id(self.cleaned_data["subscription_id"])
        except identifiers.NotASubscriptionId as error:
            raise refusal(error.code) from error

    def clean_tenant_id(self) -> CustomerTenant:
        try:
            tenant_id = identifiers.normalise_tenant_id(self.cleaned_data["tenant_id"])
        except identifiers.NotATenantId as error:
            raise refusal(error.code) from error
        tenant = CustomerTenant.objects.filter(tenant_id=tenant_id).first()
        if tenant is None:
            raise refusal("TENANT_UNKNOWN")
        return tenant

    def clean_product(self) -> Product:
        text = " ".join(self.cleaned_data["product"].split())
        product = (
            Product.objects.filter(code__iexact=text).first() or Product.objects.filter(name__iexact=text).first()
        )
        if product is None:
            raise refusal("PRODUCT_UNKNOWN")
        return product

    def clean_state(self) -> str:
        return choice_in(self.cleaned_data["state"], SubscriptionState.choices)

    def clean_channel(self) -> str:
        return choice_in(self.cleaned_data["channel"], SalesChannel.choices)

    def clean_is_provisioned(self) -> bool:
        text = self.cleaned_data["is_provisioned"].casefold()
        if text not in YES | NO | {""}:
            raise forms.ValidationError(_("Enter yes or no."))
        return text not in NO

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for name in ("seats_available", "seats_assigned", "seats_active"):
            answers[name] = answers.get(name) or 0
        subscription_id, tenant = answers.get("subscription_id"), answers.get("tenant_id")
        if not subscription_id or not tenant:
            return answers
        if Subscription.objects.filter(subscription_id=subscription_id).exclude(tenant=tenant).exists():
            self.refuse("tenant_id", "SUB_OTHER_TENANT")
        return answers


def choice_in(text: str, choices: list[tuple[str, Any]]) -> str:
    """Return the value of the choice that *text* names; raise ValidationError with those there are."""
    wanted = text.casefold().replace(" ", "")
    for value, label in choices:
        if wanted in (value.casefold(), str(label).casefold().replace(" ", "")):
            return value
    known = ", ".join(value for value, _label in choices)
    raise forms.ValidationError(_("Choose one of: %(known)s"), params={"known": known})
