"""The platform admin invites people by email; nobody types another person's password."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from associations.models import reviewers_besides
from associations.services.company.accounts import AlreadyIn, NotPlatformAdmin, Work, invite_again, invite_person
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import MONDAY, PartnerFactory, ReviewerFactory, UserFactory

pytestmark = pytest.mark.django_db

ADD, LIST = reverse("admin:accounts_user_add"), reverse("admin:accounts_user_changelist")
RITA = {"full_name": "Rita Nova", "email": "rita.nova@microsoft.example", "language": "it", "work": "reviewer"}
PASSWORD = "six quiet herons stand"
PASSWORDS = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def boss():
    return UserFactory(is_staff=True, is_superuser=True, full_name="Rosa Root", language="en")


def invited(boss, **facts):
    signed_in_just_now(boss).post(ADD, RITA | facts)
    return User.objects.get(email=(RITA | facts)["email"])


def links():
    """Return the secret paths that were emailed, the oldest first."""
    return [email.secret for email in OutboxEmail.objects.filter(template="account_invitation").order_by("pk")]


def open_link(path, client=None):
    return (client or Client()).get(path, follow=True)


def act(boss, action, *people):
    facts = {"action": action, "_selected_action": [user.pk for user in people]}
    return signed_in_just_now(boss).post(LIST, facts, follow=True)


def test_the_form_asks_for_no_password(boss):
    page = signed_in_just_now(boss).get(ADD)

    assertContains(page, "Invite a person")
    assertContains(page, "Send the invitation", count=1)
    assertNotContains(page, "Save and")
    assertContains(page, 'name="full_name"')
    assertNotContains(page, 'type="password"')


def test_an_invited_reviewer_chooses_a_password_and_works(boss):
    user = invited(boss)
    assert (user.full_name, user.language, user.is_staff, user.is_superuser) == ("Rita Nova", "it", True, False)
    assert not user.has_usable_password()

    client = Client()
    page = open_link(links()[0], client)
    client.post(page.request["PATH_INFO"], PASSWORDS)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assertContains(client.get(reverse("admin:index")), "Prossima richiesta")
    assert user in reviewers_besides(PartnerFactory())


@pytest.mark.parametrize(
    ("work", "is_staff", "is_superuser"), [("platform_admin", True, True), ("partner", False, False)]
)
def test_other_work_gives_other_rights(boss, work, is_staff, is_superuser):
    user = invited(boss, work=work)

    assert (user.is_staff, user.is_superuser) == (is_staff, is_superuser)
    assert not user.groups.exists()


@pytest.mark.parametrize(("language", "said"), [("en", "made you a reviewer"), ("it", "ti ha nominato revisore")])
def test_the_email_says_who_invites_to_what_and_until_when(boss, language, said):
    invited(boss, language=language)

    email = OutboxEmail.objects.get(template="account_invitation")
    rendered = rendering.render(email).with_link("https://portal.example/secret/")
    assert (email.to, email.locale) == ([RITA["email"]], language)
    assert "Rosa Root" in rendered.subject
    for part in (rendered.text, rendered.html):
        assert said in part
        assert "https://portal.example/secret/" in part
        assert boss.email in part
    assert email.send_before == email.created_at + timedelta(days=3)


@pytest.mark.parametrize("facts", [{"full_name": ""}, {"email": "nobody"}, {"work": "king"}])
def test_what_is_missing_or_wrong_is_asked_again(boss, facts):
    page = signed_in_just_now(boss).post(ADD, RITA | facts)

    assert page.status_code == 200
    assert page.context["errors"]
    assert not OutboxEmail.objects.exists()


def test_who_has_an_account_is_not_invited_again(boss):
    user = UserFactory(email=RITA["email"])

    assertContains(signed_in_just_now(boss).post(ADD, RITA), "already exists")
    assert not User.objects.get(pk=user.pk).is_staff


def test_an_invitation_sent_again_ends_the_link_before(boss):
    user = invited(boss)
    (first,) = links()
    assertContains(open_link(first), 'name="password1"')

    assertContains(act(boss, "send_again", user), "An invitation goes to rita.nova@microsoft.example.")

    assert [email.status for email in OutboxEmail.objects.order_by("pk")] == ["cancelled", "queued"]
    assertContains(open_link(first), "no longer works")
    assertContains(open_link(links()[1]), 'name="password1"')


def test_a_revoked_invitation_opens_nothing_until_it_is_sent_again(boss):
    user = invited(boss)
    (first,) = links()

    assertContains(act(boss, "revoke", user), "was revoked")

    assertContains(open_link(first), "no longer works")
    assert user not in reviewers_besides(PartnerFactory())
    assert OutboxEmail.objects.get().status == "cancelled"
    assertContains(signed_in_just_now(boss).get(LIST), "Revoked")
    act(boss, "send_again", user)
    assertContains(open_link(links()[1]), 'name="password1"')
    assert user in reviewers_besides(PartnerFactory())


def test_an_invitation_expires(boss):
    invited(boss)

    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assertContains(open_link(links()[0]), "no longer works")


@pytest.mark.parametrize("action", ["send_again", "revoke"])
def test_who_has_come_is_neither_invited_again_nor_turned_away(boss, action):
    person = ReviewerFactory()

    assertContains(act(boss, action, person), "has signed in already")

    assert User.objects.get(pk=person.pk).password == person.password
    assert User.objects.get(pk=person.pk).is_active
    assert not OutboxEmail.objects.exists()


def test_invitations_are_limited(boss, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"invite": (1, 3600)}
    user = invited(boss)

    assert signed_in_just_now(boss).post(ADD, RITA | {"email": "other@microsoft.example"}).status_code == 429
    assertContains(act(boss, "send_again", user), "Too many invitations at once.")
    assert len(links()) == 1


def test_a_reviewer_invites_nobody():
    reviewer = ReviewerFactory()

    assert signed_in_just_now(reviewer).post(ADD, RITA).status_code == 403
    with pytest.raises(NotPlatformAdmin):
        invite_person(
            email="x@microsoft.example", full_name="X", language="", work=Work.REVIEWER, by_user=reviewer, now=MONDAY
        )
    assert not OutboxEmail.objects.exists()


def test_whoever_invites_has_just_confirmed_who_they_are(boss, client):
    client.force_login(boss)

    assertRedirects(client.get(ADD), f"{reverse('account_reauthenticate')}?next={ADD}", fetch_redirect_response=False)


@pytest.mark.both
def test_the_services_lock_and_refuse(boss):
    user = invite_person(
        email="x@microsoft.example", full_name="X", language="", work=Work.REVIEWER, by_user=boss, now=MONDAY
    )
    assert (user.language, list(user.groups.all())) == ("en", list(Group.objects.filter(name="Reviewers")))
    before = user.password

    later = MONDAY + timedelta(hours=1)
    assert invite_again(user_id=user.pk, by_user=boss, now=later).password != before
    User.objects.filter(pk=user.pk).update(last_login=MONDAY)
    with pytest.raises(AlreadyIn):
        invite_again(user_id=user.pk, by_user=boss, now=MONDAY)
    assert "/key/" in links()[1]


@pytest.mark.parametrize(("language", "joined"), [("en", "1 Jul 2026, 09:05"), ("it", "1 lug 2026, 09:05")])
def test_the_desk_writes_days_as_the_portals_pages_do(language, joined):
    root = UserFactory(is_staff=True, is_superuser=True, language=language)
    person = UserFactory(date_joined=datetime(2026, 7, 1, 7, 5, tzinfo=UTC))

    page = signed_in_just_now(root).get(reverse("admin:accounts_user_change", args=[person.pk]))

    assertContains(page, joined)
    assertContains(page, {"en": "Log out", "it": "Esci"}[language])
