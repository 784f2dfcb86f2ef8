"""The pages of colleagues: only a company's global admins open them; others ask for access (domain.md 7)."""

import re
from html import unescape

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import MemberRole
from associations.models import PartnerMember
from notifications.models import OutboxEmail
from notifications.sending import delivery, rendering
from tests.accounts.signing_in import signed_in_just_now
from tests.factories import PartnerFactory, PartnerLocationFactory, PartnerMemberFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "a-long-sentence-of-mine-42"


@pytest.fixture
def boss():
    return PartnerMemberFactory(
        partner=PartnerFactory(name="Contoso Services"),
        role=MemberRole.GLOBAL_ADMIN,
        user__email="giulia@partner.example",
        user__full_name="Giulia Verdi",
    )


@pytest.fixture
def colleague(boss):
    return PartnerMemberFactory(
        partner=boss.partner, role=MemberRole.BILLING_ADMIN, user__email="berta@partner.example"
    )


def signed_in(user):
    return signed_in_just_now(user)


def test_the_list_shows_role_and_locations_of_the_own_company_only(boss, colleague):
    here = PartnerLocationFactory(partner=boss.partner, mpn_id="4847383", name="Milano")
    PartnerMemberFactory(partner=boss.partner, role=MemberRole.REPORT_VIEWER, locations=[here])
    PartnerMemberFactory(user__email="stranger@other.example")

    response = signed_in(boss.user).get(reverse("colleagues"))

    assertContains(response, "berta@partner.example")
    assertContains(response, "Billing admin")
    assertContains(response, "Report viewer")
    assertContains(response, "4847383 Milano")
    assertNotContains(response, "stranger@other.example")


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries_for_any_number_of_colleagues(boss, count, django_assert_num_queries):
    here = PartnerLocationFactory(partner=boss.partner)
    for _ in range(count):
        PartnerMemberFactory(partner=boss.partner, locations=[here])
    client = signed_in(boss.user)

    with django_assert_num_queries(6):
        client.get(reverse("colleagues"))


def test_the_list_offers_no_change_of_the_own_role(boss, colleague):
    response = signed_in(boss.user).get(reverse("colleagues"))

    assertContains(response, reverse("colleague_edit", args=[colleague.pk]))
    assertNotContains(response, reverse("colleague_edit", args=[boss.pk]))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["colleague_edit", "colleague_remove"])
def test_the_own_role_has_no_page(boss, name, method):
    response = getattr(signed_in(boss.user), method)(reverse(name, args=[boss.pk]))

    assert response.status_code == 404
    assert PartnerMember.objects.filter(pk=boss.pk, role="global_admin").exists()


@pytest.mark.parametrize("role", [role for role in MemberRole if role != MemberRole.GLOBAL_ADMIN])
def test_nobody_but_a_global_admin_changes_anything(boss, colleague, role):
    client = signed_in(PartnerMemberFactory(partner=boss.partner, role=role).user)
    invitation = {"email": "nora@partner.example", "role": "global_admin", "all_locations": "on"}

    answers = [
        client.get(reverse("colleagues")),
        client.post(reverse("colleague_invite", args=[boss.partner.pk]), invitation),
        client.post(reverse("colleague_edit", args=[colleague.pk]), {"role": "global_admin", "all_locations": "on"}),
        client.post(reverse("colleague_remove", args=[colleague.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    colleague.refresh_from_db()
    assert colleague.role == "billing_admin"
    assert not OutboxEmail.objects.exists()


def test_a_global_admin_of_another_company_finds_nobody(boss, colleague):
    client = signed_in(PartnerMemberFactory(role=MemberRole.GLOBAL_ADMIN).user)

    answers = [
        client.get(reverse("colleague_invite", args=[boss.partner.pk])),
        client.get(reverse("colleague_edit", args=[colleague.pk])),
        client.post(reverse("colleague_remove", args=[colleague.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert PartnerMember.objects.filter(pk=colleague.pk).exists()


def test_an_invited_person_chooses_a_password_and_signs_in(boss, settings):
    settings.PORTAL_URL = "http://testserver"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    response = signed_in(boss.user).post(
        reverse("colleague_invite", args=[boss.partner.pk]),
        {"email": "nora@partner.example", "role": "incentives_admin", "all_locations": "on"},
        follow=True,
    )
    assertContains(response, "An invitation goes to nora@partner.example.")

    delivery.deliver_due_emails(now=timezone.now())
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert mail.outbox[0].subject == "Giulia Verdi invites you to the CPOR portal for Contoso Services"
    assert link is not None

    nora = Client()
    page = nora.get(link[1], follow=True)
    done = nora.post(page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True)
    assertContains(done, "Your password was changed")
    landed = nora.post(
        reverse("account_login"), {"login": "nora@partner.example", "password": NEW_PASSWORD}, follow=True
    )
    assertContains(landed, "nora@partner.example")
    assertRedirects(landed, reverse("overview"))

    again = Client().get(link[1], follow=True)
    assertContains(again, "This link no longer works")


@pytest.mark.parametrize("typed", ["nora@faß-giesserei.example\u200f", "Nora@XN--FA-GIESSEREI-M9A.example"])
def test_an_invitation_goes_to_the_domain_that_was_typed(boss, typed):
    signed_in(boss.user).post(
        reverse("colleague_invite", args=[boss.partner.pk]),
        {"email": typed, "role": "incentives_admin", "all_locations": "on"},
    )

    address = "nora@xn--fa-giesserei-m9a.example"
    assert OutboxEmail.objects.get(template="invitation").to == [address]
    assert PartnerMember.objects.filter(partner=boss.partner, user__email=address).exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [("nora@[192.0.2.7]", "The part after the @"), ("nöra@partner.example", "The part before the @")],
)
def test_an_invitation_that_no_email_could_carry_is_refused_in_words(boss, typed, said):
    response = signed_in(boss.user).post(
        reverse("colleague_invite", args=[boss.partner.pk]),
        {"email": typed, "role": "incentives_admin", "all_locations": "on"},
    )

    assertContains(response, said)
    assert not OutboxEmail.objects.exists()


def test_the_outbox_keeps_no_invitation_link(boss, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    signed_in(boss.user).post(
        reverse("colleague_invite", args=[boss.partner.pk]),
        {"email": "nora@partner.example", "role": "incentives_admin", "all_locations": "on"},
    )

    delivery.deliver_due_emails(now=timezone.now())

    kept = OutboxEmail.objects.get()
    assert (kept.status, kept.secret) == ("sent", "")
    assert "/accounts/password/reset/key/" in mail.outbox[0].body
    assert "/accounts/password/reset/key/" not in kept.text + kept.html


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"email": ""}, "Enter an email address."),
        ({"email": "nora"}, "Enter an email address such as name@contoso.com."),
        ({"role": ""}, "Choose a role."),
        ({"role": "emperor"}, "Choose a role."),
        ({"all_locations": ""}, "Choose at least one location, or all locations."),
        ({"all_locations": "", "role": "global_admin"}, "A global admin has all locations."),
        ({"email": "berta@partner.example"}, "This person is among your colleagues already."),
        ({"email": "reviewer@microsoft.example"}, "The person at this address can't be invited."),
    ],
)
def test_an_invitation_that_cannot_go_out_says_why(boss, colleague, facts, message):
    UserFactory(email="reviewer@microsoft.example", is_staff=True)
    good = {"email": "nora@partner.example", "role": "incentives_user", "all_locations": "on"}

    response = signed_in(boss.user).post(reverse("colleague_invite", args=[boss.partner.pk]), good | facts)

    assert message in unescape(response.content.decode())
    assert PartnerMember.objects.filter(partner=boss.partner).count() == 2
    assert not OutboxEmail.objects.exists()


def test_some_locations_beside_all_of_them_are_no_answer(boss):
    milan = PartnerLocationFactory(partner=boss.partner)
    facts = {"email": "nora@partner.example", "role": "incentives_user", "all_locations": "on"}

    response = signed_in(boss.user).post(
        reverse("colleague_invite", args=[boss.partner.pk]), facts | {"locations": [milan.pk]}
    )

    assertContains(response, "Choose all locations or only some, not both.")
    assert not PartnerMember.objects.filter(user__email="nora@partner.example").exists()


def test_a_location_of_another_company_is_no_choice(boss):
    here, foreign = PartnerLocationFactory(partner=boss.partner), PartnerLocationFactory()
    address = reverse("colleague_invite", args=[boss.partner.pk])
    facts = {"email": "nora@partner.example", "role": "incentives_user"}
    client = signed_in(boss.user)

    refused = client.post(address, facts | {"locations": [foreign.pk]})
    accepted = client.post(address, facts | {"locations": [here.pk]})

    assertNotContains(refused, foreign.mpn_id)
    assertRedirects(accepted, reverse("colleagues"))
    assert list(PartnerMember.objects.get(user__email="nora@partner.example").locations.all()) == [here]


def test_a_colleague_gets_another_role(boss, colleague):
    here = PartnerLocationFactory(partner=boss.partner)
    address = reverse("colleague_edit", args=[colleague.pk])
    client = signed_in(boss.user)

    asked = client.get(address).content.decode()
    assert re.search(r'<input[^>]*value="billing_admin"[^>]*checked', asked)
    response = client.post(address, {"role": "incentives_user", "locations": [here.pk]}, follow=True)

    assertContains(response, "was changed.")
    colleague.refresh_from_db()
    assert (colleague.role, list(colleague.locations.all())) == ("incentives_user", [here])


def test_removing_a_colleague_asks_first(boss, colleague):
    address = reverse("colleague_remove", args=[colleague.pk])
    client = signed_in(boss.user)

    asked = client.get(address)

    assertContains(asked, "from Contoso Services?")
    assert PartnerMember.objects.filter(pk=colleague.pk).exists()
    client.post(address)
    assert not PartnerMember.objects.filter(pk=colleague.pk).exists()
    assert client.get(address).status_code == 404


def test_the_account_menu_leads_a_global_admin_to_the_colleagues_until_they_are_none(boss):
    client = signed_in(boss.user)
    link = f'href="{reverse("colleagues")}"'

    client.get(reverse("overview"))
    assertContains(client.get(reverse("claim_list")), link)

    PartnerMember.objects.filter(pk=boss.pk).update(role=MemberRole.BILLING_ADMIN)
    client.get(reverse("overview"))
    assertNotContains(client.get(reverse("claim_list")), link)


def test_the_account_menu_leads_nobody_else_there(colleague):
    response = signed_in(colleague.user).get(reverse("overview"))

    assertNotContains(response, f'href="{reverse("colleagues")}"')


@pytest.mark.parametrize(("name", "status"), [("overview", 200), ("claim_list", 200), ("start_claim", 403)])
def test_who_has_no_incentives_role_is_offered_to_request_access(boss, colleague, name, status):
    response = signed_in(colleague.user).get(reverse(name))

    assertContains(response, "giulia@partner.example", status_code=status)
    assertContains(response, f'href="{reverse("request_access")}"', status_code=status)


@pytest.mark.parametrize("name", ["overview", "claim_list"])
def test_who_belongs_to_no_company_is_told_whom_to_ask_without_a_button(boss, name):
    response = signed_in(UserFactory()).get(reverse(name))

    assertContains(response, "Ask a global admin of your company for it.")
    assertContains(response, "ask your contact at Microsoft")
    assertNotContains(response, reverse("request_access"))


def test_a_request_for_access_asks_first_and_goes_to_the_global_admins(boss, colleague):
    client = signed_in(colleague.user)
    address = reverse("request_access")

    asked = client.get(address)
    assertContains(asked, "Giulia Verdi")
    assert not OutboxEmail.objects.exists()

    sent = client.post(address, {"company": boss.partner.pk, "message": "For <b>Milan</b>"}, follow=True)
    assertContains(sent, "Your request goes to Giulia Verdi.")
    rendered = rendering.render(OutboxEmail.objects.get())
    assert "For <b>Milan</b>" in rendered.text
    assert "For &lt;b&gt;Milan&lt;/b&gt;" in rendered.html
    assert reverse("colleague_edit", args=[colleague.pk]) in rendered.text

    again = client.post(address, {"company": boss.partner.pk}, follow=True)
    assertContains(again, "You have asked for access today.")
    assert OutboxEmail.objects.count() == 1


def test_a_request_for_access_chooses_among_several_companies(boss, colleague):
    other = PartnerMemberFactory(user=colleague.user, role=MemberRole.REPORT_VIEWER)
    PartnerMemberFactory(partner=other.partner, role=MemberRole.GLOBAL_ADMIN, user__email="otto@other.example")
    client = signed_in(colleague.user)

    refused = client.post(reverse("request_access"), {"message": ""})
    client.post(reverse("request_access"), {"company": other.partner.pk})

    assertContains(refused, "Choose a company.")
    assert [email.to for email in OutboxEmail.objects.all()] == [["otto@other.example"]]


def test_a_request_for_access_does_not_reach_another_company(boss, colleague):
    foreign = PartnerMemberFactory(role=MemberRole.GLOBAL_ADMIN)

    response = signed_in(colleague.user).post(reverse("request_access"), {"company": foreign.partner.pk})

    assertContains(response, "Choose a company.")
    assert not OutboxEmail.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_belongs_to_no_company_has_no_request_to_send(boss, method):
    response = getattr(signed_in(UserFactory()), method)(reverse("request_access"), {"company": boss.partner.pk})

    assert response.status_code == 404
    assert not OutboxEmail.objects.exists()
