"""The customer's pages: no GET decides, a POST takes two pages, and the link stays out of sight."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from associations.models import Claim, CustomerNotice
from associations.services.customer import notice as noticing
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.associations.views.customer.customer_pages import (
    APPROVE,
    CONFIRM,
    DECISION,
    OPT_OUT,
    RECEIPT,
    filed,
    link_to,
    rows,
    text_of,
)

pytestmark = pytest.mark.django_db

SCANNER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Safe Links"


def without_csrf(response):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_the_link_moves_into_the_session_and_out_of_the_address(client):
    _, link = filed()

    response = client.get(link)

    assert (response.status_code, response["Location"]) == (302, DECISION)
    page = client.get(DECISION)
    assert page.status_code == 200
    token = link.split("/")[2]
    assert token not in page.content.decode()
    assert token not in str(dict(client.session))


@pytest.mark.parametrize("path", ["/c/unknown/", f"/c/{'x' * 43}/", "/c/%00%ff/", "/c/<script>/"])
def test_a_link_that_leads_nowhere_gets_one_neutral_page(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert without_csrf(response) == without_csrf(client.get("/c/other/"))
    assert "newer notice has replaced it. Nothing was changed." in text_of(response)


def test_a_revoked_link_gets_the_same_page_as_an_unknown_one(client):
    claim, link = filed()
    noticing.send_notice(claim, now=timezone.now())

    revoked, unknown = client.get(link), client.get("/c/unknown/")

    assert revoked.status_code == 404
    assert without_csrf(revoked) == without_csrf(unknown)
    assert link.split("/")[2] not in revoked.content.decode()
    assert client.get(DECISION).status_code == 404


def test_the_new_link_works_after_the_old_one_was_revoked(client):
    claim, link = filed()
    client.get(link)
    noticing.send_notice(claim, now=timezone.now())

    assert client.get(DECISION).status_code == 404
    assert client.get(link_to(claim)).status_code == 302
    assert client.get(DECISION).status_code == 200


@pytest.mark.parametrize("path", [DECISION, CONFIRM, RECEIPT])
def test_a_clean_page_without_a_link_is_the_neutral_page(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert "This link does not work" in text_of(response)


def test_the_page_says_who_asks_what_becomes_visible_and_until_when(client):
    claim, link = filed()

    text = text_of(client.get(link, follow=True))

    for fact in (
        claim.number,
        f"{claim.partner.name} asks to be associated with {claim.domain_name}",
        claim.location.mpn_id,
        "Paolo Rossi",
        str(claim.tenant.tenant_id),
        "Microsoft 365",
        "Exchange Online",
        "Microsoft Teams",
        "how many people use the products",
        "The partner gets no administrator rights.",
        "If this is correct you don't need to do anything.",
        "If you approve",
        "If you opt out",
        "If you do nothing",
    ):
        assert fact in text, fact


def test_the_page_names_the_deadline_of_the_mail_before_and_after_it_left(client):
    at = timezone.now()
    claim = stories.submitted_claim(at=at)
    link = link_to(claim)
    mail = rendering.render(OutboxEmail.objects.get(template="customer_notice")).text
    deadline = re.findall(r"until the end of (.+? \(CES?T\))", mail)[0]

    waiting = text_of(client.get(link, follow=True))
    stories.deliver_notice(claim, at=at)
    running = text_of(client.get(DECISION))

    assert f"You can respond until the end of {deadline}." in waiting
    assert f"You can respond until the end of {deadline}." in running


def test_the_page_asks_without_preselecting_anything(client):
    _, link = filed()

    html = client.get(link, follow=True).content.decode()

    assert html.count('type="radio"') == 3
    assert " checked" not in html
    assert " selected" not in html.replace('<option value="" selected>', "")


def test_the_name_is_that_of_the_contact_until_another_is_typed(client):
    claim, link = filed()

    html = client.get(link, follow=True).content.decode()
    client.post(DECISION, APPROVE | {"name": "Dario Neri", "claim": claim.number})

    assert '<input type="text" name="name" value="Carla Bianchi"' in html
    assert '<input type="text" name="name" value="Dario Neri"' in client.get(DECISION).content.decode()


def test_deadline_and_answers_come_before_the_request(client):
    """Check the order in the page; a wide window shows them beside the request."""
    _, link = filed()

    text = text_of(client.get(link, follow=True))

    places = [
        text.index(words) for words in ("You can respond until", "Your answer", "The request", "What the partner")
    ]
    assert places == sorted(places)


def test_a_hundred_visits_change_nothing(client):
    _, link = filed()
    before = rows(), Claim.objects.values().get(), CustomerNotice.objects.values().get()

    for _ in range(25):
        for path in (link, DECISION, CONFIRM, RECEIPT):
            client.get(path, headers={"User-Agent": SCANNER})
            Client().head(path, headers={"User-Agent": SCANNER})

    assert (rows(), Claim.objects.values().get(), CustomerNotice.objects.values().get()) == before


@pytest.mark.parametrize("path", [DECISION, CONFIRM])
def test_a_scanner_that_presses_every_button_decides_nothing(client, path):
    claim, link = filed()
    client.get(link)

    response = client.post(path, {"claim": claim.number, "name": "", "reason": "", "text": ""}, follow=True)

    assert response.status_code == 200
    assert stories.fresh(claim).status == "submitted"
    assert CustomerNotice.objects.get().answer == ""


def test_an_empty_answer_gets_an_error_summary(client):
    claim, link = filed()
    client.get(link)

    response = client.post(DECISION, {"claim": claim.number, "name": "", "reason": "", "text": ""})

    text = text_of(response)
    assert "There is a problem" in text
    assert text.count("Choose your answer") == 2
    assert text.count("Enter your full name") == 2
    assert "<title>Error:" in re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("\u200b", "Enter your full name"),
        ("\u2800\u3164", "Enter your full name"),
        ("\u202e", "Enter your full name"),
        ("...", "Enter a name with at least one letter."),
    ],
)
def test_nobody_answers_under_a_name_that_nobody_can_read(client, name, said):
    claim, link = filed()
    client.get(link)

    response = client.post(DECISION, OPT_OUT | {"claim": claim.number, "name": name})

    assert said in text_of(response)


def test_an_opt_out_needs_a_reason_and_what_was_typed_stays(client):
    claim, link = filed()
    client.get(link)

    response = client.post(DECISION, OPT_OUT | {"reason": "", "claim": claim.number})

    html = response.content.decode()
    assert text_of(response).count("Choose a reason for the opt-out") == 2
    assert 'value="Carla Bianchi"' in html
    assert "Fabrikam does this." in html
    assert html.count(" checked") == 1


def test_the_pages_speak_italian_when_asked(client):
    _, link = filed()
    client.cookies["django_language"] = "it"

    assert '<html lang="it">' in client.get(link, follow=True).content.decode()


def test_the_page_about_the_notices_is_open_to_everybody(client):
    response = client.get("/customers/")

    text = text_of(response)
    assert response.status_code == 200
    for heading in (
        "What is this notice?",
        "What will the partner see?",
        "What if I do nothing?",
        "How do I say no?",
        "Can I say no later?",
        "Is the email genuine?",
    ):
        assert heading in text
