"""Whoever must set up a second factor can, however they got their account; and an account has one address."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from accounts.invitations import password_path
from accounts.models import User
from accounts.sign_in.allauth_addresses import verify_address
from associations.choices import MemberRole
from associations.services.company.colleagues import invite
from notifications.models import OutboxEmail
from tests.accounts.signing_in import code_of, signed_in_just_now
from tests.factories import PartnerFactory, PartnerMemberFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "six quiet herons stand"
PASSWORDS = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}


def platform_admin() -> Client:
    return signed_in_just_now(UserFactory(is_staff=True, is_superuser=True))


def choose_password(user: User) -> User:
    """Open the emailed link of *user* and choose a password."""
    client = Client()
    page = client.get(password_path(user), follow=True)
    client.post(page.request["PATH_INFO"], PASSWORDS)
    return user


def change_address(user: User, email: str) -> User:
    """Give *user* another address, as the platform admin does."""
    facts = {"email": email, "language": "en", "is_active": "on", "is_staff": "on"}
    response = platform_admin().post(reverse("admin:accounts_user_change", args=[user.pk]), facts)
    assert response.status_code == 302
    user.refresh_from_db()
    return user


def invited_colleague() -> User:
    partner = PartnerFactory(requires_second_factor=True)
    boss = PartnerMemberFactory(partner=partner, role=MemberRole.GLOBAL_ADMIN).user
    member = invite(
        partner=partner,
        email="nina@partner.example",
        role=MemberRole.INCENTIVES_USER,
        locations=[],
        all_locations=True,
        by_user=boss,
        now=timezone.now(),
    )
    return choose_password(member.user)


def who_forgot_the_password() -> User:
    user = UserFactory(is_staff=True)
    Client().post(reverse("account_reset_password"), {"email": user.email})
    return choose_password(user)


def who_asked_for_a_link_and_did_not_use_it() -> User:
    user = UserFactory(is_staff=True)
    user.set_password(NEW_PASSWORD)
    user.save()
    Client().post(reverse("account_reset_password"), {"email": user.email})
    return user


def who_was_made_at_the_desk() -> User:
    facts = {"email": "new@microsoft.example", "full_name": "Nora New", "language": "en", "work": "reviewer"}
    platform_admin().post(reverse("admin:accounts_user_add"), facts)
    return choose_password(User.objects.get(email="new@microsoft.example"))


def whose_address_was_changed() -> User:
    return change_address(who_forgot_the_password(), "married@microsoft.example")


def whose_address_was_changed_before_a_link() -> User:
    return choose_password(change_address(who_forgot_the_password(), "married@microsoft.example"))


def who_was_made_on_the_command_line() -> User:
    return User.objects.create_superuser("root@microsoft.example", NEW_PASSWORD)


@pytest.mark.parametrize(
    "made",
    [
        invited_colleague,
        who_forgot_the_password,
        who_asked_for_a_link_and_did_not_use_it,
        who_was_made_at_the_desk,
        whose_address_was_changed,
        whose_address_was_changed_before_a_link,
        who_was_made_on_the_command_line,
    ],
)
def test_whoever_must_sets_a_second_factor_up_and_works(made, settings):
    user = made()
    settings.CPOR_REQUIRE_MFA = True
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": NEW_PASSWORD})

    assertContains(client.get(reverse("overview"), follow=True), "Set up a second factor")
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200
    found = re.search(r'class="cpor-key-to-type">(\w+)<', client.get(reverse("mfa_activate_totp")).content.decode())
    assert found
    client.post(reverse("mfa_activate_totp"), {"code": code_of(found[1])})
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(found[1], moment=time.time() + 30)})

    assert client.get(reverse("overview")).status_code == 200


def test_a_password_chosen_by_the_emailed_link_verifies_the_address():
    user = who_forgot_the_password()

    assert list(EmailAddress.objects.values_list("user", "email", "verified")) == [(user.pk, user.email, True)]


def test_an_address_before_opens_the_account_no_more():
    user = who_forgot_the_password()
    before = user.email
    change_address(user, "married@microsoft.example")
    OutboxEmail.objects.all().delete()
    client = Client()

    client.post(reverse("account_login"), {"login": before, "password": NEW_PASSWORD})
    Client().post(reverse("account_reset_password"), {"email": before})

    assert "_auth_user_id" not in client.session
    assert not OutboxEmail.objects.exists()


def test_an_address_given_to_somebody_else_is_theirs():
    before, after = UserFactory(email="info@partner.example"), UserFactory(email="anna@partner.example")
    verify_address(before)
    User.objects.filter(pk=before.pk).update(email="info-old@partner.example")
    User.objects.filter(pk=after.pk).update(email="info@partner.example")
    after.refresh_from_db()

    verify_address(after)

    assert list(EmailAddress.objects.values_list("user", "email")) == [(after.pk, "info@partner.example")]


def test_nobody_gives_themselves_another_address():
    user = UserFactory()

    response = signed_in_just_now(user).post(
        reverse("account_email"), {"action_add": "", "email": "boss@partner.example"}
    )

    assertRedirects(response, reverse("preferences"))
    assert not EmailAddress.objects.exists()
