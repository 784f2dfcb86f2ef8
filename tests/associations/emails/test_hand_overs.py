"""The emails about a request that was handed over, as their readers read them (domain.md D21; E2, E3g, E16)."""

import pytest
from pytest_django import Settings

from associations.services.customer import holds
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.factories import MONDAY, UserFactory

pytestmark = pytest.mark.django_db

MESSAGE = "Dario buys our <licenses>."


@pytest.fixture(autouse=True)
def portal(settings: Settings) -> None:
    settings.PORTAL_URL = "https://portal.example"


def emails_after_a_hand_over(*, language: str) -> dict[str, str]:
    """The text of each email that a hand-over sends, with its subject, by template; one person reads all."""
    author = UserFactory(language=language)
    claim = stories.noticed_claim(claim=stories.complete_claim(language=language, created_by=author))
    claim.partner.name, claim.tenant.name = "Litware", "Contoso"
    claim.partner.save()
    claim.tenant.save()
    colleague = stories.colleague_of(claim, language=language)
    stories.hand_over_to(colleague, claim=claim, at=MONDAY + stories.HOUR, text=MESSAGE)
    sent = {email.template: rendering.render(email) for email in OutboxEmail.objects.order_by("pk")}
    return {name: " ".join(f"{email.subject} {email.text}".split()) for name, email in sent.items()}


def test_the_colleague_reads_who_handed_it_over_and_the_whole_request():
    text = emails_after_a_hand_over(language="en")["customer_notice"]

    for words in (
        "Dear Dario Neri,",
        "Carla Bianchi handed this request over to you, as the right person to ask at Contoso.",
        "Litware asks Microsoft to record it as your partner for these products:",
        "You can approve or opt out until the end of Monday 26 October 2020 (CET).",
        "because Carla Bianchi handed the request of claim",
    ):
        assert words in text, words
    assert "Litware named you" not in text
    assert MESSAGE not in text


def test_the_notice_offers_to_hand_over_as_long_as_that_is_possible():
    claim = stories.noticed_claim()
    for mailbox in ("dario", "elena"):
        stories.hand_over_to(stories.colleague_of(claim, mailbox=mailbox), claim=claim, at=MONDAY)
    notices = [rendering.render(notice.email).text for notice in claim.notices.order_by("number")]

    offer = "If you're not the right person, open the same link and name a colleague."
    assert [offer in text for text in notices] == [True, True, False]
    assert "Dario Neri handed this request over to you" in notices[2]


def test_the_first_contact_reads_that_it_is_done_and_whom_to_tell_if_nobody_did_it():
    text = emails_after_a_hand_over(language="en")["hand_over_receipt"]

    for words in (
        "The request is handed over: Litware and Exchange Online",
        "Dear Carla Bianchi,",
        "Carla Bianchi handed the request over to d***@customer",
        "on Monday 19 October 2020, 11:00 (CEST).",
        "You don't need to do anything.",
        "The link in the notice you got no longer works.",
        "If nobody in your organization did this, tell Paolo Rossi at Litware",
    ):
        assert words in text, words
    assert "Dario" not in text


def test_the_partner_reads_who_is_asked_now_and_what_the_customer_wrote():
    text = emails_after_a_hand_over(language="en")["request_handed_over"]

    for words in (
        "Contoso handed the request over to Dario Neri",
        "Carla Bianchi isn't the right person to ask about claim",
        "Customer contact now: Dario Neri, dario@customer",
        "Job title: Head of purchasing",
        "Customer contact before: Carla Bianchi, customer@customer",
        MESSAGE,
        "It opens a full new opt-out period of 5 business days.",
    ):
        assert words in text, words


def test_all_three_are_natural_italian():
    told = emails_after_a_hand_over(language="it")

    for name, words in {
        "customer_notice": "Carla Bianchi ha passato questa richiesta al destinatario di questa e-mail",
        "hand_over_receipt": "Carla Bianchi ha passato la richiesta a d***@customer",
        "request_handed_over": "Contoso ha passato la richiesta a Dario Neri",
    }.items():
        assert words in told[name], name
        assert " the " not in told[name], name


def test_a_reply_to_the_receipt_is_heard():
    claim = stories.handed_over_claim()
    receipt = OutboxEmail.objects.get(template="hand_over_receipt")

    stories.receive(claim, at=MONDAY + 2 * stories.HOUR, email=receipt)
    holds.hear_incoming_emails(now=MONDAY + 2 * stories.HOUR)

    assert receipt.hears_replies
    assert stories.fresh(claim).hold_kinds == "customer_wrote"
