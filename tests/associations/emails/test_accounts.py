"""Emails about accounts: invitations and requests for access."""

import pytest

from associations import emails
from notifications.sending import rendering
from tests.associations.emails.acts import mail_named
from tests.factories import (
    MONDAY,
    PartnerMemberFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("secret", ["", "/accounts/password/reset/key/2a-key/"])
def test_invitation_names_company_and_inviter_and_leads_to_the_right_place(language, secret):
    boss = PartnerMemberFactory(
        partner__name="Contoso Services", user__full_name="Giulia Verdi", user__language=language, role="global_admin"
    )
    member = PartnerMemberFactory(partner=boss.partner)

    emails.invitation(member, by_user=boss.user, secret=secret, now=MONDAY)

    email = mail_named("invitation")
    rendered = rendering.render(email).with_link("https://portal.example/secret/")
    goal = "https://portal.example/secret/" if secret else "https://portal.example/incentives/"
    assert (email.to, email.locale) == ([member.user.email], language)
    assert "Giulia Verdi" in rendered.subject
    for part in (rendered.text, rendered.html):
        assert "Contoso Services" in part
        assert goal in part
        assert boss.user.email in part


def test_invitation_says_until_when_its_link_works():
    boss = PartnerMemberFactory(role="global_admin", user__time_zone="Europe/Rome")

    emails.invitation(boss, by_user=boss.user, secret="/accounts/password/reset/key/2a-key/", now=MONDAY)

    assert "by Thursday 22 October 2020, 10:00 (CEST)" in rendering.render(mail_named("invitation")).text


@pytest.mark.parametrize("language", ["en", "it"])
def test_access_request_says_who_asks_and_where_to_give_the_role(language):
    member = PartnerMemberFactory(user__full_name="Berta Blu", role="billing_admin")
    boss = PartnerMemberFactory(partner=member.partner, role="global_admin", user__language=language).user

    emails.access_request(member, admin=boss, message="For Milan.", on=MONDAY.date(), now=MONDAY)

    email = mail_named("access_request")
    rendered = rendering.render(email)
    assert (email.to, email.locale) == ([boss.email], language)
    assert "Berta Blu" in rendered.subject
    for part in (rendered.text, rendered.html):
        assert f"Berta Blu ({member.user.email})" in part
        assert "For Milan." in part
        assert f"https://portal.example/colleagues/{member.pk}/" in part


@pytest.mark.parametrize(("language", "asks"), [("en", "asks you for access"), ("it", "chiede l'accesso")])
def test_access_request_of_somebody_without_a_name_says_the_address_once(language, asks):
    member = PartnerMemberFactory(user__full_name="", role="billing_admin")
    boss = PartnerMemberFactory(partner=member.partner, role="global_admin", user__language=language).user

    emails.access_request(member, admin=boss, message="", on=MONDAY.date(), now=MONDAY)

    rendered = rendering.render(mail_named("access_request"))
    for part in (rendered.text, rendered.html):
        assert f"{member.user.email} {asks}" in part.replace("&#x27;", "'")
        assert f"({member.user.email})" not in part
