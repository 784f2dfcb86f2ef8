"""**I'm not the right person**: three pages, a receipt, and the words in which it is refused (domain.md D21)."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from associations.choices import NoticeAnswer
from associations.models import Claim, CustomerNotice
from associations.services.association import approval
from tests import stories
from tests.associations.views.customer.customer_pages import (
    DECISION,
    RECEIPT,
    filed,
    link_to,
    text_of,
)
from tests.factories import ReviewerFactory

pytestmark = pytest.mark.django_db

COLLEAGUE = "/c/decision/colleague/"
CONFIRM = "/c/decision/colleague/confirm/"
CHOICE = {"answer": "handed_over", "name": "Carla Bianchi", "reason": "", "text": "Dario buys our licenses."}


def colleague(claim: Claim, **typed: str) -> dict[str, str]:
    """Return the form data about the colleague."""
    facts = stories.colleague_of(claim) | typed
    return {f"colleague_{name}": value for name, value in facts.items()} | {"claim": claim.number}


def hand_over(client, claim, **typed):
    """Go through all pages, as a person does, and return the last response."""
    client.post(DECISION, CHOICE | {"claim": claim.number})
    client.post(COLLEAGUE, colleague(claim, **typed))
    return client.post(CONFIRM, CHOICE | colleague(claim, **typed), follow=True)


def test_the_choice_leads_to_the_colleague_and_then_to_the_check(client):
    claim, link = filed()
    client.get(link)

    chosen = client.post(DECISION, CHOICE | {"claim": claim.number})
    assert (chosen.status_code, chosen["Location"]) == (302, COLLEAGUE)
    page = text_of(client.get(COLLEAGUE))
    assert "Who is the right person?" in page
    assert f"such as one at {claim.domain_name}" in page

    named = client.post(COLLEAGUE, colleague(claim))
    assert (named.status_code, named["Location"]) == (302, CONFIRM)
    check = text_of(client.get(CONFIRM))
    for words in ("Dario Neri", f"dario@{claim.domain_name}", "Head of purchasing", "Dario buys our licenses."):
        assert words in check, words
    assert check.count("Hand over the request") == 1
    assert CustomerNotice.objects.get().answer == ""


def test_the_receipt_names_the_colleague_by_a_masked_address_alone(client):
    claim, link = filed()
    client.get(link)

    response = hand_over(client, claim)

    assert response.redirect_chain == [(RECEIPT, 302)]
    text = text_of(response)
    assert "The request was handed over" in text
    assert f"Handed over to d***@{claim.domain_name}" in text
    assert "Answered by Carla Bianchi" in text
    assert "Dario buys our licenses." in text
    assert "Dario Neri" not in text
    assert f"dario@{claim.domain_name}" not in text
    assert "typed" not in client.session["customer_links"][claim.number]


def test_the_old_link_says_so_in_any_browser_and_changes_nothing(client):
    claim, link = filed()
    client.get(link)
    hand_over(client, claim)
    other = Client()

    assert "The request was handed over" in text_of(other.get(link, follow=True))
    for path, typed in (
        ("/c/decision/confirm/", {"answer": "opted_out", "name": "Carla", "reason": "no_relation"}),
        ("/c/decision/confirm/", {"answer": "approved", "name": "Carla"}),
        (CONFIRM, CHOICE | colleague(claim, email=f"elena@{claim.domain_name}")),
    ):
        response = other.post(path, typed | {"claim": claim.number}, follow=True)
        assert response.redirect_chain[-1] == (RECEIPT, 302)
        assert "This request was answered already." in text_of(response)
    assert claim.notices.count() == 2
    assert stories.fresh(claim).status == "submitted"


def test_the_old_link_tells_nothing_of_what_the_colleague_answered(client):
    claim, link = filed()
    client.get(link)
    hand_over(client, claim)
    before = text_of(Client().get(link, follow=True))
    his = Client()
    his.get(link_to(claim))
    his.post("/c/decision/confirm/", {"answer": "approved", "name": "Dario Neri", "claim": claim.number})
    assert stories.fresh(claim).status == "approved"

    assert text_of(Client().get(link, follow=True)) == before


def test_the_colleague_is_asked_afresh_with_his_own_name(client):
    claim, link = filed()
    client.get(link)
    hand_over(client, claim)

    html = Client().get(link_to(claim), follow=True).content.decode()

    assert 'value="Dario Neri"' in html
    assert html.count('type="radio"') == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Enter your colleague's full name"),
        ({"title": " "}, "Enter your colleague's job title"),
        ({"email": ""}, "Enter your colleague's email address"),
        ({"email": "dario@elsewhere.example"}, "We can't confirm that this address is of your organization."),
        ({"email": "dario@gmail.com"}, "We can't confirm that this address is of your organization."),
        ({"email": "customer@{domain}"}, "This notice already went to that address."),
        ({"language": "xx"}, "xx is not one of the available choices"),
    ],
)
def test_a_wrong_colleague_gets_a_clear_error_and_what_was_typed_stays(client, typed, said):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, CHOICE | {"claim": claim.number})
    typed = {name: value.format(domain=claim.domain_name) for name, value in typed.items()}

    response = client.post(COLLEAGUE, colleague(claim, **typed))

    assert text_of(response).count(said) == 2
    assert "<title>Error:" in re.sub(r"\s+", " ", response.content.decode())
    kept = [value for name, value in stories.colleague_of(claim).items() if name not in {*typed, "language"}]
    assert all(f'value="{value}"' in response.content.decode() for value in kept)


def test_the_partners_own_contact_is_no_colleague(client):
    claim, link = filed()
    claim.contacts.filter(kind="partner").update(email=f"paolo@{claim.domain_name}")
    client.get(link)
    client.post(DECISION, CHOICE | {"claim": claim.number})

    response = client.post(COLLEAGUE, colleague(claim, email=f"Paolo@{claim.domain_name}"))

    assert "We can't confirm that this address is of your organization." in text_of(response)


@pytest.mark.parametrize("path", [COLLEAGUE, CONFIRM])
def test_without_the_choice_the_pages_lead_back(client, path):
    claim, link = filed()
    assert client.get(path).status_code == 404
    client.get(link)

    assert client.get(path, follow=True).redirect_chain[-1] == (DECISION, 302)
    assert client.post(path, {"claim": claim.number}, follow=True).redirect_chain[-1] == (DECISION, 302)
    client.post(DECISION, {"answer": "approved", "name": "Carla", "claim": claim.number})
    assert client.get(path, follow=True).redirect_chain[-1] == (DECISION, 302)
    assert CustomerNotice.objects.get().answer == ""


def test_the_confirmation_of_other_answers_hands_nothing_over(client):
    claim, link = filed()
    client.get(link)

    response = client.post("/c/decision/confirm/", CHOICE | {"claim": claim.number})

    assert (response.status_code, response["Location"]) == (302, COLLEAGUE)
    assert CustomerNotice.objects.get().answer == ""


def test_it_is_not_offered_after_the_window_and_the_page_says_why(client):
    claim, link = filed(days_ago=30)
    Claim.objects.filter(pk=claim.pk).update(requires_validation=True)
    client.get(link)

    page = client.get(DECISION)
    assert page.content.decode().count('type="radio"') == 2
    assert "The opt-out period has ended, so the request can't be handed over" in text_of(page)
    for path in (COLLEAGUE, CONFIRM):
        response = client.post(path, CHOICE | colleague(claim), follow=True)
        assert response.redirect_chain == [(DECISION, 302)]
        assert text_of(response).count("The opt-out period has ended, so the request can't be handed over") == 2


def test_it_is_not_offered_a_third_time_and_the_page_says_why(client):
    claim, link = filed()
    client.get(link)
    hand_over(client, claim)
    client.get(link_to(claim))
    hand_over(client, claim, name="Elena Sala", email=f"elena@{claim.domain_name}")

    page = client.get(link_to(claim), follow=True)

    assert page.content.decode().count('type="radio"') == 2
    assert "The request was handed over twice, so it can't be handed over again." in text_of(page)


def test_after_a_decision_the_pages_say_how_it_stands(client):
    claim, link = filed(days_ago=30)
    client.get(link)
    approval.approve_unopposed_claims(now=timezone.now())

    response = client.post(CONFIRM, CHOICE | colleague(claim), follow=True)

    assert response.redirect_chain == [(DECISION, 302)]
    assert "Nothing was changed by your answer." in text_of(response)
    assert stories.fresh(claim).contacts.get(kind="customer").name == "Carla Bianchi"


def test_what_was_typed_is_there_on_the_way_back(client):
    claim, link = filed()
    client.get(link)
    client.post(DECISION, CHOICE | {"claim": claim.number})
    client.post(COLLEAGUE, colleague(claim))

    assert f'value="dario@{claim.domain_name}"' in client.get(COLLEAGUE).content.decode()
    assert "Dario buys our licenses." in client.get(DECISION).content.decode()


def test_partner_and_reviewer_see_it_in_the_history_and_on_the_claim(client):
    claim, link = filed()
    client.get(link)
    hand_over(client, claim)
    partner, desk = Client(), Client()
    partner.force_login(claim.created_by)
    desk.force_login(ReviewerFactory())

    history = text_of(partner.get(reverse("claim_history", args=[claim.public_id])))
    page = text_of(partner.get(reverse("claim_detail", args=[claim.public_id])))
    at_the_desk = text_of(desk.get(f"/admin/associations/claim/{claim.pk}/", follow=True))

    assert "Request handed over to a colleague" in history
    assert f"Customer contact: dario@{claim.domain_name}" in history
    assert "Dario buys our licenses." in history
    assert f"Dario Neri, dario@{claim.domain_name}" in page
    assert "Handed over to a colleague" in at_the_desk
    assert CustomerNotice.objects.get(number=1).answer == NoticeAnswer.HANDED_OVER


def test_too_many_tries_are_refused_for_a_while(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"answer_link": (3, 60)}
    claim, link = filed()
    client.get(link)
    client.post(DECISION, CHOICE | {"claim": claim.number})

    statuses = [client.post(COLLEAGUE, colleague(claim, email="x")).status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
