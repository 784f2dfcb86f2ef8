"""The page on which people sign in: every word once, in the order of use, and what the portal is for beside it."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def words_of(client: Client, name: str) -> str:
    (main,) = html.document_fromstring(client.get(reverse(name)).content).xpath("//main")
    return " ".join(main.text_content().split())


def test_each_box_is_named_once_and_what_helps_follows_it(client: Client):
    (main,) = html.document_fromstring(client.get(reverse("account_login")).content).xpath("//main")
    (form,) = main.xpath(".//form[@action='/accounts/login/']")

    order = [one.get("name") or one.get("href") or one.text_content() for one in form.xpath(".//input|.//a|.//button")]
    assert order[-5:] == ["login", "password", "/accounts/password/reset/", "remember", "Sign in"]
    assert [" ".join(one.text_content().split()) for one in form.xpath(".//label")] == [
        "Email",
        "Password",
        "Remember me",
    ]
    assert form.xpath(".//@placeholder") == []


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_reset_password_done"])
def test_what_the_portal_is_for_and_who_helps_stand_beside_the_form(client: Client, settings: Settings, name: str):
    settings.CPOR_HELP_EMAIL = "help@portal.example"

    words = words_of(client, name)

    assert "What this portal is for" in words
    assert "Ask a global admin of your company." in words
    assert "help@portal.example" in words


def test_the_box_of_a_forgotten_password_does_not_repeat_its_label(client: Client):
    (main,) = html.document_fromstring(client.get(reverse("account_reset_password")).content).xpath("//main")

    assert main.xpath(".//@placeholder") == []
