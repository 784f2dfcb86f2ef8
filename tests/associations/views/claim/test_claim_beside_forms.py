"""The claim beside a form that is about it."""

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from associations.models import Claim
from tests import stories
from tests.accounts.signing_in import signed_in_just_now

pytestmark = pytest.mark.django_db


def claims_of_forms() -> dict[str, Claim]:
    return {
        "claim_withdraw": stories.submitted_claim(),
        "claim_resubmit": stories.claim_needing_action(),
        "claim_dispute": stories.rejected_claim(at=timezone.now()),
        "claim_disassociate": stories.approved_claim(),
        "claim_replace_contact": stories.unconfirmed_claim(),
        "cancel_draft": stories.complete_claim(),
    }


def test_every_form_about_a_claim_has_the_claim_beside_it():
    for name, claim in claims_of_forms().items():
        response = signed_in_just_now(claim.created_by).get(reverse(name, args=[claim.public_id]))
        assert response.status_code == 200, name

        (aside,) = html.document_fromstring(response.content).xpath("//main//aside")
        words = aside.text_content()
        assert all(fact in words for fact in (claim.number, claim.tenant.name)), name
