"""The second factor: who must have one, what is closed until it is proved, and how it is set up."""

import re
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.accounts.signing_in import code_of, give_app, sign_in, signed_in_at, signed_in_just_now
from tests.factories import PartnerFactory, PartnerMemberFactory, ReviewerFactory, UserFactory

pytestmark = pytest.mark.django_db

DESK = "/admin/"
ASKED = f"/accounts/second-factor/?next={quote(DESK, safe='')}"


@pytest.fixture
def reviewer(settings):
    settings.CPOR_REQUIRE_MFA = True
    return ReviewerFactory()


def key_on(response) -> str:
    found = re.search(r'class="key-to-type">(\w+)<', response.content.decode())
    assert found
    return found[1]


def test_staff_without_a_factor_are_led_to_setting_one_up(reviewer):
    client = sign_in(reviewer)

    response = client.get(DESK, follow=True)

    assert response.redirect_chain == [(ASKED, 302)]
    assertContains(response, "Set up a second factor")
    assertContains(response, reverse("mfa_activate_totp"))
    assertContains(response, reverse("mfa_add_webauthn"))


@pytest.mark.parametrize("name", ["overview", "claim_list", "preferences", "account_change_password", "admin:index"])
def test_nothing_else_opens_before(reviewer, name):
    response = signed_in_just_now(reviewer).get(reverse(name))

    assert response["Location"].startswith(reverse("second_factor"))


def test_what_needs_no_sign_in_stays_open(reviewer):
    client = sign_in(reviewer)

    assert client.get("/healthz").status_code == 200
    assert client.get(reverse("customers_page")).status_code == 200
    assertRedirects(client.post(reverse("set_language"), {"language": "it"}), "/", fetch_redirect_response=False)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_an_app_is_set_up_confirmed_once_and_opens_the_desk(reviewer):
    client = sign_in(reviewer)
    key = key_on(client.get(reverse("mfa_activate_totp")))
    client.post(reverse("mfa_activate_totp"), {"code": code_of(key)})

    codes = client.get(reverse("mfa_view_recovery_codes"), follow=True)
    assertContains(codes, "Confirm your second factor")
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(key), "next": DESK})

    assert client.get(DESK).status_code == 200
    assertContains(client.get(reverse("mfa_view_recovery_codes")), "10 codes are left")


def test_a_session_older_than_the_factor_has_to_prove_it(reviewer):
    client = sign_in(reviewer)
    give_app(reviewer)

    response = client.get(DESK, follow=True)

    assertContains(response, "Confirm your second factor")
    assertContains(response, reverse("mfa_reauthenticate"))


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_download_recovery_codes"]
)
def test_a_password_alone_neither_adds_a_factor_nor_reads_the_recovery_codes(reviewer, name):
    give_app(reviewer)
    RecoveryCodes.activate(reviewer)

    response = signed_in_just_now(reviewer).get(reverse(name))

    assert response["Location"].startswith(reverse("second_factor"))


def test_signing_in_asks_for_the_code(reviewer):
    secret = give_app(reviewer)

    client = sign_in(reviewer)
    assert "_auth_user_id" not in client.session
    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert response.status_code == 302
    assert client.get(DESK).status_code == 200


def test_a_code_is_good_once(reviewer):
    secret = give_app(reviewer)
    sign_in(reviewer).post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    client = sign_in(reviewer)

    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assertContains(response, "Incorrect code.")


def test_a_wrong_code_is_tried_a_few_times_only(reviewer):
    secret = give_app(reviewer)
    client = sign_in(reviewer)
    for _ in range(5):
        assertContains(client.post(reverse("mfa_authenticate"), {"code": "000000"}), "Incorrect code.")

    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assertContains(response, "Too many failed login attempts. Try again later.")


def test_a_recovery_code_signs_in_once(reviewer):
    give_app(reviewer)
    codes = RecoveryCodes.activate(reviewer).get_unused_codes()

    first = sign_in(reviewer)
    first.post(reverse("mfa_authenticate"), {"code": codes[0]})
    second = sign_in(reviewer)
    again = second.post(reverse("mfa_authenticate"), {"code": codes[0]})

    assert first.get(DESK).status_code == 200
    assertContains(again, "Incorrect code.")


def test_the_last_factor_removed_leads_to_setting_up_again(reviewer):
    secret = give_app(reviewer)
    client = sign_in(reviewer)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()
    assert client.get(DESK)["Location"] == ASKED


def test_a_factor_is_changed_only_by_who_has_just_confirmed(settings):
    person = UserFactory()

    response = signed_in_at(person, 1_600_000_000).get(reverse("mfa_activate_totp"))

    assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_staff_need_none_where_the_requirement_is_off(settings):
    settings.CPOR_REQUIRE_MFA = False

    assert sign_in(ReviewerFactory()).get(DESK).status_code == 200


@pytest.mark.parametrize(("demands", "status"), [(True, 302), (False, 200)])
def test_a_partner_demands_a_factor_of_its_people(demands, status):
    member = PartnerMemberFactory(partner=PartnerFactory(requires_second_factor=demands))

    response = sign_in(member.user).get(reverse("claim_list"))

    assert response.status_code == status


def test_the_rule_costs_no_query(django_assert_num_queries, settings):
    settings.CPOR_REQUIRE_MFA = True
    person = UserFactory()
    client = signed_in_just_now(person)

    with django_assert_num_queries(2):  # the session and the person
        client.get(reverse("second_factor"))


def test_who_needs_no_factor_may_have_one():
    person = UserFactory()
    secret = give_app(person)
    client = sign_in(person)

    assert client.get(reverse("claim_list"))["Location"].startswith(reverse("account_login"))
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert client.get(reverse("claim_list")).status_code == 200
    assertRedirects(client.get(reverse("second_factor")), reverse("mfa_index"))


def test_the_way_back_leads_to_no_other_site(reviewer):
    client = sign_in(reviewer)
    give_app(reviewer)

    response = client.get(reverse("second_factor"), {"next": "https://evil.example/"})

    assertNotContains(response, 'href="https://evil.example')
    assertContains(response, f'{reverse("mfa_reauthenticate")}?next=%2F"')


def test_a_stranger_sees_no_page_of_the_second_factor():
    assert Client().get(reverse("second_factor"))["Location"].startswith(reverse("account_login"))


def test_the_platform_admin_removes_the_factor_of_who_lost_it():
    boss, person = UserFactory(is_staff=True, is_superuser=True), UserFactory()
    give_app(person)

    facts = {"action": "forget_second_factors", "_selected_action": [person.pk]}
    signed_in_just_now(boss).post(reverse("admin:accounts_user_changelist"), facts)

    assert not Authenticator.objects.exists()
    assert "Second factor removed." in LogEntry.objects.get().get_change_message()
