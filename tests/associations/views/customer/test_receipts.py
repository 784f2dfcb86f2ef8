"""Covers the customer's pages after an answer: the receipt, a second answer, and what is still open."""

import pytest
from django.test import Client
from django.utils import timezone

from associations.choices import WithdrawalReason
from associations.models import CustomerNotice
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer as answering
from tests import stories
from tests.associations.views.customer.customer_pages import (
    APPROVE,
    CONFIRM,
    DECISION,
    OPT_OUT,
    RECEIPT,
    filed,
    give,
    official,
    rows,
    text_of,
)

pytestmark = pytest.mark.django_db


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
