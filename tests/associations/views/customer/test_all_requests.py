"""All my requests: the same answer for every address, and behind the link what names its reader and nothing else."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from associations.choices import ContactPolicy, EndReason, OptOutReason, ReasonCode
from associations.models import Contact, CustomerNotice, RequestsLink
from associations.services.association import approval
from associations.services.association.association import end_associations
from associations.services.customer import answer as answering
from associations.services.customer import hand_over as handing_over
from associations.services.customer.answer import Answerer
from associations.services.customer.notice import send_notice
from associations.services.customer.requests_link import send_requests_links
from associations.services.review import decisions
from notifications.models import OutboxEmail
from tests import stories
from tests.access.world import stored
from tests.factories.rules import rules_are

pytestmark = [pytest.mark.django_db, pytest.mark.both]

ASK, SENT, LIST = "/customers/requests/", "/customers/requests/sent/", "/customers/requests/list/"
CARLA = "carla@contoso.example"
BY_CARLA = Answerer(name="Carla Bianchi")


@pytest.fixture(autouse=True)
def anybody_may_be_named():
    """The claims of these tests are of different customers, whose contact is one person."""
    rules_are(contact_policy=ContactPolicy.ALLOW)


def noticed(*, days_ago=0, to=CARLA, complete=stories.complete_claim):
    """A claim about which a notice went to an address some days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    draft = complete(at=at)
    Contact.objects.filter(claim=draft, kind="customer").update(email=to)
    return stories.noticed_claim(at=at, claim=draft)


def official():
    claim = noticed(days_ago=30)
    approval.approve_unopposed_claims(now=timezone.now() - timedelta(days=1))
    return stories.fresh(claim)


def link_for(address):
    stories.send_requests_link(address, at=timezone.now())
    return OutboxEmail.objects.filter(template="requests_link").latest("pk").secret


def opened(client, address=CARLA):
    """Open a link for the address, and return the page that lists its requests."""
    return client.get(link_for(address), follow=True)


def words_of(response):
    text = re.sub(r"(?s).*<main|</main>.*|<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("&#x27;", "'").split())


def test_asking_for_a_link_answers_the_same_for_every_address(client):
    noticed()
    answers = []

    for address in (CARLA, "nobody@contoso.example"):
        response = client.post(ASK, {"address": address})
        page = client.get(response["Location"])
        answers.append(
            (response.status_code, response["Location"], re.sub(r'value="[^"]*"', "", page.content.decode()))
        )

    assert answers[0] == answers[1]
    assert answers[0][:2] == (302, SENT)
    send_requests_links(now=timezone.now())
    assert [email.to for email in OutboxEmail.objects.filter(template="requests_link")] == [[CARLA]]


def test_asking_for_a_link_does_the_same_work_for_every_address(client):
    noticed()
    client.post(ASK, {"address": "somebody@contoso.example"})
    works = []

    for address in (CARLA, "nobody@contoso.example"):
        with CaptureQueriesContext(connection) as queries:
            client.post(ASK, {"address": address})
        works.append([re.sub(r"'[^']*'|[0-9]+", "?", query["sql"]) for query in queries])

    assert works[0] == works[1]
    assert len([work for work in works[0] if "requestslink" in work]) == 1
    assert not [work for work in works[0] if "customernotice" in work]


def test_the_email_is_in_the_language_of_the_page(client):
    noticed()

    client.post(ASK, {"address": CARLA}, headers={"Accept-Language": "it"})
    send_requests_links(now=timezone.now())

    assert OutboxEmail.objects.get(template="requests_link").locale == "it"


def test_a_text_that_is_no_address_is_refused_and_stays(client):
    response = client.post(ASK, {"address": "carla at contoso"})

    assert response.status_code == 200
    assert 'value="carla at contoso"' in response.content.decode()
    assert "There is a problem" in words_of(response)


def test_an_address_gets_few_links_an_hour_and_nobody_is_told(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"requests_link_of_address": (2, 3600)}
    noticed()

    tries = [client.post(ASK, {"address": spelled})["Location"] for spelled in (CARLA, CARLA.upper(), f" {CARLA}")]

    assert tries == [SENT] * 3
    assert RequestsLink.objects.count() == 2


def test_a_network_that_asks_too_often_is_told_to_wait(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"requests_link": (2, 3600)}

    tries = [client.post(ASK, {"address": f"{n}@contoso.example"}, REMOTE_ADDR="203.0.113.7") for n in range(3)]
    elsewhere = client.post(ASK, {"address": CARLA}, REMOTE_ADDR="203.0.113.8")

    assert [response.status_code for response in [*tries, elsewhere]] == [302, 302, 429, 302]


def test_the_link_moves_into_the_session_and_out_of_the_address(client):
    noticed()

    response = client.get(link_for(CARLA))

    assert (response.status_code, response["Location"]) == (302, LIST)
    page = client.get(LIST)
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]


def test_a_session_that_somebody_planted_does_not_see_the_requests(client):
    noticed()
    opened(client)
    planted = client.cookies["sessionid"].value

    opened(client)

    assert client.cookies["sessionid"].value != planted
    assert Client(headers={"cookie": f"sessionid={planted}"}).get(LIST).status_code == 404


def test_the_page_lists_open_active_and_closed_requests_with_their_state(client):
    waiting, active, declined, ended = noticed(), official(), noticed(), official()
    answering.opt_out(
        notice_id=declined.notices.get().pk, answerer=BY_CARLA, reason=OptOutReason.NO_RELATION, now=timezone.now()
    )
    answering.opt_out(
        notice_id=ended.notices.get().pk, answerer=BY_CARLA, reason=OptOutReason.OTHER, now=timezone.now()
    )

    words = words_of(opened(client))

    sections = re.split("Open requests|Active associations|Closed requests", words)
    assert [re.findall(r"CPOR-\d{7} ·", section) for section in sections[1:]] == [
        [f"{waiting.number} ·"],
        [f"{active.number} ·"],
        [f"{ended.number} ·", f"{declined.number} ·"],
    ]
    assert re.search(r"Opt-out period .* You can approve or opt out until the end of \w+ \d+", sections[1])
    assert "Official" in sections[2]
    assert "because nobody opted out. You can end the association at any time." in sections[2]
    assert "Open the association" in sections[2]
    assert "Ended" in sections[3]
    assert "Carla Bianchi opted out" in sections[3]
    assert "The claim is declined" in sections[3]


def test_the_page_tells_official_by_approval_from_official_by_no_reply(client):
    approved, silent = noticed(), official()
    answering.approve_by_customer(notice_id=approved.notices.get().pk, answerer=BY_CARLA, now=timezone.now())

    words = words_of(opened(client))

    told = re.findall(r"Official since \w+ \d+ \w+ \d+, ([^.]+)\..*?(CPOR-\d{7}) ·", words)
    assert told == [("because nobody opted out", silent.number), ("by approval", approved.number)]
    assert "Carla Bianchi approved the association" in words


def test_nothing_of_another_contact_and_no_draft_is_listed(client):
    own = noticed()
    others = noticed(to="marco@contoso.example"), stories.complete_claim()
    Contact.objects.filter(claim=others[1], kind="customer").update(email=CARLA)

    page = opened(client).content.decode()

    assert own.number in page
    assert not any(claim.number in page for claim in others)


def test_a_question_to_the_partner_is_not_the_customers(client):
    claim = noticed()
    by, now = stories.reviewer(), timezone.now()
    decisions.start_review(claim_id=claim.pk, by=by, now=now)
    decisions.request_action(claim_id=claim.pk, reasons=[ReasonCode.POE_DATES], text="Too old.", by=by, now=now)

    words = words_of(opened(client))

    assert "Opt-out period" in words
    assert "Action required" not in words


def test_a_request_opens_as_with_the_link_in_its_notice_and_is_answered_there(client):
    claim = noticed()
    opened(client)

    page = client.get(f"{LIST}{claim.notices.get().pk}/", follow=True)
    assert page.redirect_chain[-1][0] == "/c/decision/"
    give = {"answer": "opted_out", "name": "Carla Bianchi", "reason": "no_relation", "text": "", "claim": claim.number}
    client.post("/c/decision/", give)
    client.post("/c/decision/confirm/", give)

    assert stories.fresh(claim).status == "rejected"
    assert "Carla Bianchi opted out" in words_of(client.get(LIST))


def test_only_a_current_notice_to_the_same_address_opens(client):
    own, another = noticed(), noticed(to="marco@contoso.example")
    opened(client)
    replaced = own.notices.get()
    Contact.objects.filter(claim=own, kind="customer").update(email="marco@contoso.example")
    send_notice(own, now=timezone.now())

    for notice in (replaced, another.notices.get(), own.notices.current().get()):
        assert client.get(f"{LIST}{notice.pk}/").status_code == 404
    words = words_of(client.get(LIST))
    assert "Another contact of your organization was asked instead." in words
    assert "Open the request" not in words
    assert Client().get(f"{LIST}{replaced.pk}/").status_code == 404


def test_a_new_notice_to_the_same_contact_is_the_one_that_opens(client):
    claim = noticed()
    send_notice(claim, now=timezone.now())
    first, second = claim.notices.all()

    page = opened(client).content.decode()

    assert f"{LIST}{second.pk}/" in page
    assert f"{LIST}{first.pk}/" not in page
    assert page.count("<article") == 1


def test_an_expired_or_unknown_link_offers_a_new_one(client):
    noticed()
    link = link_for(CARLA)
    client.get(link)
    RequestsLink.objects.update(
        created_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(seconds=1)
    )

    for response in (client.get(LIST), client.get(link), client.get("/customers/requests/link/guess/")):
        assert response.status_code == 404
        assert "A link to all your requests works for 24 hours." in words_of(response)
        assert link not in response.content.decode()


def test_links_that_lead_nowhere_are_counted(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"bad_link": (2, 600)}
    noticed()
    link = link_for(CARLA)

    guesses = [client.get(f"/customers/requests/link/guess-{n}/").status_code for n in range(3)]

    assert guesses == [404, 404, 429]
    assert client.get(link).status_code == 429


def test_opening_and_reading_changes_nothing(client):
    claim = noticed()
    link = link_for(CARLA)
    before = stored()

    for method in (client.get, client.head):
        method(link, follow=True)
        method(LIST)
        method(f"{LIST}{claim.notices.get().pk}/", follow=True)

    assert stored() == before


def test_the_page_takes_as_many_queries_for_many_requests_as_for_one(client):
    counted = []
    for _n in range(2):
        noticed(complete=stories.complete_dynamics_claim)
        opened(client)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counted.append(len(queries))

    assert counted[0] == counted[1] <= 12


def test_a_forgotten_contact_finds_nothing(client):
    noticed()
    page = opened(client)
    CustomerNotice.objects.update(contact_email="", contact_name="")

    assert "No request names this address." not in words_of(page)
    assert "No request names this address." in words_of(client.get(LIST))


def test_ended_by_the_partner_reads_as_ended(client):
    claim = official()
    end_associations(
        claim, reason=EndReason.PARTNER_DISASSOCIATED, by=stories.admin_of(claim), now=timezone.now(), note=""
    )

    assert "The association has ended." in words_of(opened(client))


def test_who_handed_a_request_over_reads_that_another_is_asked(client):
    claim = noticed()
    notice = claim.notices.get()
    handing_over.hand_over(
        notice_id=notice.pk, answerer=BY_CARLA, colleague=stories.colleague_of(claim), text="", now=timezone.now()
    )

    words = words_of(opened(client))

    assert "Another contact of your organization was asked instead." in words
    assert "Carla Bianchi handed" in words
    assert "opted out" not in words
    assert "Open the request" not in words
