"""Providers post signed reports; what is unsigned, old or malformed changes nothing."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from notifications.models import EmailStatus, OutboxEmail
from tests.notifications.notices import NOW, enqueue, sent_mail

SECRET = "a long random text"
URL = "/notifications/reports/"


@pytest.fixture(autouse=True)
def agreed_secret(settings):
    settings.BOUNCE_WEBHOOK_SECRET = SECRET


@pytest.fixture
def provider():
    """A mail provider: no account, no cookie, no CSRF token."""
    return Client(enforce_csrf_checks=True)


def signed(body, *, secret=SECRET, at=None):
    """The headers of a report made *at* a time, now if none is named."""
    timestamp = str(int((at or timezone.now()).timestamp()))
    signature = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-CPOR-Timestamp": timestamp, "X-CPOR-Signature": signature}


def post(provider, facts, **how):
    body = facts if isinstance(facts, bytes) else json.dumps(facts).encode()
    headers = how.pop("headers", None) or signed(body, **how)
    return provider.post(URL, body, content_type="application/json", headers=headers)


def bounced(email, **facts):
    return {"message_id": email.message_id, "event": "bounced", "detail": "550 5.1.1 No such user"} | facts


def status_of(email):
    return OutboxEmail.objects.get(pk=email.pk).status


@pytest.mark.django_db
def test_a_signed_report_of_a_bounce_is_noted(provider):
    email, before = sent_mail(), timezone.now()

    response = post(provider, bounced(email))

    assert (response.status_code, response.json()) == (200, {"noted": True})
    email.refresh_from_db()
    assert (email.status, email.last_error) == (EmailStatus.BOUNCED, "550 5.1.1 No such user")
    assert before <= email.bounced_at <= timezone.now()


@pytest.mark.django_db
def test_a_signed_report_of_a_delivery_is_noted(provider):
    email = sent_mail()

    response = post(provider, {"message_id": email.message_id, "event": "delivered"})

    assert response.json() == {"noted": True}
    email.refresh_from_db()
    assert email.status == EmailStatus.SENT
    assert email.delivered_at is not None


@pytest.mark.django_db
def test_a_message_id_is_known_without_its_brackets(provider):
    email = sent_mail()

    response = post(provider, bounced(email, message_id=email.message_id.strip("<>")))

    assert response.json() == {"noted": True}


@pytest.mark.django_db
def test_a_report_posted_twice_is_noted_once(provider):
    email = sent_mail()
    body = json.dumps(bounced(email)).encode()
    headers = signed(body)

    first = post(provider, body, headers=headers)
    replayed = post(provider, body, headers=headers)

    assert (first.json(), replayed.json()) == ({"noted": True}, {"noted": False})


@pytest.mark.django_db
def test_a_report_about_nobodys_mail_is_taken_and_changes_nothing(provider):
    email = sent_mail()

    response = post(provider, bounced(email, message_id="<somebody@else.example>"))

    assert (response.status_code, response.json()) == (200, {"noted": False})
    assert status_of(email) == EmailStatus.SENT


@pytest.mark.django_db
@pytest.mark.parametrize(
    "age", [timedelta(minutes=5, seconds=2), -timedelta(minutes=5, seconds=2), timedelta(days=400)]
)
def test_a_report_signed_too_long_ago_or_ahead_is_refused(provider, age):
    email = sent_mail()

    with time_machine.travel(timezone.now(), tick=False):
        response = post(provider, bounced(email), at=timezone.now() - age)

    assert response.status_code == 403
    assert status_of(email) == EmailStatus.SENT


@pytest.mark.django_db
@pytest.mark.parametrize("age", [timedelta(minutes=4, seconds=55), -timedelta(minutes=4, seconds=55)])
def test_clocks_may_differ_by_five_minutes(provider, age):
    assert post(provider, bounced(sent_mail()), at=timezone.now() - age).status_code == 200


@pytest.mark.django_db
def test_a_signature_of_another_secret_body_or_time_is_refused(provider):
    email = sent_mail()
    body, now = json.dumps(bounced(email)).encode(), timezone.now()
    good = signed(body, at=now)
    forged = [
        signed(body, secret="a guess"),
        signed(body + b" "),
        good | {"X-CPOR-Timestamp": str(int(now.timestamp()) + 1)},
        good | {"X-CPOR-Signature": good["X-CPOR-Signature"].upper()},
        good | {"X-CPOR-Signature": ""},
        good | {"X-CPOR-Signature": "perché"},
        good | {"X-CPOR-Timestamp": "yesterday"},
        good | {"X-CPOR-Timestamp": "9" * 5000},
        {"X-CPOR-Timestamp": good["X-CPOR-Timestamp"]},
        {"X-CPOR-Signature": good["X-CPOR-Signature"]},
    ]

    assert [post(provider, body, headers=headers).status_code for headers in forged] == [403] * 10
    assert status_of(email) == EmailStatus.SENT
    assert post(provider, body, headers=good).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The body is not JSON."),
        (b"\xff", "The body is not JSON."),
        (b"[" * 100_000, "The body is not JSON."),
        (b"[]", "The body is not an object of texts."),
        (b'{"message_id": 7, "event": "bounced"}', "The body is not an object of texts."),
        (b'{"message_id": "<a@b>", "event": "opened"}', 'The event is neither "bounced" nor "delivered".'),
        (b'{"event": "bounced"}', "The message_id is not one."),
        (b'{"message_id": "<a b\\u0000>", "event": "bounced"}', "The message_id is not one."),
    ],
)
def test_a_signed_body_that_is_no_report_is_refused_in_words(provider, body, said):
    response = post(provider, body)

    assert (response.status_code, response.content.decode()) == (400, said)


@pytest.mark.django_db
def test_what_was_said_is_kept_as_one_clean_line_of_bounded_length(provider):
    email = sent_mail()

    post(provider, bounced(email, detail="550 \x00\nno " + "x" * 5000))

    email.refresh_from_db()
    assert email.last_error == "550 no " + "x" * 493


@pytest.mark.django_db
def test_a_report_that_overtakes_its_mail_is_asked_for_again(provider):
    email = enqueue()
    OutboxEmail.objects.filter(pk=email.pk).update(status=EmailStatus.SENDING, sending_since=NOW)

    response = post(provider, bounced(email))

    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")


def test_without_a_secret_the_address_does_not_exist(provider, settings):
    settings.BOUNCE_WEBHOOK_SECRET = ""

    assert post(provider, b"{}", secret="").status_code == 404
    assert provider.get(URL).status_code == 404


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_only_posts_are_taken(provider, method):
    response = getattr(provider, method)(URL)

    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
