"""Covers the customer's pages after an answer: the receipt, a second answer, and what is still open."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from associations.choices import WithdrawalReason
from associations.models import Claim, CustomerNotice
from associations.services.association import approval
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer as answering
from notifications.models import OutboxEmail
from tests import stories

pytestmark = pytest.mark.django_db

DECISION = "/c/decision/"
CONFIRM = "/c/decision/confirm/"
RECEIPT = "/c/receipt/"
APPROVE = {"answer": "approved", "name": "Carla Bianchi"}
OPT_OUT = {"answer": "opted_out", "name": "Carla Bianchi", "reason": "other_partner", "text": "Fabrikam does this."}


def link_to(claim: Claim) -> str:
    """The path in the notice that waits in the outbox."""
    return OutboxEmail.objects.get(pk=claim.notices.current().get().email_id).secret


def filed(*, days_ago: int = 0) -> tuple[Claim, str]:
    """A claim whose window opened some days ago, and its link."""
    at = timezone.now() - timedelta(days=days_ago)
    claim = stories.submitted_claim(at=at)
    link = link_to(claim)
    stories.deliver_notice(claim, at=at)
    return stories.fresh(claim), link


def official() -> tuple[Claim, str]:
    """A claim made official by silence, and its link."""
    claim, link = filed(days_ago=30)
    approval.approve_unopposed_claims(now=timezone.now() - timedelta(days=1))
    return stories.fresh(claim), link


def give(client, claim, answer):
    """Go through both pages, as a person does, and return the last response."""
    client.post(DECISION, answer | {"claim": claim.number})
    return client.post(CONFIRM, answer | {"claim": claim.number}, follow=True)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def rows():
    """Return how many rows every table has, without sessions."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label != "sessions.Session"
    }


def test_a_second_opt_out_shows_the_first(client):
    claim, link = filed()
    client.get(link)
    give(client, claim, OPT_OUT)
    before = rows()

    response = give(client, claim, OPT_OUT | {"name": "Somebody Else"})

    text = text_of(response)
    assert response.redirect_chain[-1] == (RECEIPT, 302)
    assert "This request was answered already." in text
    assert "Answered by Carla Bianchi" in text
    assert "Somebody Else" not in text
    assert rows() == before


def test_a_second_approval_shows_the_first(client):
    claim, link = filed()
    client.get(link)
    give(client, claim, APPROVE)

    response = client.post(CONFIRM, APPROVE | {"claim": claim.number, "name": "Somebody Else"}, follow=True)

    assert "Answered by Carla Bianchi" in text_of(response)
    assert CustomerNotice.objects.get().answered_by_name == "Carla Bianchi"


def test_the_link_of_an_answered_request_leads_to_the_receipt(client):
    claim, link = filed()
    client.get(link)
    give(client, claim, OPT_OUT)

    response = Client().get(link, follow=True)

    assert response.redirect_chain == [(DECISION, 302), (RECEIPT, 302)]
    assert "Answer Opted out" in text_of(response)


def test_the_same_link_ends_an_official_association_and_offers_nothing_else(client):
    claim, link = official()

    page = client.get(link, follow=True)
    assert 'type="radio"' not in page.content.decode()
    assert "You can end it at any time." in text_of(page)

    response = give(client, claim, OPT_OUT)
    assert "The association has ended." in text_of(response)
    assert not answering.is_official(stories.fresh(claim))
    assert stories.fresh(claim).status == "approved"


def test_an_approval_may_be_taken_back_and_both_stay_on_record(client):
    claim, link = filed()
    client.get(link)
    give(client, claim, APPROVE)
    assert "approved this request on" in text_of(client.get(DECISION))

    give(client, claim, OPT_OUT)

    assert CustomerNotice.objects.get().answer == "opted_out"
    kinds = list(claim.events.filter(actor_role="customer").values_list("kind", flat=True))
    assert kinds == ["customer_approved", "association_ended"]


def test_an_official_association_can_not_be_approved_again(client):
    claim, link = official()
    client.get(link)

    response = client.post(CONFIRM, APPROVE | {"claim": claim.number}, follow=True)

    assert "The request has changed in the meantime." in text_of(response)
    assert CustomerNotice.objects.get().answer == ""


def test_a_request_that_was_withdrawn_has_nothing_left_to_answer(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, OPT_OUT | {"claim": claim.number})
    withdraw_claim(
        claim_id=claim.pk,
        reason=WithdrawalReason.WRONG_MPN,
        by=stories.admin_of(claim),
        now=timezone.now(),
    )

    response = client.post(CONFIRM, OPT_OUT | {"claim": claim.number}, follow=True)

    text = text_of(response)
    assert "There is nothing left to answer" in text
    assert f"{claim.partner.name} withdrew the request. You don't need to do anything." in text
    assert CustomerNotice.objects.get().answer == ""
