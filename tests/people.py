"""Lends tests the browsers of people who are signed in, and the addresses of a claim's pages."""

from django.test import Client
from django.urls import reverse

from accounts.models import User
from associations.choices import MemberRole
from associations.models import Claim
from tests.factories import PartnerMemberFactory


def signed_in(user: User) -> Client:
    """Return a browser in which *user* is signed in."""
    client = Client()
    client.force_login(user)
    return client


def author(claim: Claim) -> Client:
    """Return the browser of the incentives admin who drafted the claim."""
    return signed_in(claim.created_by)


def colleague(claim: Claim, role: MemberRole) -> Client:
    """Return the browser of another person of the claim's company, in *role*."""
    return signed_in(PartnerMemberFactory(partner=claim.partner, role=role).user)


def url(name: str, claim: Claim) -> str:
    """Return the address of one of the claim's pages."""
    return reverse(name, args=[claim.public_id])
