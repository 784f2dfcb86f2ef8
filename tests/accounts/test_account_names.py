"""An account is found by its address however that is spelled, and nobody gets one that no email reaches."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from accounts.text.email_addresses import NotSendable
from notifications.models import OutboxEmail
from tests import stories
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import PASSWORD, PartnerMemberFactory, UserFactory

pytestmark = pytest.mark.django_db

STORED = "ada@xn--mller-kva.example"
SPELLINGS = [STORED, "Ada@Müller.example", " ada@MÜLLER.example\u200f", "ada@mu\u0308ller.example"]
migration = import_module("accounts.migrations.0009_addresses_of_accounts_are_as_on_the_wire")


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_person_signs_in_however_the_address_is_spelled(typed):
    person = UserFactory(email=STORED)
    client = Client()

    client.post(reverse("account_login"), {"login": typed, "password": PASSWORD})

    assert client.session.get("_auth_user_id") == str(person.pk)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_password_link_goes_to_the_address_of_the_account(typed):
    UserFactory(email=STORED)

    Client().post(reverse("account_reset_password"), {"email": typed})

    assert OutboxEmail.objects.get().to == [STORED]


@pytest.mark.parametrize(
    "typed", ["ada@mueller.example", "ada@muller.example", "nobody", "", "ada@[192.0.2.7]", "\u200b"]
)
@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_no_other_address_opens_the_account(typed, name):
    UserFactory(email=STORED)
    client = Client()

    page = client.post(reverse(name), {"login": typed, "email": typed, "password": PASSWORD})

    assert page.status_code in (200, 302)
    assert "_auth_user_id" not in client.session
    assert not OutboxEmail.objects.exists()


def test_an_account_of_an_earlier_release_keeps_its_person():
    typed = UserFactory(email="ada@m\u00fcller.example")
    EmailAddress.objects.create(user=typed, email=typed.email, verified=True, primary=True)
    taken, other = UserFactory(email="eva@fa\u00df.example"), UserFactory(email="eva@xn--fa-hia.example")

    migration.normalize(apps, connection.schema_editor())

    assert set(User.objects.values_list("pk", "email")) == {
        (typed.pk, STORED),
        (taken.pk, "eva@fa\u00df.example"),
        (other.pk, "eva@xn--fa-hia.example"),
    }
    assert EmailAddress.objects.get().email == STORED


def test_no_box_for_an_address_lets_the_browser_change_its_domain():
    boss = PartnerMemberFactory(role="global_admin")
    claim = stories.complete_claim()
    pages = [
        Client().get(reverse("account_login")),
        Client().get(reverse("account_reset_password")),
        platform_admin().get(reverse("admin:accounts_user_add")),
        signed_in_just_now(boss.user).get(reverse("colleague_invite", args=[boss.partner.pk])),
        signed_in_just_now(claim.created_by).get(reverse("claim_step", args=[claim.public_id, "contacts"])),
    ]

    for page in pages:
        assertContains(page, 'inputmode="email"')
        assertNotContains(page, 'type="email"')


def platform_admin():
    return signed_in_just_now(UserFactory(is_staff=True, is_superuser=True))


def test_the_platform_admin_makes_an_account_at_the_domain_that_was_typed():
    facts = {"email": "Nora@fa\u00df.example\u202c", "full_name": "Nora New", "language": "en", "work": "partner"}

    platform_admin().post(reverse("admin:accounts_user_add"), facts)

    assert User.objects.filter(email="nora@xn--fa-hia.example").exists()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"email": "nora@[192.0.2.7]"}, "The part after the @"),
        ({"email": "n\u00f6ra@partner.example"}, "The part before the @"),
        ({"full_name": "\u202e..."}, "Enter a name with at least one letter."),
    ],
)
def test_the_platform_admin_is_told_what_an_account_can_not_have(facts, said):
    person = UserFactory(email="nora@partner.example")
    good = {"email": person.email, "language": "en", "is_active": "on"}

    page = platform_admin().post(reverse("admin:accounts_user_change", args=[person.pk]), good | facts)

    assertContains(page, said)


def test_the_own_name_is_something_to_read():
    person = UserFactory(full_name="Ada Neri")
    client = signed_in_just_now(person)
    good = {"language": "en", "time_zone": "", "mails": []}

    page = client.post(reverse("preferences"), good | {"full_name": "123"})
    client.post(reverse("preferences"), good | {"full_name": "\u202eEva\u200b Neri"})

    assertContains(page, "Enter a name with at least one letter.")
    person.refresh_from_db()
    assert person.full_name == "Eva Neri"


@pytest.mark.parametrize("email", ["ada@[192.0.2.7]", "\u00e0da@partner.example", "ada@contoso.example.1"])
def test_no_account_is_made_that_no_email_reaches(email):
    with pytest.raises(NotSendable):
        User.objects.create_user(email)


def test_the_command_line_makes_no_account_that_no_email_reaches(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "six quiet herons stand")

    call_command("createsuperuser", interactive=False, email="Ada@M\u00fcller.example")

    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, email="ada@[192.0.2.7]")
    assert list(User.objects.values_list("email", flat=True)) == [STORED]
