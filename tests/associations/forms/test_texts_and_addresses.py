"""No form of the portal takes a text, a name or an address as it came: each has a field that cleans it."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.contrib import admin
from django.db import models
from django.test import RequestFactory

from accounts import forms as account_forms
from accounts.models import User
from accounts.sign_in import passkeys
from accounts.text.form_fields import AddressField, PersonNameField, TextField
from associations import forms as claim_forms
from associations.models import CustomerTenant, HolidayOverride, IncentiveProgram, Partner, PartnerLocation
from associations.questions import DETAILS

# What these take is no text: another rule says what it is, and throws characters that nobody sees away.
IDENTIFIERS = {
    "activities",
    "channel",
    "contact_email",
    "customer_language",
    "domain_name",
    "domain_names",
    "global_mpn_id",
    "is_provisioned",
    "location",
    "mpn_id",
    "number",
    "product",
    "proof",
    "state",
    "subscription_id",
    "tenant_id",
    "workloads",
}
OF_OTHERS = {"password", "code", "credential"}


def modules() -> Iterator[object]:
    yield from (account_forms, passkeys)
    for found in walk_packages(claim_forms.__path__, f"{claim_forms.__name__}."):
        yield import_module(found.name)


def our_forms() -> set[type[forms.Form]]:
    """Return the forms of the portal; those of the admin get their fields from it, and are looked at below."""
    found = {value for module in modules() for value in vars(module).values() if isinstance(value, type)}
    ours = {value for value in found if value.__module__.startswith(("accounts", "associations"))}
    return {value for value in ours if issubclass(value, forms.Form)}


@pytest.mark.parametrize("form", sorted(our_forms(), key=str))
def test_every_text_of_a_form_is_cleaned(form):
    loose = {
        name
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField) and not isinstance(field, TextField | AddressField)
    }

    assert loose <= IDENTIFIERS | OF_OTHERS


def test_every_text_about_the_details_of_a_claim_is_cleaned():
    fields = [question.form_field() for question in DETAILS]

    assert all(isinstance(field, TextField | forms.DateField) for field in fields)


@pytest.mark.parametrize("name", ["customer_name", "technical_name", "partner_name", "full_name"])
def test_the_name_of_a_person_is_one(name):
    fields = [form.base_fields[name] for form in our_forms() if name in form.base_fields]

    assert fields
    assert all(isinstance(field, PersonNameField) for field in fields)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Partner, PartnerLocation, CustomerTenant, IncentiveProgram, HolidayOverride, User])
def test_every_text_of_the_admin_is_cleaned(model):
    desk = admin.site.get_model_admin(model)
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    form = desk.get_form(request, obj=None if model is not User else User(), change=model is User)

    for name, field in form.base_fields.items():
        column = model._meta.get_field(name)
        if isinstance(column, models.CharField) and not column.choices and name not in IDENTIFIERS | OF_OTHERS:
            assert isinstance(field, TextField | AddressField), name
