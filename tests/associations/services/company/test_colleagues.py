"""A company's global admins invite people and give roles; others ask them (domain.md 7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from associations.choices import MemberRole
from associations.models import PartnerMember
from associations.services.company import colleagues
from associations.services.company.colleagues import (
    AlreadyColleague,
    AskedAlready,
    NobodyToAsk,
    NotGlobalAdmin,
    NotInvitable,
    OwnRole,
    ScopeInvalid,
)
from notifications.models import OutboxEmail
from tests.factories import (
    MONDAY,
    PartnerFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ReviewerFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def global_admin(partner=None, **fields):
    return PartnerMemberFactory(partner=partner or PartnerFactory(), role=MemberRole.GLOBAL_ADMIN, **fields)


def invite(boss, email="nora@partner.example", *, role=MemberRole.INCENTIVES_USER, locations=(), by_user=None):
    return colleagues.invite(
        partner=boss.partner,
        email=email,
        role=role,
        locations=locations,
        all_locations=not locations,
        by_user=by_user or boss.user,
        now=MONDAY,
    )


def set_role(member, *, by_user, role=MemberRole.INCENTIVES_ADMIN, locations=()):
    return colleagues.set_role(
        member_id=member.pk,
        role=role,
        locations=locations,
        all_locations=not locations,
        by_user=by_user,
        now=MONDAY,
    )


def remove(member, *, by_user):
    return colleagues.remove(member_id=member.pk, by_user=by_user, now=MONDAY)


def ask(member, *, message="I prepare the claims of Milan.", now=MONDAY):
    return colleagues.request_access(user=member.user, partner=member.partner, message=message, now=now)


def roles_of(partner):
    return dict(PartnerMember.objects.filter(partner=partner).values_list("user__email", "role"))


def test_invite_makes_an_account_without_a_password_in_the_inviters_language():
    boss = global_admin(user__language="it")

    member = invite(boss, "Nora@Partner.Example")

    assert member.user.email == "nora@partner.example"
    assert member.user.language == "it"
    assert not member.user.has_usable_password()
    assert (member.role, member.all_locations) == ("incentives_user", True)


def test_invite_limits_the_person_to_the_locations_named():
    boss = global_admin()
    here, _elsewhere = PartnerLocationFactory(partner=boss.partner), PartnerLocationFactory(partner=boss.partner)

    member = invite(boss, locations=[here])

    assert member.all_locations is False
    assert list(member.locations.all()) == [here]


def test_invite_queues_one_mail_with_a_secret_link_to_a_new_account():
    boss = global_admin(user__full_name="Giulia Verdi", user__language="it")

    member = invite(boss)

    email = OutboxEmail.objects.get()
    assert email.key == f"member:{member.pk}:invitation"
    assert (email.template, email.to, email.locale) == ("invitation", ["nora@partner.example"], "it")
    assert email.secret.startswith("/accounts/password/reset/key/")
    assert email.context["needs_password"] is True
    assert email.send_before == MONDAY + timedelta(days=3)


def test_invite_gives_a_known_person_the_role_and_no_link():
    boss, known = global_admin(), UserFactory(email="nora@partner.example", language="en")

    member = invite(boss)

    email = OutboxEmail.objects.get()
    assert member.user == known
    assert email.secret == ""
    assert email.context["needs_password"] is False
    assert email.send_before is None


@pytest.mark.parametrize("role", [role for role in MemberRole if role != MemberRole.GLOBAL_ADMIN])
def test_only_a_global_admin_invites(role):
    member = PartnerMemberFactory(role=role)

    with pytest.raises(NotGlobalAdmin):
        invite(member)

    assert not User.objects.filter(email="nora@partner.example").exists()
    assert not OutboxEmail.objects.exists()


def test_a_global_admin_of_another_company_does_not_invite():
    with pytest.raises(NotGlobalAdmin):
        invite(global_admin(), by_user=global_admin().user)


def test_invite_refuses_who_has_a_role_already():
    boss = global_admin()
    PartnerMemberFactory(partner=boss.partner, user__email="nora@partner.example", role=MemberRole.BILLING_ADMIN)

    with pytest.raises(AlreadyColleague):
        invite(boss)

    assert roles_of(boss.partner)["nora@partner.example"] == "billing_admin"


def test_invite_refuses_who_works_for_microsoft_so_that_nobody_loses_a_reviewer():
    boss = global_admin()
    ReviewerFactory(email="nora@partner.example")

    with pytest.raises(NotInvitable):
        invite(boss)

    assert roles_of(boss.partner) == {boss.user.email: "global_admin"}


def test_invite_refuses_a_closed_account():
    UserFactory(email="nora@partner.example", is_active=False)

    with pytest.raises(NotInvitable):
        invite(global_admin())


def test_invite_refuses_a_location_of_another_company():
    boss = global_admin()

    with pytest.raises(ScopeInvalid):
        invite(boss, locations=[PartnerLocationFactory()])

    assert not User.objects.filter(email="nora@partner.example").exists()


def test_invite_refuses_a_role_for_no_location():
    boss = global_admin()

    with pytest.raises(ScopeInvalid):
        colleagues.invite(
            partner=boss.partner,
            email="nora@partner.example",
            role=MemberRole.INCENTIVES_USER,
            locations=[],
            all_locations=False,
            by_user=boss.user,
            now=MONDAY,
        )


def test_invite_refuses_a_global_admin_of_some_locations():
    boss = global_admin()

    with pytest.raises(ScopeInvalid):
        invite(boss, role=MemberRole.GLOBAL_ADMIN, locations=[PartnerLocationFactory(partner=boss.partner)])


def test_set_role_changes_role_and_locations():
    boss = global_admin()
    first, second = PartnerLocationFactory(partner=boss.partner), PartnerLocationFactory(partner=boss.partner)
    member = PartnerMemberFactory(partner=boss.partner, role=MemberRole.INCENTIVES_USER, locations=[first])

    set_role(member, by_user=boss.user, locations=[second])

    member.refresh_from_db()
    assert (member.role, member.all_locations, list(member.locations.all())) == ("incentives_admin", False, [second])


def test_set_role_for_all_locations_forgets_those_named():
    boss = global_admin()
    here = PartnerLocationFactory(partner=boss.partner)
    member = PartnerMemberFactory(partner=boss.partner, locations=[here])

    set_role(member, by_user=boss.user)

    member.refresh_from_db()
    assert (member.all_locations, list(member.locations.all())) == (True, [])


@pytest.mark.parametrize("act", [set_role, remove])
def test_nobody_touches_the_own_role_so_the_last_global_admin_stays(act):
    boss = global_admin()

    with pytest.raises(OwnRole):
        act(boss, by_user=boss.user)

    assert roles_of(boss.partner) == {boss.user.email: "global_admin"}


@pytest.mark.parametrize("act", [set_role, remove])
def test_who_is_no_global_admin_any_more_changes_nobody(act):
    boss = global_admin()
    other = global_admin(boss.partner)
    set_role(other, by_user=boss.user)

    with pytest.raises(NotGlobalAdmin):
        act(boss, by_user=other.user)

    assert roles_of(boss.partner) == {boss.user.email: "global_admin", other.user.email: "incentives_admin"}


@pytest.mark.parametrize("act", [set_role, remove])
def test_a_global_admin_of_another_company_changes_nobody(act):
    member = PartnerMemberFactory(role=MemberRole.BILLING_ADMIN)

    with pytest.raises(NotGlobalAdmin):
        act(member, by_user=global_admin().user)

    assert roles_of(member.partner) == {member.user.email: "billing_admin"}


def test_remove_takes_the_role_and_keeps_the_account():
    boss = global_admin()
    member = PartnerMemberFactory(partner=boss.partner)

    remove(member, by_user=boss.user)

    assert roles_of(boss.partner) == {boss.user.email: "global_admin"}
    assert User.objects.filter(pk=member.user_id, is_active=True).exists()


def test_remove_stops_an_invitation_that_has_not_left():
    boss = global_admin()
    member = invite(boss)

    remove(member, by_user=boss.user)

    email = OutboxEmail.objects.get()
    assert (email.status, email.secret) == ("cancelled", "")


def test_request_access_writes_to_every_other_global_admin_in_their_language():
    member = PartnerMemberFactory(role=MemberRole.BILLING_ADMIN, user__full_name="Berta Blu")
    first = global_admin(member.partner, user__email="anna@partner.example", user__language="it").user
    second = global_admin(member.partner, user__email="bruno@partner.example").user
    global_admin(member.partner, user__is_active=False)
    global_admin()

    asked = ask(member)

    mails = OutboxEmail.objects.order_by("pk")
    assert asked == [first, second]
    assert [(mail.to, mail.locale) for mail in mails] == [
        (["anna@partner.example"], "it"),
        (["bruno@partner.example"], "en"),
    ]
    assert mails[0].context["present_role"] == "Amministratore fatturazione"
    assert mails[1].context["present_role"] == "Billing admin"
    assert mails[1].context["message"] == "I prepare the claims of Milan."


def test_request_access_is_sent_once_a_day():
    member = PartnerMemberFactory(role=MemberRole.BILLING_ADMIN)
    global_admin(member.partner)
    ask(member)

    with pytest.raises(AskedAlready):
        ask(member, now=MONDAY + timedelta(hours=2))

    ask(member, now=MONDAY + timedelta(days=1))
    assert OutboxEmail.objects.count() == 2


def test_one_persons_request_does_not_silence_anothers():
    boss = global_admin()
    for _ in range(2):
        ask(PartnerMemberFactory(partner=boss.partner, role=MemberRole.BILLING_ADMIN))

    assert OutboxEmail.objects.count() == 2


def test_a_stranger_has_nobody_to_ask():
    boss = global_admin()

    with pytest.raises(NobodyToAsk):
        colleagues.request_access(user=UserFactory(), partner=boss.partner, message="", now=MONDAY)

    assert not OutboxEmail.objects.exists()


def test_the_only_global_admin_has_nobody_to_ask():
    with pytest.raises(NobodyToAsk):
        ask(global_admin())


@pytest.mark.parametrize("act", [set_role, remove])
def test_an_answer_stops_the_request_that_has_not_left(act):
    boss = global_admin()
    member = PartnerMemberFactory(partner=boss.partner, role=MemberRole.BILLING_ADMIN)
    ask(member)

    act(member, by_user=boss.user)

    assert [email.status for email in OutboxEmail.objects.all()] == ["cancelled"]


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no row locks")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("act", [set_role, remove])
def test_two_global_admins_who_remove_each_other_at_once_leave_one(act):
    first = global_admin()
    second = global_admin(first.partner)
    start = Barrier(2)

    def run(deed):
        try:
            start.wait()
            return deed()
        except NotGlobalAdmin as refusal:
            return refusal
        finally:
            connection.close()

    deeds = [partial(act, second, by_user=first.user), partial(act, first, by_user=second.user)]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, deeds, timeout=60))

    assert sum(isinstance(outcome, NotGlobalAdmin) for outcome in outcomes) == 1
    assert list(roles_of(first.partner).values()).count("global_admin") == 1
