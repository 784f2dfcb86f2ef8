"""Permissions of each role in a company: the table of domain.md 7, column by column."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from associations.choices import ClaimStatus, MemberRole
from associations.models import Claim
from tests.factories import PartnerMemberFactory
from tests.stories import complete_claim, noticed_claim

pytestmark = pytest.mark.django_db

ROLES = list(MemberRole)
WITHDRAWAL = {"reason": "wrong_mpn"}


def person(claim: Claim, role: MemberRole) -> Client:
    client = Client()
    client.force_login(PartnerMemberFactory(partner=claim.partner, role=role).user)
    return client


def roles_that(claim: Claim, name: str, *, answer: int, **facts: Any) -> set[str]:
    """Return the roles of the claim's company to whom the address gives *answer*; *facts* are posted."""
    address = reverse(name, args=[claim.public_id])
    asked = {role: person(claim, role) for role in ROLES}
    answers = {role: client.post(address, facts) if facts else client.get(address) for role, client in asked.items()}
    assert {response.status_code for response in answers.values()} <= {answer, 404}
    return {role.value for role, response in answers.items() if response.status_code == answer}


def test_every_role_but_the_report_viewers_sees_the_claims():
    claim = noticed_claim()

    assert roles_that(claim, "claim_detail", answer=200) == {
        "incentives_admin",
        "incentives_user",
        "global_admin",
        "billing_admin",
    }


@pytest.mark.parametrize("role", ROLES)
def test_list_and_overview_show_claims_to_the_same_roles(role: MemberRole):
    claim = noticed_claim()
    client = person(claim, role)

    listed = claim.number in client.get(reverse("claim_list")).content.decode()
    counted = client.get(reverse("overview")).context["has_claims"]

    expected = role not in (MemberRole.REPORT_VIEWER, MemberRole.EXEC_REPORT_VIEWER)
    assert (listed, counted) == (expected, expected)


@pytest.mark.parametrize("role", [MemberRole.REPORT_VIEWER, MemberRole.EXEC_REPORT_VIEWER])
def test_a_report_viewer_finds_no_claim_by_guessing(role: MemberRole):
    claim = noticed_claim()
    proof = claim.proofs.get()
    client = person(claim, role)

    guessed = [
        client.get(reverse("claim_detail", args=[claim.public_id])),
        client.get(reverse("claim_history", args=[claim.public_id])),
        client.get(reverse("claim_template", args=[claim.public_id])),
        client.get(reverse("proof_download", args=[claim.public_id, proof.public_id])),
    ]

    assert [response.status_code for response in guessed] == [404, 404, 404, 404]


@pytest.mark.parametrize("role", ROLES)
def test_the_incentives_roles_start_claims(role: MemberRole):
    claim = noticed_claim()

    response = person(claim, role).get(reverse("start_claim"))

    may = role in (MemberRole.INCENTIVES_ADMIN, MemberRole.INCENTIVES_USER)
    assert response.status_code == (200 if may else 403)


def test_the_incentives_roles_comment():
    claim = noticed_claim()

    assert roles_that(claim, "claim_comment", answer=302, text="On its way.") == {
        "incentives_admin",
        "incentives_user",
    }
    assert claim.comments.count() == 2


def test_the_incentives_roles_edit_a_draft():
    draft = complete_claim()

    assert roles_that(draft, "claim_check", answer=200) == {"incentives_admin", "incentives_user"}


@pytest.mark.parametrize("role", ROLES)
def test_an_incentives_admin_alone_withdraws(role: MemberRole):
    claim = noticed_claim()

    response = person(claim, role).post(reverse("claim_withdraw", args=[claim.public_id]), WITHDRAWAL)

    claim.refresh_from_db()
    if role == MemberRole.INCENTIVES_ADMIN:
        assert (response.status_code, claim.status) == (302, ClaimStatus.CANCELLED)
    else:
        assert (response.status_code, claim.status) == (404, ClaimStatus.SUBMITTED)


@pytest.mark.parametrize("role", ROLES)
def test_a_global_admin_alone_manages_people(role: MemberRole):
    claim = noticed_claim()

    response = person(claim, role).get(reverse("colleagues"))

    assert response.status_code == (200 if role == MemberRole.GLOBAL_ADMIN else 404)
