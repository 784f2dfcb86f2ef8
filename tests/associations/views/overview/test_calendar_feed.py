"""The person's calendar address: secret, revocable, and never more than the person may see now."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from associations import link_tokens
from associations.models import CalendarFeed, Claim, PartnerMember, Subscription
from associations.services.company.calendar_feeds import renew_feed
from tests.factories import MONDAY, AssociationFactory, PartnerMemberFactory, SubscriptionFactory, UserFactory
from tests.people import signed_in
from tests.stories import (
    approved_claim,
    claim_needing_action,
    complete_dynamics_claim,
    draft_claim,
    noticed_claim,
    rejected_claim,
)

pytestmark = pytest.mark.django_db

GONE = b"This calendar address does not work."
TUESDAY = MONDAY + timedelta(days=1)
ADDRESS = re.compile(r"https?://[^/]+(/calendar/[\w-]{43}\.ics)")


def read(user: User, *, moment: datetime = TUESDAY) -> list[str]:
    """The lines that the calendar program of *user* reads at *moment*."""
    with time_machine.travel(moment, tick=False):
        response = Client().get(f"/calendar/{renew_feed(user, now=moment)}.ics")
    assert response.status_code == 200
    return response.content.replace(b"\r\n ", b"").decode().split("\r\n")


def told(lines: list[str], name: str) -> list[str]:
    return [line.partition(":")[2] for line in lines if re.match(rf"{name}[:;]", line)]


def test_the_address_is_made_by_a_button_shown_for_a_while_and_kept_as_a_digest():
    client = signed_in(UserFactory())
    assertContains(client.get("/calendar/"), "You have no calendar address yet")

    page = client.post("/calendar/renew/", follow=True)

    address = ADDRESS.search(page.content.decode())
    assert address
    assert "no-store" in page.headers["Cache-Control"]
    assert Client().get(address[1]).status_code == 200
    assert CalendarFeed.objects.get().token_digest == link_tokens.digest(address[1].split("/")[2].removesuffix(".ics"))
    assert address[1].split("/")[2].removesuffix(".ics") not in str(dict(client.session))
    later = timezone.now() + timedelta(minutes=11)
    with time_machine.travel(later):
        assertNotContains(client.get("/calendar/"), address[1])


def test_loading_the_page_again_makes_no_new_address():
    client = signed_in(UserFactory())
    assertRedirects(client.post("/calendar/renew/"), "/calendar/")
    made = CalendarFeed.objects.get().token_digest

    again = [
        ADDRESS.search(client.get(page, follow=True).content.decode()) for page in ("/calendar/", "/calendar/renew/")
    ]

    assert CalendarFeed.objects.get().token_digest == made
    assert [link_tokens.digest(found[1].split("/")[2].removesuffix(".ics")) for found in again if found] == [made] * 2


def test_an_address_made_elsewhere_or_revoked_is_shown_no_longer():
    user = UserFactory()
    client = signed_in(user)
    client.post("/calendar/renew/")
    renew_feed(user, now=MONDAY)
    elsewhere = client.get("/calendar/")
    client.post("/calendar/renew/")
    client.post("/calendar/revoke/")

    assert not ADDRESS.search(elsewhere.content.decode())
    assert not ADDRESS.search(client.get("/calendar/").content.decode())


def test_a_new_address_replaces_the_old_one():
    user = UserFactory()
    old, new = renew_feed(user, now=MONDAY), renew_feed(user, now=MONDAY)

    assert Client().get(f"/calendar/{old}.ics").status_code == 404
    assert Client().get(f"/calendar/{new}.ics").status_code == 200


def test_a_revoked_address_leads_nowhere():
    user = UserFactory()
    token = renew_feed(user, now=MONDAY)

    assertRedirects(signed_in(user).post("/calendar/revoke/"), "/calendar/")

    response = Client().get(f"/calendar/{token}.ics")
    assert (response.status_code, response.content) == (404, GONE)


def test_a_wrong_address_and_that_of_a_closed_account_look_the_same():
    token = renew_feed(UserFactory(is_active=False), now=MONDAY)

    answers = [Client().get(f"/calendar/{secret}.ics") for secret in (token, link_tokens.make_token())]

    assert [(answer.status_code, answer.content) for answer in answers] == [(404, GONE), (404, GONE)]


def test_the_feed_is_a_calendar_that_nobody_keeps():
    response = Client().get(f"/calendar/{renew_feed(UserFactory(), now=MONDAY)}.ics")

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_feed_has_each_date_to_come_on_its_last_whole_day():
    claim = claim_needing_action()
    same: dict[str, Any] = {"location": claim.location, "created_by": claim.created_by}
    rejected = rejected_claim(**same)
    draft_claim(**same)
    sold = approved_claim(at=MONDAY - timedelta(days=30), claim=complete_dynamics_claim(**same))
    Subscription.objects.filter(tenant=sold.tenant).update(ends_on=date(2020, 12, 1))

    lines = read(claim.created_by)

    days = dict(zip(told(lines, "UID"), told(lines, "DTSTART"), strict=True))
    assert {uid.partition("@")[0]: day for uid, day in days.items()} == {
        f"{claim.public_id}-answer": "20201026",
        f"{claim.public_id}-window": "20201026",
        f"{rejected.public_id}-dispute": "20201118",
        f"{sold.public_id}-subscription": "20201201",
    }


def test_an_event_keeps_its_uid_when_its_day_moves():
    claim = noticed_claim()
    before = read(claim.created_by)
    Claim.objects.update(opt_out_closes_at=F("opt_out_closes_at") + timedelta(days=1))

    after = read(claim.created_by)

    assert told(before, "UID") == told(after, "UID")
    assert told(before, "DTSTART") != told(after, "DTSTART")


def test_the_feed_speaks_the_language_of_its_owner():
    claim = noticed_claim()
    User.objects.update(language="it")
    claim.created_by.refresh_from_db()

    assert told(read(claim.created_by), "SUMMARY")[0].startswith("Fine del periodo di opposizione")


def test_the_feed_has_the_end_of_existing_associations_for_who_acts_for_all_locations():
    member = PartnerMemberFactory()
    limited = PartnerMemberFactory(partner=member.partner, all_locations=False).user
    subscription = SubscriptionFactory(tenant__name="Città S.p.A.", ends_on=date(2020, 11, 30))
    same: dict[str, Any] = {"partner": member.partner, "tenant": subscription.tenant, "product": subscription.product}
    held = AssociationFactory(**same, subscription=subscription, is_migrated=True)

    lines = read(member.user)

    assert told(lines, "DTSTART") == ["20201130"]
    assert told(lines, "SUMMARY") == [f"Subscription ends: Città S.p.A. ({subscription.product})"]
    assert told(lines, "URL")[0].endswith(f"/associations/existing/{held.pk}/")
    assert told(read(limited), "SUMMARY") == []


def test_the_feed_forgets_what_its_owner_may_no_longer_see():
    claim = noticed_claim()
    token = renew_feed(claim.created_by, now=MONDAY)
    PartnerMember.objects.filter(user=claim.created_by).delete()

    with time_machine.travel(TUESDAY, tick=False):
        response = Client().get(f"/calendar/{token}.ics")

    assert b"BEGIN:VEVENT" not in response.content


@pytest.mark.parametrize("count", [1, 5])
def test_the_feed_takes_the_same_queries_for_any_number_of_claims(count, django_assert_num_queries, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    claim = noticed_claim()
    for _n in range(count - 1):
        noticed_claim(location=claim.location, created_by=claim.created_by)
    token = renew_feed(claim.created_by, now=TUESDAY)

    with time_machine.travel(TUESDAY, tick=False), django_assert_num_queries(5):
        response = Client().get(f"/calendar/{token}.ics")

    assert response.content.count(b"BEGIN:VEVENT") == count


def test_an_address_that_is_asked_too_often_has_to_wait(settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"calendar": (3, 600)}
    token = renew_feed(UserFactory(), now=MONDAY)
    with time_machine.travel(TUESDAY, tick=False):
        answers = {Client().get(f"/calendar/{token}.ics").status_code for _n in range(3)}

        response = Client().get(f"/calendar/{token}.ics")

    assert answers == {200}
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 600


def test_a_claims_own_dates_are_a_file_and_a_claim_without_dates_has_none():
    claim = noticed_claim()
    draft = draft_claim(location=claim.location, created_by=claim.created_by)
    client = signed_in(claim.created_by)
    with time_machine.travel(TUESDAY, tick=False):
        page = client.get(f"/associations/{claim.public_id}/")
        response = client.get(f"/associations/{claim.public_id}/dates.ics")

        assert client.get(f"/associations/{draft.public_id}/dates.ics").status_code == 404

    assertContains(page, f"/associations/{claim.public_id}/dates.ics")
    assert response.headers["Content-Disposition"] == f'attachment; filename="{claim.number}.ics"'
    assert response.content.count(b"BEGIN:VEVENT") == 1
