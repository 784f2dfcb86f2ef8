"""Steps of the wizard filled in as a browser does."""

from django.test import Client
from django.urls import reverse

from accounts.models import User
from associations.choices import MemberRole
from associations.models import Claim, Product
from tests.factories import (
    PartnerMemberFactory,
)

STEPS = ["customer", "work", "details", "products", "contacts", "proof", "comments"]


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def url(claim: Claim, step: str, query: str = "") -> str:
    return reverse("claim_step", args=[claim.public_id, step]) + query


def version(client: Client, claim: Claim, step: str) -> str:
    return client.get(url(claim, step)).context["version"]


def post(client: Client, claim: Claim, step: str, data: dict, *, query: str = "", **buttons: str):
    """Fill the step in as a browser does: with the version of the page, and the button that was pressed."""
    return client.post(url(claim, step, query), {"version": version(client, claim, step)} | data | buttons)


def colleague(claim: Claim, role: MemberRole) -> User:
    return PartnerMemberFactory(partner=claim.partner, role=role).user


def select(*codes: str) -> dict[str, str]:
    return {f"product_{pk}": "on" for pk in Product.objects.filter(code__in=codes).values_list("pk", flat=True)}


def check(claim: Claim) -> str:
    return reverse("claim_check", args=[claim.public_id])
