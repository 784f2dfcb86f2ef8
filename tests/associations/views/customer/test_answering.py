"""A customer approves or opts out: checked once more, then recorded."""

import pytest
from django.test import Client
from django.urls import reverse

from associations.choices import NoticeAnswer, OptOutReason
from associations.models import CustomerNotice
from tests import stories
from tests.associations.views.customer.customer_pages import (
    APPROVE,
    CONFIRM,
    DECISION,
    OPT_OUT,
    RECEIPT,
    filed,
    give,
    text_of,
)
from tests.factories import ReviewerFactory

pytestmark = pytest.mark.django_db


def test_the_first_page_only_leads_to_the_check_page(client):
    claim, link = filed()
    client.get(link)

    response = client.post(DECISION, OPT_OUT | {"claim": claim.number})

    assert (response.status_code, response["Location"]) == (302, CONFIRM)
    assert stories.fresh(claim).status == "submitted"
    page = text_of(client.get(CONFIRM))
    assert "Nothing is decided yet." in page
    assert "Another partner does this work for us" in page
    assert page.count("Opt out of the association") == 1
    assert "Approve the association" not in page
    assert "The time, your IP address and your browser are kept as evidence." in page


def test_the_check_page_of_an_approval_names_the_approval(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, APPROVE | {"claim": claim.number})

    page = text_of(client.get(CONFIRM))

    assert page.count("Approve the association") == 1
    assert "Opt out of the association" not in page
    assert "Reason for the opt-out" not in page


def test_the_way_back_from_the_check_page_keeps_what_was_typed(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, OPT_OUT | {"claim": claim.number})

    html = client.get(DECISION).content.decode()

    assert 'value="Carla Bianchi"' in html
    assert "Fabrikam does this." in html
    assert html.count(" checked") == 1


def test_the_check_page_without_an_answer_leads_back(client):
    _, link = filed()
    client.get(link)

    assert client.get(CONFIRM)["Location"] == DECISION


def test_an_approval_makes_the_association_official_at_once(client):
    claim, link = filed()
    client.get(link)

    response = give(client, claim, APPROVE)

    assert response.redirect_chain == [(RECEIPT, 302)]
    assert stories.fresh(claim).status == "approved"
    text = text_of(response)
    assert f"Claim number {claim.number}" in text
    assert "Answer Approved" in text
    assert "Answered by Carla Bianchi" in text
    assert "The association is official." in text


def test_an_opt_out_declines_the_claim_and_keeps_the_evidence(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, OPT_OUT | {"claim": claim.number})

    client.post(
        CONFIRM,
        OPT_OUT | {"claim": claim.number},
        REMOTE_ADDR="203.0.113.7",
        headers={"User-Agent": "Browser " + "x" * 400},
    )

    notice = CustomerNotice.objects.get()
    assert stories.fresh(claim).status == "rejected"
    assert (notice.answer, notice.answer_reason) == (NoticeAnswer.OPTED_OUT, OptOutReason.OTHER_PARTNER)
    assert (notice.answered_by_name, notice.answer_text) == ("Carla Bianchi", "Fabrikam does this.")
    assert notice.answer_ip == "203.0.113.7"
    assert notice.answer_user_agent == ("Browser " + "x" * 400)[:300]
    assert "The claim is declined" in text_of(client.get(RECEIPT))
    assert "typed" not in client.session["customer_links"][claim.number]


def test_a_message_with_an_approval_is_kept_and_shown_wherever_the_answer_is(client):
    claim, link = filed()
    client.get(link)
    words = {"text": "Thank you.\nStart with sales."}
    client.post(DECISION, APPROVE | words | {"claim": claim.number})
    check = text_of(client.get(CONFIRM))

    receipt = text_of(client.post(CONFIRM, APPROVE | words | {"claim": claim.number}, follow=True))

    for page in (check, receipt):
        assert "Message to the partner and to Microsoft Thank you. Start with sales." in page
        assert "Reason for the opt-out" not in page
    assert CustomerNotice.objects.get().answer_text == "Thank you.\nStart with sales."
    partner, desk = Client(), Client()
    partner.force_login(claim.created_by)
    desk.force_login(ReviewerFactory())
    claims_page = reverse("claim_detail", args=[claim.public_id])
    history = reverse("claim_history", args=[claim.public_id])
    for browser, url in ((partner, claims_page), (partner, history), (desk, f"/admin/associations/claim/{claim.pk}/")):
        assert "Thank you. Start with sales." in text_of(browser.get(url, follow=True)), url


@pytest.mark.parametrize("answer", [APPROVE, OPT_OUT])
def test_a_message_that_is_too_long_is_refused_and_stays_on_the_page(client, answer):
    claim, link = filed()
    client.get(link)

    response = client.post(DECISION, answer | {"text": "x" * 2001, "claim": claim.number})

    assert "2000" in text_of(response)
    assert "x" * 2001 in response.content.decode()


def test_an_answer_behind_a_socket_file_has_no_address(client):
    claim, link = filed()
    client.get(link)

    client.post(CONFIRM, APPROVE | {"claim": claim.number}, REMOTE_ADDR="")

    assert CustomerNotice.objects.get().answer_ip is None
