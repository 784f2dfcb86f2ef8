"""Covers the links and limits of the customer's pages: one session, several tabs, forged requests, too many tries."""

import logging
import re

import pytest
from django.test import Client
from django.utils import timezone

from associations.models import CustomerNotice
from associations.services.customer import notice as noticing
from tests import stories
from tests.associations.views.customer.customer_pages import (
    APPROVE,
    CONFIRM,
    DECISION,
    OPT_OUT,
    RECEIPT,
    filed,
    give,
    link_to,
    text_of,
)
from tests.factories import PASSWORD, ReviewerFactory

pytestmark = pytest.mark.django_db


def test_an_answer_to_a_notice_revoked_meanwhile_changes_nothing(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, OPT_OUT | {"claim": claim.number})
    noticing.send_notice(claim, now=timezone.now())

    response = client.post(CONFIRM, OPT_OUT | {"claim": claim.number})

    assert response.status_code == 404
    assert stories.fresh(claim).status == "submitted"
    client.get(link_to(claim))
    assert "Fabrikam does this." in client.get(DECISION).content.decode()


def test_two_requests_in_two_tabs_are_not_mixed_up(client):
    one, link_of_one = filed()
    two, link_of_two = filed()
    client.get(link_of_one)
    client.get(link_of_two)

    give(client, one, OPT_OUT)

    assert (stories.fresh(one).status, stories.fresh(two).status) == ("rejected", "submitted")
    assert f"Claim number {one.number}" in text_of(client.get(RECEIPT))


def test_a_claim_whose_link_was_not_opened_here_can_not_be_answered(client):
    _, link_of_one = filed()
    two, _ = filed()
    client.get(link_of_one)

    response = give(client, two, OPT_OUT)

    assert response.status_code == 404
    assert stories.fresh(two).status == "submitted"


@pytest.mark.parametrize("path", [DECISION, CONFIRM])
def test_a_forged_request_is_refused(path):
    claim, link = filed()
    careful = Client(enforce_csrf_checks=True)
    careful.get(link)

    response = careful.post(path, OPT_OUT | {"claim": claim.number})

    assert response.status_code == 403
    assert CustomerNotice.objects.get().answer == ""


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_link_itself_takes_no_answer(client, method):
    _, link = filed()

    assert getattr(client, method)(link).status_code == 405


def test_every_page_is_kept_by_nobody_and_passed_on_to_nobody(client):
    claim, link = filed()
    responses = [client.get("/c/unknown/"), client.get(link), client.get(DECISION)]
    responses += [client.post(DECISION, OPT_OUT | {"claim": claim.number}), client.get(CONFIRM)]
    responses += [client.post(CONFIRM, OPT_OUT | {"claim": claim.number}), client.get(RECEIPT)]

    for response in responses:
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//', response.content.decode()) == []


def test_the_forms_may_still_name_their_origin(client):
    """With "no-referrer" alone a browser posts "Origin: null", which the protection against forgery refuses."""
    claim, link = filed()
    pages = [client.get("/c/unknown/"), client.get(link, follow=True)]
    client.post(DECISION, OPT_OUT | {"claim": claim.number})
    pages += [client.get(CONFIRM), client.post(CONFIRM, OPT_OUT | {"claim": claim.number}, follow=True)]

    for page in pages:
        assert '<meta name="referrer" content="same-origin">' in page.content.decode()


def test_the_pages_do_not_care_who_is_signed_in(client):
    claim, link = filed()
    reviewer = ReviewerFactory()
    client.get(link)
    client.login(email=reviewer.email, password=PASSWORD)

    give(client, claim, APPROVE)

    assert CustomerNotice.objects.get().answered_by_name == "Carla Bianchi"
    event = claim.events.get(kind="customer_approved")
    assert (event.actor, event.actor_role) == (None, "customer")


def test_too_many_tries_are_told_to_wait(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"answer_link": (2, 600)}
    claim, link = filed()
    client.get(link)

    tries = [client.post(DECISION, {"claim": claim.number}) for _ in range(3)]

    assert [response.status_code for response in tries] == [200, 200, 429]
    assert 0 < int(tries[2]["Retry-After"]) <= 600
    assert re.search(r"Nothing was changed. Wait \d+ minutes?, then try again.", text_of(tries[2]))
    assert client.post(CONFIRM, OPT_OUT | {"claim": claim.number}).status_code == 429
    assert CustomerNotice.objects.get().answer == ""
    assert client.get(DECISION).status_code == 200


def test_one_address_is_limited_whatever_link_it_tries(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"answer": (1, 600)}
    claim, link = filed()
    client.get(link)

    tries = [client.post(DECISION, {"claim": claim.number}, REMOTE_ADDR="203.0.113.7") for _ in range(2)]
    elsewhere = client.post(DECISION, {"claim": claim.number}, REMOTE_ADDR="203.0.113.8")

    assert [response.status_code for response in [*tries, elsewhere]] == [200, 429, 200]


def test_links_that_lead_nowhere_are_counted_and_good_ones_are_not(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"bad_link": (2, 600)}
    _claim, link = filed()

    good = [client.get(link).status_code for _ in range(5)]
    guesses = [client.get(f"/c/guess-{n}/").status_code for n in range(3)]

    assert good == [302] * 5
    assert guesses == [404, 404, 429]
    assert client.get(link).status_code == 429
    assert client.get(link, REMOTE_ADDR="203.0.113.8").status_code == 302


def test_the_token_is_in_no_line_of_the_log(client, caplog):
    claim, link = filed()
    caplog.set_level(logging.DEBUG)

    client.get(link)
    give(client, claim, OPT_OUT)

    assert link.split("/")[2] not in caplog.text
