"""The link to all requests: only for an address that a notice went to, only its digest kept, for a day."""

import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from associations import link_tokens
from associations.models import CustomerNotice, RequestsLink
from associations.services.customer.answer import BadLink
from associations.services.customer.notice import revoke_unsent
from associations.services.customer.requests_link import (
    ask_for_requests_link,
    discard_expired_links,
    find_requests_link,
    send_requests_link,
    send_requests_links,
)
from notifications.models import EmailStatus, OutboxEmail
from tests import stories
from tests.factories import MONDAY, RequestsLinkFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

DAY = timedelta(days=1)


def known() -> str:
    """The address of a contact who got a notice."""
    return stories.noticed_claim().notices.get().contact_email


def send(address, *, at=MONDAY):
    return stories.send_requests_link(address, at=at)


def sent_email() -> OutboxEmail:
    return OutboxEmail.objects.get(template="requests_link")


def token_of(email) -> str:
    return email.secret.strip("/").rpartition("/")[2]


def test_the_link_goes_to_the_contact_and_only_its_digest_is_kept():
    address = known()

    assert send(address)

    email, link = sent_email(), RequestsLink.objects.get()
    token = token_of(email)
    assert email.to == [address]
    assert re.fullmatch(r"/customers/requests/link/[\w-]{43}/", email.secret)
    assert (link.address, link.token_digest, link.expires_at) == (address, link_tokens.digest(token), MONDAY + DAY)
    assert token not in json.dumps(email.context)
    assert email.send_before == link.expires_at


def test_the_address_may_be_typed_in_any_case_and_the_email_goes_where_the_notice_went():
    stories.noticed_claim()
    CustomerNotice.objects.update(contact_email="Carla.Bianchi@contoso.example")

    send("CARLA.bianchi@Contoso.example")

    assert sent_email().to == ["Carla.Bianchi@contoso.example"]
    assert RequestsLink.objects.get().address == "carla.bianchi@contoso.example"


@pytest.mark.parametrize("stored", ["carla@müller.example", "carla@xn--mller-kva.example"])
@pytest.mark.parametrize("typed", ["carla@müller.example", "Carla@xn--mller-kva.example"])
def test_a_domain_in_its_own_letters_is_the_same_address(stored, typed):
    stories.noticed_claim()
    CustomerNotice.objects.update(contact_email=stored)

    send(typed)

    assert sent_email().to == ["carla@xn--mller-kva.example"]


@pytest.mark.parametrize("other", ["nobody@partner.example", "%@customer.example", "customer+x@customer.example", ""])
def test_an_address_without_a_notice_gets_nothing(other):
    known()

    assert not send(other)

    assert not RequestsLink.objects.exists()
    assert not OutboxEmail.objects.filter(template="requests_link").exists()


def test_a_partner_s_contact_gets_nothing():
    claim = stories.noticed_claim()

    assert not send(claim.contacts.get(kind="partner").email)


def test_who_was_never_written_to_gets_nothing():
    claim = stories.submitted_claim()
    notice = claim.notices.get()
    revoke_unsent(claim, notice, now=MONDAY)

    assert not send(notice.contact_email)


def test_a_draft_names_nobody():
    claim = stories.complete_claim()

    assert not send(claim.contacts.get(kind="customer").email)


def test_a_link_is_found_until_it_expires():
    send(known())
    token = token_of(sent_email())

    assert find_requests_link(token, now=MONDAY + DAY - timedelta(seconds=1)) == RequestsLink.objects.get()
    digest = link_tokens.digest(token)
    for guess, at in ((token, MONDAY + DAY), (token[:-1], MONDAY), (digest, MONDAY)):
        with pytest.raises(BadLink):
            find_requests_link(guess, now=at)


def test_an_expired_link_is_deleted_with_what_its_email_says_of_its_reader():
    address = known()
    send(address)
    send(address, at=MONDAY + DAY / 2)
    first, second = OutboxEmail.objects.filter(template="requests_link").order_by("pk")
    OutboxEmail.objects.filter(pk=first.pk).update(status="sent", sent_at=MONDAY, secret="", text=f"To {address}")

    assert discard_expired_links(now=MONDAY + DAY) == 1

    first.refresh_from_db()
    assert (first.to, first.text, first.context, first.status) == ([], "", {}, EmailStatus.SENT)
    assert RequestsLink.objects.get().email_key == second.key
    assert discard_expired_links(now=MONDAY + DAY) == 0


def test_a_link_whose_email_is_being_sent_waits_for_the_next_run():
    send(known())
    OutboxEmail.objects.filter(template="requests_link").update(status="sending", sending_since=MONDAY)

    assert discard_expired_links(now=MONDAY + DAY) == 0
    assert RequestsLink.objects.exists()


def test_the_email_and_the_link_come_together_or_not_at_all():
    address = known()

    assert not stories.send_requests_link(address, language="xx", at=MONDAY)

    assert RequestsLink.objects.get().token_digest is None
    assert not OutboxEmail.objects.filter(template="requests_link").exists()
    assert not send(""), "one that fails stops no other"
    assert send(address)


def test_asking_is_one_row_for_every_address_and_the_clock_looks_later():
    address, statements = known(), []

    for asked in (address, "nobody@partner.example"):
        with CaptureQueriesContext(connection) as queries:
            ask_for_requests_link(asked, language="it", now=MONDAY)
        statements.append([query["sql"].split("(")[0] for query in queries])
    assert statements[0] == statements[1]
    assert [statement.split()[0] for statement in statements[0]] == ["INSERT"]
    assert not OutboxEmail.objects.filter(template="requests_link").exists()

    assert send_requests_links(now=MONDAY) == 1
    assert (sent_email().to, sent_email().locale) == ([address], "it")
    assert RequestsLink.objects.get().address == address, "an unknown address isn't kept"
    assert send_requests_links(now=MONDAY) == 0


def test_a_link_that_another_worker_sent_meanwhile_is_not_sent_again():
    send(known())

    assert not send_requests_link(RequestsLink.objects.get().pk, now=MONDAY)
    assert OutboxEmail.objects.filter(template="requests_link").count() == 1


def test_a_link_that_waits_opens_nothing():
    ask_for_requests_link(known(), language="en", now=MONDAY)

    for guess in ("", "None"):
        with pytest.raises(BadLink):
            find_requests_link(guess, now=MONDAY)


def test_a_link_has_an_end_after_its_beginning():
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestsLinkFactory(expires_at=MONDAY)
