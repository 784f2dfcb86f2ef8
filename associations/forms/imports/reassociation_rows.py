"""A row of a re-association, checked in the words of the wizard (domain.md 2.2, 2.3, R4)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.languages import names_of
from accounts.text.form_fields import AddressField, PersonNameField, TextField
from associations.choices import ClaimStatus
from associations.directory import is_contact_of
from associations.forms.imports.rows import SEPARATOR, BackedRow
from associations.forms.wizard.contacts import (
    email_field,
    name_field,
    organisation_email,
    title_field,
)
from associations.forms.wizard.customer import CustomerForm
from associations.forms.wizard.step_form import Asked, required
from associations.models import Claim, CustomerTenant, PartnerLocation, Product
from associations.rules.review.competing import Holding
from associations.services.review.competing_claims import holders_on, holding
from associations.wording.messages import MESSAGES, refusal_of
from guides.editions import Activity


class ReassociationRow(BackedRow):
    """A customer of the partner whose workloads are to be claimed again (domain.md R4)."""

    mpn_id = TextField(error_messages=required(_("Choose an MPN ID.")))
    domain_name = TextField(error_messages=required(_("Enter the customer's domain name.")))
    tenant_id = TextField(required=False)
    workloads = TextField(error_messages=required(_("Choose at least one product.")))
    claim_name = TextField(required=False, max_length=100)
    customer_name = name_field(_("Enter the customer contact's name."))
    customer_title = title_field(_("Enter the customer contact's job title."))
    customer_email = email_field(_("Enter the customer contact's email."))
    customer_language = TextField(error_messages=required(_("Choose the customer contact's language.")))
    customer_mismatch_reason = TextField(max_length=200, required=False)
    partner_name = PersonNameField(max_length=120, required=False)
    partner_email = AddressField(required=False)

    location: PartnerLocation
    tenant: CustomerTenant | None = None
    # What the row claims its workloads for.
    activity: Activity | None = None

    @property
    def key(self) -> str:
        codes = ",".join(sorted(product.code for product in self.products))
        return f"{self.location.partner_id}:{self.tenant.tenant_id if self.tenant else ''}:{codes}"[:300]

    def clean_workloads(self) -> list[Product]:
        self.products = products_in(self.cleaned_data["workloads"], known=self.desk.workloads)
        self.activity = self.desk.activity_for(self.products)
        if self.activity is None:
            raise forms.ValidationError(_("These workloads need claims of their own: give each solution area a row."))
        return self.products

    def clean_customer_language(self) -> str:
        text = self.cleaned_data["customer_language"].casefold()
        for code, _name in settings.LANGUAGES:
            if text in names_of(code):
                return code
        raise forms.ValidationError(_("Choose the customer contact's language."))

    def clean_customer_email(self) -> str:
        return organisation_email(self.cleaned_data["customer_email"])

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        answers["partner_name"] = answers.get("partner_name") or self.user.get_full_name()
        answers["partner_email"] = answers.get("partner_email") or self.user.email
        self.find_customer(answers)
        email = answers.get("customer_email", "")
        if email and email.casefold() == str(answers["partner_email"]).casefold():
            self.refuse("partner_email", "EMAIL_SAME")
        if email and self.tenant and is_contact_of(self.tenant, email):
            answers["customer_mismatch_reason"] = ""
        elif email and self.tenant and not answers.get("customer_mismatch_reason"):
            self.refuse("customer_email", "EMAIL_OTHER_DOMAIN")
        if self.tenant and answers.get("workloads") and not self.errors:
            self.judge_items(answers["workloads"])
        if "proof" not in self.errors and not answers.get("proof"):
            self.warnings.append(str(MESSAGES["POE_MISSING"]))
        return answers

    def find_customer(self, answers: dict[str, Any]) -> None:
        """Ask the wizard's first page, and take its answers."""
        asked = {
            "location": answers.get("mpn_id", ""),
            "domain_name": answers.get("domain_name", ""),
            "tenant_id": answers.get("tenant_id", ""),
        }
        known = Asked(user=self.user, now=self.now, places=self.desk.places, suggests=False)
        page = CustomerForm(asked, asked=known)
        if page.is_valid() and page.tenant:
            self.location, self.tenant = page.cleaned_data["location"], page.tenant
            answers["domain_name"] = page.cleaned_data["domain_name"]
            self.warnings += [str(warning) for warning in page.warnings]
            if self.activity and not self.desk.is_enrolled_for(self.activity, self.location):
                self.refuse("mpn_id", "MPN_NOT_ENROLLED")
            return
        for name, errors in page.errors.as_data().items():
            column = "mpn_id" if name == "location" else name
            if column not in self.errors:
                self.add_error(column, errors)

    def judge_items(self, products: list[Product]) -> None:
        """Refuse what the company has already; warn of what others hold."""
        assert self.tenant  # noqa: S101 - asked by the caller
        mine = Claim.objects.filter(partner=self.location.partner_id, tenant=self.tenant, status=ClaimStatus.DRAFT)
        draft = mine.filter(items__product__in=products).first()
        if draft is not None:
            self.is_known = True
            self.warnings.append(gettext("Draft %(number)s claims it already.") % {"number": draft.number})
        holders = holders_on(self.tenant)
        standings = {
            product.name: holding(
                holders.get((product.pk, None), ()),
                partner_id=self.location.partner_id,
                activities=[self.activity.code] if self.activity else [],
            )
            for product in products
        }
        own = [name for name, standing in standings.items() if standing is Holding.OWN_DUPLICATE]
        others = [name for name, standing in standings.items() if standing is Holding.OTHERS]
        self.warnings += [f"{name}: {MESSAGES['ITEM_HELD_BY_OTHER']}" for name in others]
        if len(own) == len(standings):
            # The sheet came before, and its draft was filed since: nothing is wrong with the row.
            self.is_known = True
            self.warnings += [f"{name}: {MESSAGES['ITEM_DUPLICATE_OWN']}" for name in own]
            return
        for name in own:
            self.add_error("workloads", refusal_of(name, code="ITEM_DUPLICATE_OWN"))


def products_in(text: str, *, known: Mapping[str, Product]) -> list[Product]:
    """Return the *known* products that *text* names; raise the refusal of the first unknown one."""
    written = (" ".join(name.split()) for name in SEPARATOR.split(text))
    names = list(dict.fromkeys(filter(None, written)))
    for name in names:
        if name.casefold() not in known:
            raise refusal_of(name, code="ITEM_NOT_CLAIMABLE")
    if not names:
        raise forms.ValidationError(_("Choose at least one product."))
    return list(dict.fromkeys(known[name.casefold()] for name in names))
