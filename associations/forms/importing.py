"""An uploaded sheet, and each of its rows, checked in the words of the wizard (domain.md 2.2, 2.3, R4, R5)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from associations.choices import Activity, ClaimStatus, SalesChannel, SolutionArea, SubscriptionState
from associations.forms.asking import Asked, required
from associations.forms.contacts import email_field, is_at_the_customer, name_field, organisation_email, title_field
from associations.forms.messages import MESSAGES, refusal, refusal_of
from associations.forms.proofs import SeveralFilesField
from associations.forms.reference import CustomerTenantForm
from associations.forms.steps import CustomerForm
from associations.models import (
    Association,
    Claim,
    CustomerTenant,
    JobFile,
    Partner,
    PartnerLocation,
    Product,
    Subscription,
    TenantDomain,
)
from associations.rules import identifiers
from associations.rules.competing import Holding
from associations.rules.evidence import ProofKind, ProofRefused, check_proof, display_name
from associations.rules.sheets import NumberedRow, SheetRefused, read_sheet
from associations.services.competing import holders_on, holding
from associations.services.jobs import AttachedFile
from associations.services.submission import is_enrolled, programs_of

SEPARATOR = re.compile(r"[;,|\n]")
EXCEL_EPOCH = date(1899, 12, 30)
YES, NO = frozenset({"yes", "true", "1", "y", "sì", "si", "vero"}), frozenset({"no", "false", "0", "n", "falso"})
REQUIRED = _("This answer is missing.")


class SheetForm(forms.Form):
    """The sheet itself."""

    use_required_attribute = False
    optional_fields = frozenset({"shared_proof", "proofs"})

    sheet = forms.FileField(
        label=_("Sheet"),
        help_text=_("CSV or XLSX, with the columns of the template."),
        error_messages=required(_("Select a sheet.")) | {"empty": MESSAGES["SHEET_EMPTY"]},
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def attached(self) -> Iterator[AttachedFile]:
        """Yield the checked files that came with the valid sheet."""
        yield from ()

    def clean_sheet(self) -> list[NumberedRow]:
        file: UploadedFile = self.cleaned_data["sheet"]
        size = file.size or 0
        if size > settings.IMPORT_MAX_BYTES:
            raise refusal_of(file.name or "", code="SHEET_SIZE", limit=filesizeformat(settings.IMPORT_MAX_BYTES))
        self.file_name = display_name(file.name or "")[:255]
        try:
            return read_sheet(cast(BinaryIO, file), size=size, most_rows=settings.IMPORT_MAX_ROWS)
        except SheetRefused as refused:
            raise refusal_of(file.name or "", code=refused.code, limit=str(settings.IMPORT_MAX_ROWS)) from refused


class SheetWithProofsForm(SheetForm):
    """The sheet with proofs of execution: one for all rows, or those that the rows name."""

    shared_proof = forms.FileField(
        label=_("Proof of execution for every row"),
        help_text=_("It is attached for every row that names no file of its own."),
        required=False,
    )
    proofs = SeveralFilesField(
        label=_("Proofs of execution that rows name"),
        help_text=_("Their file names stand in the column for the proof."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shared: tuple[UploadedFile, ProofKind] | None = None
        self.named: list[tuple[UploadedFile, ProofKind]] = []

    def clean_shared_proof(self) -> None:
        file = self.cleaned_data["shared_proof"]
        self.shared = (file, checked_proof(file)) if file else None

    def clean_proofs(self) -> None:
        files: list[UploadedFile] = self.cleaned_data["proofs"] or []
        names = [display_name(file.name or "") for file in files]
        if len(set(names)) < len(names):
            raise forms.ValidationError(_("Two files have the same name."))
        if len(files) > settings.IMPORT_MAX_PROOFS:
            raise forms.ValidationError(
                _("An import takes %(limit)s files."), params={"limit": settings.IMPORT_MAX_PROOFS}
            )
        self.named = [(file, checked_proof(file)) for file in files]

    def attached(self) -> Iterator[AttachedFile]:
        if self.shared:
            yield attached_file(*self.shared, is_shared=True)
        for file, kind in self.named:
            yield attached_file(file, kind, is_shared=False)


def attached_file(file: UploadedFile, kind: ProofKind, *, is_shared: bool) -> AttachedFile:
    return AttachedFile(file=file, name=display_name(file.name or ""), kind=kind.value, is_shared=is_shared)


def checked_proof(file: UploadedFile) -> ProofKind:
    """Return the kind of an acceptable proof, or raise its refusal."""
    name = display_name(file.name or "")
    try:
        return check_proof(file=cast(BinaryIO, file), name=name, size=file.size or 0, max_bytes=settings.POE_MAX_BYTES)
    except ProofRefused as refused:
        raise refusal_of(name, code=refused.code.value, limit=filesizeformat(settings.POE_MAX_BYTES)) from refused


class RowForm(forms.Form):
    """One row of a sheet, checked for its owner."""

    def __init__(self, cells: dict[str, str], *, user: User, now: datetime, proofs: Mapping[str, JobFile]) -> None:
        super().__init__(cells)
        self.user, self.now, self.proofs = user, now, proofs
        self.warnings: list[str] = []
        # Whether the row says nothing that is not so already.
        self.is_known = False

    @property
    def key(self) -> str:
        """What a second row of the same sheet must not say again."""
        return ""

    def refuse(self, name: str, code: str) -> None:
        self.add_error(name, refusal(code))


class BackedRow(RowForm):
    """A row that may name one of the proofs that came with the sheet."""

    proof = forms.CharField(required=False)

    def clean_proof(self) -> JobFile | None:
        """Return the file that the row names, or the one for every row, whose name is empty."""
        name = str(self.cleaned_data["proof"])
        if name and name not in self.proofs:
            raise forms.ValidationError(_("No file of this name was uploaded: %(name)s"), params={"name": name})
        return self.proofs.get(name)


class ReassociationRow(BackedRow):
    """A Microsoft 365 customer of the partner's, to be claimed anew (domain.md R4)."""

    mpn_id = forms.CharField(error_messages=required(_("Choose an MPN ID.")))
    domain_name = forms.CharField(error_messages=required(_("Enter the customer's domain name.")))
    tenant_id = forms.CharField(required=False)
    workloads = forms.CharField(error_messages=required(_("Choose at least one product.")))
    claim_name = forms.CharField(required=False, max_length=100)
    customer_name = name_field(_("Enter the customer contact's name."))
    customer_title = title_field(_("Enter the customer contact's job title."))
    customer_email = email_field(_("Enter the customer contact's e-mail."))
    customer_language = forms.CharField(error_messages=required(_("Choose the customer contact's language.")))
    customer_mismatch_reason = forms.CharField(max_length=200, required=False)
    partner_name = forms.CharField(max_length=120, required=False)
    partner_email = forms.EmailField(max_length=254, required=False)

    location: PartnerLocation
    tenant: CustomerTenant | None = None

    @property
    def key(self) -> str:
        codes = ",".join(sorted(product.code for product in self.products))
        return f"{self.location.partner_id}:{self.tenant.tenant_id if self.tenant else ''}:{codes}"[:300]

    def clean_workloads(self) -> list[Product]:
        self.products = products_in(self.cleaned_data["workloads"], area=SolutionArea.M365)
        return self.products

    def clean_customer_language(self) -> str:
        text = self.cleaned_data["customer_language"].casefold()
        for code, label in settings.LANGUAGES:
            if text in (code, str(label).casefold(), *OTHER_NAMES.get(code, ())):
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
        if email and self.tenant and is_at_the_customer(email, answers["domain_name"], self.tenant):
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
        page = CustomerForm(asked, asked=Asked(user=self.user, now=self.now))
        if page.is_valid() and page.tenant:
            self.location, self.tenant = page.cleaned_data["location"], page.tenant
            answers["domain_name"] = page.cleaned_data["domain_name"]
            self.warnings += [str(warning) for warning in page.warnings]
            work = Claim(location_id=self.location.pk, solution_area=SolutionArea.M365, claims_usage=True)
            if not is_enrolled(programs_of(work)):
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
            self.warnings.append(_t("Draft %(number)s claims it already.") % {"number": draft.number})
        holders = holders_on(self.tenant)
        for product in products:
            standing = holding(
                holders.get((product.pk, None), ()),
                partner_id=self.location.partner_id,
                activities=[Activity.M365_USAGE],
            )
            if standing is Holding.OWN_DUPLICATE:
                self.add_error("workloads", refusal_of(product.name, code="ITEM_DUPLICATE_OWN"))
            elif standing is Holding.OTHERS:
                self.warnings.append(f"{product.name}: {MESSAGES['ITEM_HELD_BY_OTHER']}")


OTHER_NAMES = {"en": ("english", "inglese"), "it": ("italian", "italiano")}


def products_in(text: str, *, area: SolutionArea) -> list[Product]:
    """Return the products that *text* names by code or by name; raise the refusal of the first unknown one."""
    found = Product.objects.filter(solution_area=area, is_claimable=True)
    known = {word: product for product in found for word in (product.code.casefold(), product.name.casefold())}
    names = list(dict.fromkeys(name.strip() for name in SEPARATOR.split(text) if name.strip()))
    for name in names:
        if name.casefold() not in known:
            raise refusal_of(name, code="ITEM_NOT_CLAIMABLE")
    if not names:
        raise forms.ValidationError(_("Choose at least one product."))
    return list(dict.fromkeys(known[name.casefold()] for name in names))


class DayField(forms.DateField):
    """A day as people write it, or the serial number that a workbook keeps of it."""

    def to_python(self, value: Any) -> date | None:
        text = str(value or "").strip()
        if text.isascii() and text.isdigit() and len(text) == 5:
            return EXCEL_EPOCH + timedelta(days=int(text))
        return super().to_python(text.partition(" ")[0])


def day_field(*, is_required: bool = False) -> DayField:
    wrong = _("This is not a day such as 2026-12-31.")
    formats = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]
    return DayField(
        required=is_required, input_formats=formats, error_messages={"required": REQUIRED, "invalid": wrong}
    )


class MigrationRow(BackedRow):
    """An association that existed before this process: valid until its subscription ends (domain.md R5)."""

    mpn_id = forms.CharField(error_messages=required(REQUIRED))
    subscription_id = forms.CharField(error_messages=required(REQUIRED))
    tenant_id = forms.CharField(required=False)
    activities = forms.CharField(required=False)
    starts_on = day_field()

    @property
    def key(self) -> str:
        return str(self.subscription.subscription_id)

    def clean_mpn_id(self) -> Partner:
        try:
            mpn_id = identifiers.normalise_mpn_id(self.cleaned_data["mpn_id"])
        except identifiers.NotAnMpnId as error:
            raise refusal(error.code) from error
        location = PartnerLocation.objects.filter(mpn_id=mpn_id).select_related("partner").first()
        partner = location.partner if location else Partner.objects.filter(global_mpn_id=mpn_id).first()
        if partner is None:
            raise refusal("MPN_UNKNOWN")
        return partner

    def clean_subscription_id(self) -> Subscription:
        try:
            number = identifiers.normalise_subscription_id(self.cleaned_data["subscription_id"])
        except identifiers.NotASubscriptionId as error:
            raise refusal(error.code) from error
        found = Subscription.objects.select_related("product", "tenant").filter(subscription_id=number).first()
        if found is None:
            raise refusal("SUB_UNKNOWN")
        if not (found.product.is_dynamics_365 or found.product.code == "PBI"):
            raise refusal("SUB_NOT_DYNAMICS")
        is_past = found.ends_on is not None and found.ends_on < self.now.date()
        if is_past or found.state in (SubscriptionState.EXPIRED, SubscriptionState.DEPROVISIONED):
            raise refusal("SUB_INACTIVE")
        self.subscription = found
        return found

    def clean_activities(self) -> dict[str, bool]:
        words = {word.strip().casefold() for word in SEPARATOR.split(self.cleaned_data["activities"]) if word.strip()}
        unknown = sorted(words - set(ACTIVITY_WORDS))
        if unknown:
            raise forms.ValidationError(_("Unknown activity: %(name)s"), params={"name": unknown[0]})
        stated = {ACTIVITY_WORDS[word] for word in words} or {"for_usage"}
        return {name: name in stated for name in ("for_usage", "for_presales", "for_revenue")}

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        subscription = answers.get("subscription_id")
        if not subscription:
            return answers
        tenant_id = answers.get("tenant_id")
        if tenant_id and identifiers.guid_in(tenant_id) != subscription.tenant.tenant_id:
            self.refuse("tenant_id", "SUB_NOT_ON_TENANT")
        held = Association.objects.active().filter(subscription=subscription).first()
        partner = answers.get("mpn_id")
        if held and partner and held.partner_id != partner.pk:
            self.refuse("subscription_id", "SUB_ALREADY_CLAIMED")
        proof = answers.get("proof")
        self.is_known = held is not None and (proof is None or held.has_proof_named(proof.name))
        return answers


ACTIVITY_WORDS = {
    "usage": "for_usage",
    "utilizzo": "for_usage",
    "pre-sales": "for_presales",
    "presales": "for_presales",
    "prevendita": "for_presales",
    "revenue": "for_revenue",
    "revenue association": "for_revenue",
    "ricavi": "for_revenue",
}


class TenantRow(RowForm):
    """A customer's directory with its domain names."""

    tenant_id = forms.CharField(error_messages=required(REQUIRED))
    name = forms.CharField(max_length=200, error_messages=required(REQUIRED))
    country = forms.CharField(required=False)
    time_zone = forms.CharField(required=False, max_length=64)
    domain_names = forms.CharField(required=False)

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

    subscription_id = forms.CharField(error_messages=required(REQUIRED))
    tenant_id = forms.CharField(error_messages=required(REQUIRED))
    product = forms.CharField(error_messages=required(REQUIRED))
    state = forms.CharField(error_messages=required(REQUIRED))
    channel = forms.CharField(error_messages=required(REQUIRED))
    sku = forms.CharField(required=False, max_length=80)
    region = forms.CharField(required=False, max_length=80)
    seats_available = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647)
    seats_assigned = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647)
    seats_active = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647)
    starts_on = day_field()
    ends_on = day_field()
    is_provisioned = forms.CharField(required=False)

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
        text = self.cleaned_data["product"]
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
