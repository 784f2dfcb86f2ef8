"""Sessions: one per sign-in, listed, ended everywhere else, over after their hours; and confirming who one is."""

import time
from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.templatetags.browsers import browser
from associations.choices import MemberRole
from associations.models import PartnerMember
from operations.clocks import run_clock
from tests.accounts.signing_in import sign_in, signed_in_at
from tests.factories import PASSWORD, PartnerMemberFactory, UserFactory

pytestmark = pytest.mark.django_db

PRIVATE = "/preferences/"
NEW_PASSWORD = "a-long-sentence-of-mine-42"


@pytest.fixture
def person():
    return UserFactory()


def is_in(client: Client) -> bool:
    return client.get(PRIVATE).status_code == 200


def test_signing_in_takes_a_new_session_so_that_a_planted_one_is_worth_nothing(person):
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    planted = str(session.session_key)
    client.cookies[django_settings.SESSION_COOKIE_NAME] = planted

    sign_in(person, client=client)

    thief = Client()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = planted
    assert is_in(client)
    assert client.session.session_key != planted
    assert not is_in(thief)


def test_every_browser_is_listed_with_its_address(person):
    client = sign_in(person)
    Client().post(
        reverse("account_login"),
        {"login": person.email, "password": PASSWORD},
        REMOTE_ADDR="203.0.113.9",
        headers={"User-Agent": "Another Browser/1"},
    )

    response = client.get(reverse("usersessions_list"))

    assertContains(response, "This browser", count=1)
    assertContains(response, "Another Browser/1")
    assertContains(response, "203.0.113.9")


def test_other_peoples_sessions_are_not_listed(person):
    Client().post(
        reverse("account_login"),
        {"login": UserFactory().email, "password": PASSWORD},
        headers={"User-Agent": "A Stranger's Browser"},
    )

    assertNotContains(sign_in(person).get(reverse("usersessions_list")), "A Stranger")


def test_signing_out_everywhere_else_keeps_this_browser_and_everybody_else(person):
    here, there, stranger = sign_in(person), sign_in(person), sign_in(UserFactory())

    assertRedirects(here.post(reverse("usersessions_list")), reverse("usersessions_list"))

    assert is_in(here)
    assert not is_in(there)
    assert is_in(stranger)


def test_a_new_password_ends_the_other_sessions(person):
    here, there = sign_in(person), sign_in(person)

    facts = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    here.post(reverse("account_change_password"), facts)

    assert is_in(here)
    assert not is_in(there)


def test_signing_out_ends_the_session_in_the_database(person):
    client = sign_in(person)
    key = client.session.session_key

    client.post(reverse("account_logout"))

    assert not Session.objects.filter(pk=key).exists()


def test_a_session_lasts_its_hours_and_without_remember_me_as_long_as_the_browser(person):
    client = Client()

    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD, "remember": "on"})
    kept = client.cookies[django_settings.SESSION_COOKIE_NAME]
    ends = Session.objects.get(pk=kept.value).expire_date
    dropped = sign_in(person).cookies[django_settings.SESSION_COOKIE_NAME]

    assert int(kept["max-age"]) == 12 * 3600
    assert abs((ends - timezone.now()).total_seconds() - 12 * 3600) < 60
    assert dropped["max-age"] == ""


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(person):
    cookie = sign_in(person).cookies[django_settings.SESSION_COOKIE_NAME]

    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"


def test_a_role_is_changed_only_by_who_has_just_confirmed():
    boss = PartnerMemberFactory(role=MemberRole.GLOBAL_ADMIN)
    colleague = PartnerMemberFactory(partner=boss.partner, role=MemberRole.BILLING_ADMIN)
    path = reverse("colleague_remove", args=[colleague.pk])
    client = signed_in_at(boss.user, time.time() - 301)

    asked = client.post(path)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert PartnerMember.objects.filter(pk=colleague.pk).exists()
    wrong = client.post(asked["Location"], {"password": "guess", "next": path})
    assertContains(wrong, "Incorrect password.")
    client.post(asked["Location"], {"password": PASSWORD, "next": path})

    assert not PartnerMember.objects.filter(pk=colleague.pk).exists()


@pytest.mark.parametrize("name", ["colleague_invite", "colleague_edit"])
def test_the_form_of_a_role_opens_only_to_who_has_just_confirmed(name):
    boss = PartnerMemberFactory(role=MemberRole.GLOBAL_ADMIN)
    colleague = PartnerMemberFactory(partner=boss.partner)
    place = boss.partner_id if name == "colleague_invite" else colleague.pk

    late = signed_in_at(boss.user, time.time() - 301).get(reverse(name, args=[place]))
    soon = signed_in_at(boss.user, time.time() - 100).get(reverse(name, args=[place]))

    assert late["Location"].startswith(reverse("account_reauthenticate"))
    assert soon.status_code == 200


@pytest.mark.parametrize(
    "name", ["accounts_user_change", "auth_user_password_change", "associations_partnermember_change"]
)
def test_the_desk_gives_access_only_by_who_has_just_confirmed(name):
    boss, member = UserFactory(is_staff=True, is_superuser=True), PartnerMemberFactory()
    place = member.pk if name.startswith("associations") else member.user_id

    late = signed_in_at(boss, time.time() - 301).get(reverse(f"admin:{name}", args=[place]))
    soon = signed_in_at(boss, time.time() - 100).get(reverse(f"admin:{name}", args=[place]))

    assert late["Location"].startswith(reverse("account_reauthenticate"))
    assert soon.status_code == 200


def test_a_session_that_has_ended_leaves_nothing_behind(person):
    ended = sign_in(person)
    key = ended.session.session_key
    with time_machine.travel(timezone.now() + timedelta(hours=11)):
        going_on = sign_in(person)
        run_clock("discard_ended_sessions")
        assert Session.objects.filter(pk=key).exists()

    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        run_clock("discard_ended_sessions")
        assert is_in(going_on)

    assert list(UserSession.objects.values_list("session_key", flat=True)) == [going_on.session.session_key]
    assert not Session.objects.filter(pk=key).exists()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        ("curl/8.16.0", "curl/8.16.0"),
    ],
)  # fmt: skip
def test_a_session_is_told_by_what_people_call_the_browser(user_agent, name):
    assert browser(user_agent) == name
