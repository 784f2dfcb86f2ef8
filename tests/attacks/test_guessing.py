"""Guessed addresses: another company's object and a missing one get the same answer after the same work."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from associations import link_tokens
from associations.models import CustomerNotice
from bench.ports import free_port
from notifications.sending.delivery import deliver_due_emails
from tests.access.matrix import MATRIX
from tests.access.world import World, read_to_the_end
from tests.factories import PASSWORD, UserFactory
from tests.stories import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.sitewide]

# What is another in every answer: the protection against forged requests, and the address itself.
CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}')


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> World:
    settings.MAILBOX_DIR = tmp_path
    return World()


def asked(browser: Client, method: str, address: str) -> tuple[Any, ...]:
    """Return what the browser is answered, and how many queries that took."""
    with CaptureQueriesContext(connection) as queries:
        response: HttpResponse = getattr(browser, method)(address)
        read_to_the_end(response)
    words = "" if response.streaming else CHANGING.sub("", response.content.decode())
    return response.status_code, words, len(queries)


def test_anothers_claim_and_none_look_the_same(world: World):
    browser = world.client("another company's admin")
    rows = [(name, place) for name, place in MATRIX if place.partition(" ")[0] in world.claims]
    assert len(rows) > 40
    told_apart = {}

    for name, place in rows:
        arguments = world.arguments(name, place)
        for method in ("get", "post"):
            theirs = asked(browser, method, reverse(name, args=arguments))
            nobodys = asked(browser, method, reverse(name, args=[uuid4(), *arguments[1:]]))
            if theirs != nobodys:
                told_apart[f"{method} {name} {place}"] = theirs, nobodys

    assert told_apart == {}


def test_who_signs_in_or_forgot_learns_nothing_about_accounts(settings: Settings):
    person = UserFactory()
    answers = []

    for login in (person.email, "nobody@partner.example"):
        page = Client().post(reverse("account_login"), {"login": login, "password": "wrong"})
        words = CHANGING.sub("", page.content.decode().replace(login, ""))
        asks = Client().post(reverse("account_reset_password"), {"email": login})
        answers.append((page.status_code, words, asks.status_code, asks.headers["Location"]))

    assert answers[0] == answers[1]
    assert Client().post(reverse("account_login"), {"login": person.email, "password": PASSWORD}).status_code == 302
    deliver_due_emails(now=timezone.now())
    assert [message.to for message in mail.outbox] == [[person.email]]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    while_mail_is_away = Client().post(reverse("account_reset_password"), {"email": UserFactory().email})
    assert (while_mail_is_away.status_code, while_mail_is_away.headers["Location"]) == answers[1][2:]


class Counted(MD5PasswordHasher):
    """Counts the passwords that were hashed: what takes the time of a sign-in."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        Counted.hashed += 1
        return super().encode(password, salt)


@pytest.mark.parametrize("is_active", [True, False])
def test_a_sign_in_takes_as_long_for_nobody_as_for_somebody(settings: Settings, is_active: bool):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counted"]
    person = UserFactory(is_active=is_active)
    took = []

    for login in (person.email, "nobody@partner.example"):
        Counted.hashed = 0
        Client().post(reverse("account_login"), {"login": login, "password": "wrong"})
        took.append(Counted.hashed)

    assert took[0] == took[1] > 0


def test_a_personal_link_can_not_be_guessed_or_used_for_another(world: World, settings: Settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"bad_link": (20, 600)}
    notice = CustomerNotice.objects.get(claim=world.claims["submitted"])
    token = world.decision_link.strip("/").rpartition("/")[2]
    guesses = [token[:-1], token + "A", token.swapcase(), token[::-1], link_tokens.digest(token), notice.token_digest]
    guesses += [f"{token[:n]}{'A' if token[n] != 'A' else 'B'}{token[n + 1 :]}" for n in range(0, 40, 4)]
    thief = Client()

    statuses = {thief.get(reverse("customer_link", args=[guess])).status_code for guess in guesses}
    more = [thief.get(reverse("customer_link", args=[link_tokens.make_token()])).status_code for _ in range(10)]

    assert len(token) == 43
    assert statuses == {404}
    assert more[-1] == 429
    other = world.claims["official"].number
    customer = Client(REMOTE_ADDR="192.0.2.7")
    assert customer.get(world.decision_link).status_code == 302
    answer = {"answer": "opted_out", "name": "Mallory", "reason": "no_relation", "claim": other}
    assert customer.post(reverse("customer_confirm"), answer).status_code == 404
    assert fresh(world.claims["official"]).consent_status == world.claims["official"].consent_status
