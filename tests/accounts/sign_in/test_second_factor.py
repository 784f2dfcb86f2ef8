"""The second factor: who must have one, what is closed until it is proved, and how it is set up."""

import re
import time
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import UsedCode
from accounts.sign_in.totp_codes import use
from tests.accounts.signing_in import code_of, give_app, give_recovery_codes, sign_in, signed_in_at, signed_in_just_now
from tests.factories import MONDAY, PartnerFactory, PartnerMemberFactory, ReviewerFactory, UserFactory

pytestmark = pytest.mark.django_db

DESK = "/admin/"
ASKED = f"/accounts/second-factor/?next={quote(DESK, safe='')}"


@pytest.fixture
def reviewer(settings):
    settings.CPOR_REQUIRE_MFA = True
    return ReviewerFactory()


def key_on(response) -> str:
    found = re.search(r'class="cpor-key-to-type">(\w+)<', response.content.decode())
    assert found
    return found[1]


def set_up_app(client: Client) -> str:
    """Set an app up, as a person does, and return its secret."""
    key = key_on(client.get(reverse("mfa_activate_totp"), follow=True))
    client.post(reverse("mfa_activate_totp"), {"code": code_of(key)})
    return key


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


@pytest.mark.both
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_app_that_is_set_up_opens_the_desk_and_shows_the_recovery_codes(settings):
    settings.CPOR_REQUIRE_MFA = True
    client = sign_in(UserFactory(is_staff=True, is_superuser=True))

    set_up_app(client)

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
    give_recovery_codes(reviewer)

    response = signed_in_just_now(reviewer).get(reverse(name))

    assert response["Location"].startswith(reverse("second_factor"))


def test_signing_in_asks_for_the_code(reviewer):
    secret = give_app(reviewer)

    client = sign_in(reviewer)
    assert "_auth_user_id" not in client.session
    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert response.status_code == 302
    assert client.get(DESK).status_code == 200


@pytest.mark.both
def test_a_code_is_good_once(reviewer):
    secret = give_app(reviewer)
    sign_in(reviewer).post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    client = sign_in(reviewer)

    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assertContains(response, "Incorrect code.")


@pytest.mark.parametrize("later", [0, 33, 59])
@pytest.mark.parametrize("again", ["mfa_authenticate", "mfa_reauthenticate"])
@pytest.mark.parametrize("way", [lambda code: code, lambda code: f"{code[:3]} {code[3:]}", lambda code: f"{code}-"])
def test_a_code_is_good_once_for_as_long_as_it_could_be_accepted(reviewer, again, later, way):
    secret = give_app(reviewer)
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, 1, tzinfo=UTC), tick=False) as clock:
        code = code_of(secret, moment=time.time() + 30)
        sign_in(reviewer).post(reverse("mfa_authenticate"), {"code": code})
        clock.shift(later)
        cache.clear()
        client = signed_in_just_now(reviewer) if again == "mfa_reauthenticate" else sign_in(reviewer)

        response = client.post(reverse(again), {"code": way(code)})

        assertContains(response, "Incorrect code.")
        assert client.get(DESK).status_code == 302


def test_the_code_that_set_an_app_up_signs_nobody_in(reviewer):
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, 1, tzinfo=UTC), tick=False) as clock:
        secret = set_up_app(sign_in(reviewer))
        code = code_of(secret)
        clock.shift(33)
        client = sign_in(reviewer)

        assertContains(client.post(reverse("mfa_authenticate"), {"code": code}), "Incorrect code.")
        client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        assert "_auth_user_id" in client.session


def test_a_used_code_is_counted_as_a_wrong_one(reviewer):
    secret = give_app(reviewer)
    sign_in(reviewer).post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    client = sign_in(reviewer)
    for code in ("000000", "000000", "000000", "000000", code_of(secret)):
        client.post(reverse("mfa_authenticate"), {"code": code})

    response = client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assertContains(response, "Too many failed login attempts. Try again later.")


@pytest.mark.both
def test_used_codes_are_forgotten_once_they_are_worthless(reviewer):
    secret = give_app(reviewer)
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        for _ in range(3):
            sign_in(reviewer).post(reverse("mfa_authenticate"), {"code": code_of(secret)})
            clock.shift(90)

    assert UsedCode.objects.count() == 1


@pytest.mark.both
def test_the_same_code_of_two_people_is_two_codes(reviewer):
    other = UserFactory()

    assert use(reviewer, "123456", now=MONDAY)
    assert use(other, "123456", now=MONDAY)
    assert not use(other, "123 456", now=MONDAY)


def test_a_wrong_code_is_tried_a_few_times_only(reviewer):
    secret = give_app(reviewer)
    client = sign_in(reviewer)
    for _ in range(5):
        assertContains(client.post(reverse("mfa_authenticate"), {"code": "000000"}), "Incorrect code.")

    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assertContains(response, "Too many failed login attempts. Try again later.")


def test_a_recovery_code_opens_after_too_many_wrong_codes_of_the_app(reviewer):
    give_app(reviewer)
    codes = give_recovery_codes(reviewer)
    client = sign_in(reviewer)
    for _ in range(6):
        refused = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assertContains(refused, "Too many failed login attempts. Try again later.")

    client.post(reverse("mfa_authenticate"), {"code": f" {codes[0][:4]}-{codes[0][4:]} "})

    assert client.get(DESK).status_code == 200


def test_recovery_codes_are_guessed_a_few_times_only_and_leave_the_app_alone(reviewer):
    secret = give_app(reviewer)
    codes = give_recovery_codes(reviewer)
    client = sign_in(reviewer)
    for _ in range(5):
        assertContains(client.post(reverse("mfa_authenticate"), {"code": "00000000"}), "Incorrect code.")

    refused = client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assertContains(refused, "Too many failed login attempts. Try again later.")
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert client.get(DESK).status_code == 200


def test_confirming_with_a_recovery_code_is_another_door_too(reviewer):
    give_app(reviewer)
    codes = give_recovery_codes(reviewer)
    client = signed_in_just_now(reviewer)
    for _ in range(6):
        client.post(reverse("mfa_reauthenticate"), {"code": "000000"})

    client.post(reverse("mfa_reauthenticate"), {"code": codes[0], "next": DESK})

    assert client.get(DESK).status_code == 200


def test_a_recovery_code_signs_in_once(reviewer):
    give_app(reviewer)
    codes = give_recovery_codes(reviewer)

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


@pytest.mark.both
def test_the_platform_admin_removes_the_factor_of_who_lost_it():
    boss, person = UserFactory(is_staff=True, is_superuser=True), UserFactory()
    give_app(person)

    facts = {"action": "forget_second_factors", "_selected_action": [person.pk]}
    signed_in_just_now(boss).post(reverse("admin:accounts_user_changelist"), facts)

    assert not Authenticator.objects.exists()
    assert "Second factor removed." in LogEntry.objects.get().get_change_message()
