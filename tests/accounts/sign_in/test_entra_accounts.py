"""People connect their Entra account, or take it instead of a password when they are invited."""

import re
import time

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.invitations import password_path
from accounts.models import User
from tests.accounts.sign_in.entra import START, UID, UNKNOWN, at_the_tenant, come_back, sent, who
from tests.accounts.signing_in import signed_in_at, signed_in_just_now
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def test_a_signed_in_person_connects_and_signs_in_with_it_afterwards(tenant, anna):
    client = signed_in_just_now(anna)

    come_back(client, f"{START}?process=connect")

    account = SocialAccount.objects.get()
    assert (account.user, account.provider, account.uid) == (anna, "entra", UID)
    assert account.extra_data == {"preferred_username": "anna@contoso.example"}
    assertContains(client.get(reverse("socialaccount_connections")), "anna@contoso.example")
    later = Client()
    come_back(later)
    assert who(later) == anna.email


def test_connecting_asks_who_signed_in_long_ago_to_confirm(tenant, anna):
    client = signed_in_at(anna, time.time() - 301)

    response = come_back(client, f"{START}?process=connect")
    assert response["Location"] == reverse("account_reauthenticate")
    assert not SocialAccount.objects.exists()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert SocialAccount.objects.get().user == anna


def test_an_account_that_opens_somebody_elses_is_not_connected(tenant, known_anna):
    other = UserFactory()

    come_back(signed_in_just_now(other), f"{START}?process=connect")

    assert SocialAccount.objects.get().user == known_anna


def test_the_only_way_in_is_not_disconnected(tenant, known_anna):
    known_anna.set_unusable_password()
    known_anna.save()
    client = Client()
    come_back(client)

    client.post(reverse("socialaccount_connections"), {"account": SocialAccount.objects.get().pk})

    assert SocialAccount.objects.exists()


def invited() -> User:
    user = UserFactory(email="nina@contoso.example")
    user.set_unusable_password()
    user.save()
    return user


def accept_path(page) -> str:
    found = re.search(r'action="(/accounts/entra/invitation/[^"]+)"', page.content.decode())
    assert found
    return found[1]


def test_an_invited_person_takes_their_entra_account_instead_of_a_password(tenant):
    nina = invited()
    client = Client()
    page = client.get(password_path(nina), follow=True)

    come_back(client, accept_path(page))

    nina.refresh_from_db()
    assert who(client) == "nina@contoso.example"
    assert SocialAccount.objects.get().user == nina
    assert not nina.has_usable_password()


def test_an_invitation_opened_where_somebody_else_is_signed_in_works_too(tenant):
    nina = invited()
    client = signed_in_just_now(UserFactory())
    page = client.get(password_path(nina), follow=True)

    come_back(client, accept_path(page))

    assert who(client) == "nina@contoso.example"
    assert SocialAccount.objects.get().user == nina


def test_an_invitation_is_good_once(tenant):
    link = password_path(invited())
    client = Client()
    come_back(client, accept_path(client.get(link, follow=True)))
    tenant.person = {"oid": "0bad-mallory"}
    thief = Client()

    assertContains(thief.get(link, follow=True), "This link no longer works")
    assertContains(come_back(thief), UNKNOWN)

    assert SocialAccount.objects.count() == 1


def test_an_invitation_opened_in_two_browsers_gives_the_account_to_the_first(tenant):
    link = password_path(invited())
    first, second = Client(), Client()
    paths = [accept_path(client.get(link, follow=True)) for client in (first, second)]
    away = [sent(client, path) for client, path in zip((first, second), paths, strict=True)]

    first.get(at_the_tenant(away[0]))
    tenant.person = {"oid": "0bad-mallory"}
    response = second.get(at_the_tenant(away[1]))

    assertContains(response, UNKNOWN)
    assert who(second) == ""


def test_a_password_link_of_somebody_with_a_password_connects_nothing(tenant, anna):
    client = Client()
    page = client.get(password_path(anna), follow=True)

    assertNotContains(page, "Use your Microsoft account instead")
    uid = password_path(anna).split("/key/")[1].split("-")[0]
    response = client.post(reverse("accept_with_entra", args=[uid]))

    assertContains(response, "This link no longer works")
