"""A bare flow of seven forms: a plain form, the rows that the portal's step writes, a redirect; no rule is asked."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from associations.models import (
    Claim,
    ClaimedProduct,
    ClaimEvent,
    Contact,
    CustomerNotice,
    PartnerLocation,
    ProofOfExecution,
    TenantDomain,
)
from notifications.models import OutboxEmail


class StartForm(forms.Form):
    location = forms.CharField(max_length=10)
    domain_name = forms.CharField(max_length=253)


class WorkForm(forms.Form):
    solution_area = forms.CharField(max_length=10)


class DetailsForm(forms.Form):
    name = forms.CharField(max_length=100)


class ProductsForm(forms.Form):
    first = forms.IntegerField()
    second = forms.IntegerField()


class ContactsForm(forms.Form):
    customer_name = forms.CharField(max_length=120)
    customer_email = forms.EmailField()
    partner_name = forms.CharField(max_length=120)
    partner_email = forms.EmailField()


class ProofForm(forms.Form):
    proofs = forms.FileField()


class SubmitForm(forms.Form):
    data_is_right = forms.BooleanField()


def author(request: HttpRequest) -> int:
    """Return the key of the person who is signed in."""
    return int(request.session[SESSION_KEY])


@csrf_exempt
@login_required
@transaction.atomic
def start(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text())
    location = PartnerLocation.objects.get(mpn_id=form.cleaned_data["location"])
    domain = TenantDomain.objects.get(domain_name=form.cleaned_data["domain_name"])
    now = timezone.now()
    claim = Claim.objects.create(
        partner_id=location.partner_id,
        location=location,
        tenant_id=domain.tenant_id,
        domain_name=domain.domain_name,
        created_at=now,
        created_by_id=author(request),
        changed_at=now,
    )
    _tell(claim, "created", request)
    return redirect(f"/step/work/{claim.pk}/")


@csrf_exempt
@login_required
@transaction.atomic
def step(request: HttpRequest, step: str, claim_id: int) -> HttpResponse:
    kind_of_form, record, following = STEPS[step]
    form = kind_of_form(request.POST, request.FILES)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text())
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    record(claim, form.cleaned_data, request)
    return redirect(f"/step/{following}/{claim.pk}/")


Facts = dict[str, Any]


def _work(claim: Claim, facts: Facts, request: HttpRequest) -> None:
    Claim.objects.filter(pk=claim.pk).update(solution_area=facts["solution_area"], activity_codes=("M365_USAGE",))
    _tell(claim, "changed", request)


def _details(claim: Claim, facts: Facts, request: HttpRequest) -> None:
    Claim.objects.filter(pk=claim.pk).update(name=facts["name"], search_text=facts["name"])
    _tell(claim, "changed", request)


def _products(claim: Claim, facts: Facts, request: HttpRequest) -> None:
    items = [ClaimedProduct(claim=claim, product_id=facts[name]) for name in ("first", "second")]
    ClaimedProduct.objects.bulk_create(items)
    _tell(claim, "products_changed", request)


def _contacts(claim: Claim, facts: Facts, request: HttpRequest) -> None:
    people = [
        Contact(claim=claim, kind=kind, name=facts[f"{kind}_name"], email=facts[f"{kind}_email"])
        for kind in ("customer", "partner")
    ]
    Contact.objects.bulk_create(people)
    _tell(claim, "contacts_changed", request)


def _proof(claim: Claim, facts: Facts, request: HttpRequest) -> None:
    upload = facts["proofs"]
    digest = sha256(upload.read()).hexdigest()
    ProofOfExecution.objects.create(
        claim=claim,
        file=upload,
        name=upload.name,
        kind="pdf",
        size=upload.size,
        sha256=digest,
        uploaded_at=timezone.now(),
        uploaded_by_id=author(request),
    )
    _tell(claim, "proof_added", request)


def _submit(claim: Claim, facts: Facts, request: HttpRequest) -> None:
    now = timezone.now()
    mails = [
        OutboxEmail(
            key=f"floor:{claim.pk}:{kind}", template=kind, locale="en", to=["a@b.example"], due_at=now, created_at=now
        )
        for kind in ("customer_notice", "claim_received")
    ]
    OutboxEmail.objects.bulk_create(mails)
    CustomerNotice.objects.create(
        claim=claim,
        number=1,
        contact_name="Carla Bianchi",
        contact_email="carla@customer.example",
        language="en",
        token_digest=sha256(str(claim.pk).encode()).hexdigest(),
        email=mails[0],
        queued_at=now,
    )
    Claim.objects.filter(pk=claim.pk).update(
        status="submitted", consent_status="queued", submitted_at=now, submitted_by=author(request), review_due_at=now
    )
    _tell(claim, "submit", request)
    _tell(claim, "notice_queued", request)


STEPS: dict[str, tuple[type[forms.Form], Callable[[Claim, Facts, HttpRequest], None], str]] = {
    "work": (WorkForm, _work, "details"),
    "details": (DetailsForm, _details, "products"),
    "products": (ProductsForm, _products, "contacts"),
    "contacts": (ContactsForm, _contacts, "proof"),
    "proof": (ProofForm, _proof, "submit"),
    "submit": (SubmitForm, _submit, "submitted"),
}


def _tell(claim: Claim, kind: str, request: HttpRequest) -> None:
    ClaimEvent.objects.create(
        claim=claim, kind=kind, actor_role="incentives_admin", actor_id=author(request), at=timezone.now()
    )
