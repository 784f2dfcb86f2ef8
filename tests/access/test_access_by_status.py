"""Access to each address of a claim by status and role; a stranger is told nothing and changes nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from associations.choices import ClaimStatus, EventKind, MemberRole, WithdrawalReason
from associations.models import Claim
from associations.services.claim import disputes
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.review import decisions
from associations.wizard.steps import STEPS
from tests.access.matrix import LOGIN
from tests.access.world import addresses, answer, member, stored
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import PartnerLocationFactory
from tests.stories import (
    admin_of,
    approved_claim,
    claim_needing_action,
    claim_under_review,
    complete_claim,
    rejected_claim,
    reviewer,
    submitted_claim,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

SIGNS = {200: "o", 302: ">", 404: "."}
NEVER = ".........."
ALWAYS = "oooooooooo"
# What takes posts only leads whoever opens it to the claim's page, which decides who may see it.
POST_ONLY = ">>>>>>>>>>"

# One sign for each status, in the order of ClaimStatus: o opens, > leads elsewhere, . is not there.
# The columns: the incentives admin, an incentives user, and somebody who may only look.
MATRIX = {
    "claim_detail": (ALWAYS, ALWAYS, ALWAYS),
    "claim_history": (ALWAYS, ALWAYS, ALWAYS),
    "claim_history_print": (ALWAYS, ALWAYS, ALWAYS),
    "claim_history_csv": (ALWAYS, ALWAYS, ALWAYS),
    "notice_email": (ALWAYS, ALWAYS, ALWAYS),
    "claim_template": (ALWAYS, ALWAYS, ALWAYS),
    "claim_dates": ("..ooo.o...",) * 3,
    "claim_check": ("o>>>>>>>>>", "o>>>>>>>>>", ".>>>>>>>>>"),
    "claim_submitted": (".ooooooooo",) * 3,
    "cancel_draft": ("o>>>>>>>>>", ".>>>>>>>>>", ".>>>>>>>>>"),
    "claim_withdraw": (">oooo>>>>>", NEVER, NEVER),
    "claim_resubmit": (">>>o>>>>>>", NEVER, NEVER),
    "claim_dispute": (">>>>>>o>>>", NEVER, NEVER),
    "claim_disassociate": (">>>>>o>>>>", NEVER, NEVER),
    "claim_copy": (">>>>>>o>oo", ">>>>>>o>oo", NEVER),
    # Nobody's notice bounced.
    "claim_correct_contact": (">>>>>>>>>>", NEVER, NEVER),
    "claim_resend": (">>>>>>>>>>", NEVER, NEVER),
    # Everybody's contact is confirmed.
    "claim_replace_contact": (">>>>>>>>>>", NEVER, NEVER),
    "contact_domain": ("ooooo.....", "ooooo.....", NEVER),
    "proof_download": (ALWAYS, ALWAYS, ALWAYS),
    "proof_remove": (POST_ONLY,) * 3,
    "claim_comment": (POST_ONLY,) * 3,
    "claim_comments_read": (POST_ONLY,) * 3,
    "claim_findings": (ALWAYS, ALWAYS, ALWAYS),
    "proof_pointers": (POST_ONLY,) * 3,
    "claim_add_proof": (POST_ONLY,) * 3,
    "watch_subscription": (POST_ONLY,) * 3,
    "ask_for_acknowledgement": (POST_ONLY,) * 3,
    "ask_to_submit": (".>>>>>>>>>", "o>>>>>>>>>", ".>>>>>>>>>"),
    "claim_step work": ("o>>>>>>>>>", "o>>>>>>>>>", ".>>>>>>>>>"),
    "claim_step details": ("o>>>>>>>>>", "o>>>>>>>>>", ".>>>>>>>>>"),
    "claim_step customer": ("o>>o>>>>>>", "o>>o>>>>>>", ".>>>>>>>>>"),
    "claim_step products": ("o>>o>>>>>>", "o>>o>>>>>>", ".>>>>>>>>>"),
    "claim_step contacts": ("o>>o>>>>>>", "o>>o>>>>>>", ".>>>>>>>>>"),
    "claim_step proof": ("o>>o>>>>>>", "o>>o>>>>>>", ".>>>>>>>>>"),
    "claim_step comments": ("o>>o>>>>>>", "o>>o>>>>>>", ".>>>>>>>>>"),
}


@pytest.fixture
def claims() -> dict[str, Claim]:
    """One claim in every status, all of one location and one author."""
    now = timezone.now()
    draft = complete_claim(at=now - timedelta(days=2))
    same: dict[str, Any] = {"location": draft.location, "created_by": draft.created_by}
    recent = same | {"at": now - timedelta(days=2)}
    submitted_claim(**recent)
    claim_under_review(**recent)
    claim_needing_action(**recent)
    decisions.validate_claim(claim_id=claim_under_review(**recent).pk, by=reviewer(), now=now)
    approved_claim(at=now - timedelta(days=30), **same)
    rejected_claim(**recent)
    disputed(rejected_claim(**recent))
    disputes.uphold_rejection(
        claim_id=disputed(rejected_claim(**recent)).pk, text="Teams is not named.", by=reviewer(), now=now
    )
    withdrawn = submitted_claim(**recent)
    withdraw_claim(claim_id=withdrawn.pk, reason=next(iter(WithdrawalReason)), by=admin_of(withdrawn), now=now)
    return {status: Claim.objects.get(status=status) for status in ClaimStatus}


def disputed(claim: Claim) -> Claim:
    return disputes.open_dispute(
        claim_id=claim.pk,
        justification="Teams is named on page 2.",
        proofs=[],
        max_files=10,
        by=admin_of(claim),
        now=timezone.now(),
    )


def rows() -> Iterator[str]:
    """Yield the name of every address of a claim, with the step for those of the wizard."""
    for name, pattern in addresses():
        keys = pattern.pattern.regex.groupindex
        if "step" in keys:
            yield from (f"{name} {step.key}" for step in STEPS)
        elif "public_id" in keys and not name.startswith("job"):
            yield name


def address(row: str, claim: Claim) -> str:
    name, *step = row.split()
    proof = [claim.proofs.latest("pk").public_id] if name in ("proof_download", "proof_remove") else []
    return reverse(name, args=[claim.public_id, *step, *proof])


def strangers(claims: dict[str, Claim]) -> dict[str, User]:
    """Incentives admins of another company and of another location, and a colleague who has no role in claims."""
    company = claims["draft"].partner
    elsewhere = [PartnerLocationFactory(partner=company)]
    return {
        "admin of another location": member(company, MemberRole.INCENTIVES_ADMIN, locations=elsewhere),
        "another company's admin": member(PartnerLocationFactory().partner, MemberRole.INCENTIVES_ADMIN),
        "report viewer": member(company, MemberRole.REPORT_VIEWER),
    }


def test_every_address_of_a_claim_has_a_row():
    assert sorted(rows()) == sorted(MATRIX)


@pytest.mark.parametrize(
    ("column", "role"), enumerate(("author", MemberRole.INCENTIVES_USER, MemberRole.GLOBAL_ADMIN))
)
def test_each_address_opens_in_the_statuses_that_the_matrix_says(claims: dict[str, Claim], column: int, role: str):
    draft = claims["draft"]
    client = signed_in_just_now(draft.created_by if role == "author" else member(draft.partner, role))

    opened = {
        row: "".join(SIGNS[answer(client, address(row, claims[status]))] for status in ClaimStatus)  # type: ignore[index]
        for row in MATRIX
    }

    assert opened == {row: columns[column] for row, columns in MATRIX.items()}


def test_strangers_find_no_claim_in_any_status_and_change_none(claims: dict[str, Claim], settings: Settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"upload": (10_000, 60)}
    clients = [signed_in_just_now(person) for person in strangers(claims).values()]
    before = stored()

    for row, columns in MATRIX.items():
        places = [address(row, claim) for claim in claims.values()]
        expected = 302 if columns == (POST_ONLY,) * 3 else 404
        assert {answer(client, place) for client in clients for place in places} == {expected}, row
        assert {client.post(place).status_code for client in clients for place in places} <= {404, 405}, row

    led = [client.get(address("claim_comment", claims["draft"]), follow=True) for client in clients]
    assert {page.status_code for page in led} == {404}
    assert stored() == before


def test_nobody_signed_in_is_sent_to_the_sign_in_page_from_every_address(claims: dict[str, Claim], client):
    answers = {answer(client, address(row, claims[status])) for row in MATRIX for status in ClaimStatus}

    assert answers == {LOGIN}


def test_who_may_only_look_changes_nothing_by_posting(claims: dict[str, Claim]):
    """That a locked claim was to be changed is written into its History (domain.md 12, scenario 13), and no more."""
    client = signed_in_just_now(member(claims["draft"].partner, MemberRole.GLOBAL_ADMIN))
    before = stored()

    for row in MATRIX:
        for claim in claims.values():
            client.post(address(row, claim), {"text": "Mine", "name": "Mine", "reason": "no_relation"})

    after = stored()
    assert without_refusals(after) == without_refusals(before)
    assert len(after["associations.ClaimEvent"]) > len(before["associations.ClaimEvent"])


def without_refusals(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    events = [event for event in rows["associations.ClaimEvent"] if event["kind"] != EventKind.EDIT_REFUSED]
    claims = [{**claim, "history_head": "", "changed_at": None} for claim in rows["associations.Claim"]]
    return rows | {"associations.ClaimEvent": events, "associations.Claim": claims}
