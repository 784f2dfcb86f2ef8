"""Mails about an account wait in the outbox like all others, and tell of every change to how a person signs in."""

import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.account_emails import CHANGES
from notifications.models import OutboxEmail
from notifications.sending import delivery, rendering
from tests.accounts.signing_in import code_of, give_app, signed_in_just_now
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "six quiet herons stand"


def test_a_forgotten_password_is_replaced_through_a_mail_in_the_persons_language(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    person = UserFactory(language="it")

    answer = Client().post(reverse("account_reset_password"), {"email": person.email}, follow=True)
    assert (answer.status_code, mail.outbox) == (200, [])
    delivery.deliver_due_emails(now=timezone.now())

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([person.email], "Nuova password per il portale CPOR")
    link = re.search(r"http://[^/]+(/accounts/password/reset/key/\S+)", str(sent.body))
    assert link
    assert link[1].split("/")[-2] not in str(OutboxEmail.objects.values())

    browser = Client()
    page = browser.get(link[1], follow=True)
    browser.post(page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert Client().login(email=person.email, password=NEW_PASSWORD)
    assert OutboxEmail.objects.get(template="account_changed").context["change"] == "password"


def test_an_unknown_address_gets_no_mail_and_the_same_answer():
    UserFactory(email="known@partner.example")

    pages = [
        Client().post(reverse("account_reset_password"), {"email": email}, follow=True).content.decode()
        for email in ("known@partner.example", "nobody@partner.example")
    ]

    known, unknown = (re.sub(r"[\w-]{30,}|(known|nobody)@", "", page) for page in pages)
    assert known == unknown
    assert [email.to for email in OutboxEmail.objects.all()] == [["known@partner.example"]]


def test_setting_up_and_removing_an_app_is_told(django_capture_on_commit_callbacks):
    person = UserFactory()
    client = signed_in_just_now(person)
    secret = re.search(r'class="cpor-key-to-type">(\w+)<', client.get(reverse("mfa_activate_totp")).content.decode())
    assert secret

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code_of(secret[1])})
    client.post(reverse("mfa_deactivate_totp"))

    told = OutboxEmail.objects.order_by("pk").values_list("context__change", flat=True)
    assert [change for change in told if change != "recovery_codes"] == ["app_added", "app_removed"]


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_change_has_its_own_sentence(language):
    person = UserFactory(language=language)
    for prefix in CHANGES:
        get_adapter().send_notification_mail(prefix, person)

    sentences: dict[str, str] = {}
    for email in OutboxEmail.objects.all():
        rendered = rendering.render(email)
        sentences.setdefault(email.context["change"], rendered.text.splitlines()[0])
        assert rendered.text.splitlines()[0] in re.sub(r"<[^>]+>", "", rendered.html)
    assert len(set(sentences.values())) == len(set(CHANGES.values()))


def test_a_change_of_the_password_is_told():
    person = UserFactory()

    signed_in_just_now(person).post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )

    (email,) = OutboxEmail.objects.all()
    assert (email.template, email.to, email.context["change"]) == ("account_changed", [person.email], "password")


def test_secrets_of_second_factors_are_encrypted_and_survive_a_change_of_keys(settings):
    person = UserFactory()
    secret = give_app(person)

    stored = Authenticator.objects.get(user=person, type="totp").data["secret"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, long and random", [settings.SECRET_KEY]

    assert secret not in stored
    assert Authenticator.objects.get(user=person, type="totp").wrap().validate_code(code_of(secret))
