"""The overview's lists: what needs attention, and what ends soon."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from associations.choices import MemberRole
from associations.models import Claim, Product, Subscription
from tests.accounts.signing_in import signed_in_just_now
from tests.associations.views.overview.opening import QUERIES, TUESDAY, beside, get, overview, undelivered_claim
from tests.factories import (
    MONDAY,
    AssociationFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ReviewerFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.people import author, signed_in
from tests.stories import (
    approved_claim,
    claim_needing_action,
    complete_dynamics_claim,
    declined_claim,
    draft_claim,
    noticed_claim,
    rejected_claim,
    unconfirmed_claim,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_overview_puts_first_what_waits_for_an_answer_then_lost_notices_then_drafts():
    claim = claim_needing_action()
    draft = draft_claim(**beside(claim))
    lost = undelivered_claim(**beside(claim))
    noticed_claim(**beside(claim))

    groups = overview(author(claim)).context["groups"]

    assert [(group.need.title, [line.claim for line in group.lines], group.need.url) for group in groups] == [
        ("The reviewer is waiting for your reply", [claim], "/associations/?state=action_required"),
        ("The notice did not reach the customer", [lost], "/associations/?window=not_delivered"),
        ("Drafts to finish", [draft], "/associations/?state=draft"),
    ]


def test_overview_shows_when_the_answer_is_due():
    response = overview(author(claim_needing_action()))

    assertContains(response, "Mon 26 Oct 2020, end of day (CET)")
    assertContains(response, "4 business days left")


def test_overview_says_when_nothing_waits():
    response = overview(author(noticed_claim()))

    assertContains(response, "You're all caught up.")


def test_deadlines_are_those_of_the_next_ten_business_days_nearest_first():
    claim = noticed_claim(at=MONDAY)
    later = noticed_claim(at=MONDAY + timedelta(days=2), **beside(claim))
    too_late = noticed_claim(at=datetime(2020, 10, 28, 8, tzinfo=UTC), **beside(claim))
    Claim.objects.filter(pk=too_late.pk).update(opt_out_closes_at=datetime(2020, 11, 5, 23, tzinfo=UTC))
    asked = claim_needing_action(at=MONDAY + timedelta(days=1), **beside(claim))
    approved_claim(at=MONDAY - timedelta(days=30), **beside(claim))

    deadlines = overview(author(claim), moment=datetime(2020, 10, 22, 8, tzinfo=UTC)).context["deadlines"]

    assert [(due.claim, due.kind) for due in deadlines] == [
        (claim, "window"),
        (asked, "answer"),
        (later, "window"),
        (too_late, "window"),
    ]
    assert [due.deadline.days_left for due in deadlines] == [2, 3, 4, 10]

    sooner = overview(author(claim), moment=datetime(2020, 10, 21, 8, tzinfo=UTC)).context["deadlines"]
    assert too_late not in [due.claim for due in sooner]


def test_overview_keeps_to_the_persons_company_and_locations():
    claim = draft_claim(name="In Rome")
    draft_claim(name="In Milan", location=PartnerLocationFactory(partner=claim.partner))
    draft_claim(name="Elsewhere")
    client = Client()
    client.force_login(PartnerMemberFactory(partner=claim.partner, locations=[claim.location]).user)

    response = overview(client)

    assertContains(response, "In Rome")
    assertNotContains(response, "In Milan")
    assertNotContains(response, "Elsewhere")


@pytest.mark.parametrize("count", [1, 5])
def test_overview_takes_the_same_queries_for_any_number_of_claims(count, django_assert_num_queries):
    claim = claim_needing_action()
    for _n in range(count):
        undelivered_claim(**beside(claim))
        draft_claim(**beside(claim))
        noticed_claim(**beside(claim))
    client = author(claim)

    with django_assert_num_queries(QUERIES):
        overview(client)


def test_observers_see_the_overview_without_a_button():
    claim = draft_claim(name="Seen")
    client = Client()
    client.force_login(PartnerMemberFactory(partner=claim.partner, role=MemberRole.GLOBAL_ADMIN).user)

    response = overview(client)

    assertContains(response, "Seen")
    assertNotContains(response, "/associations/new/")


def test_overview_tells_a_person_without_a_role_whom_to_ask():
    client = Client()
    client.force_login(UserFactory())

    assertContains(overview(client), "Ask a global admin of your company")


def test_overview_lists_official_subscriptions_that_end_within_sixty_days():
    claim = approved_claim(at=MONDAY - timedelta(days=30), claim=complete_dynamics_claim(name="Ends soon"))
    later = approved_claim(
        at=MONDAY - timedelta(days=30), claim=complete_dynamics_claim(name="Ends later", **beside(claim))
    )
    for one, ends_on in ((claim, date(2020, 12, 18)), (later, date(2020, 12, 19))):
        Subscription.objects.filter(tenant=one.tenant).update(ends_on=ends_on)

    response = overview(author(claim), moment=MONDAY)

    lines = response.context["endings"].lines
    assert [(line.claim, line.ends_on) for line in lines] == [(claim, date(2020, 12, 18))]
    assertContains(response, reverse("claim_copy", args=[claim.public_id]))
    observer = PartnerMemberFactory(partner=claim.partner, role=MemberRole.GLOBAL_ADMIN).user
    assertNotContains(overview(signed_in(observer)), reverse("claim_copy", args=[claim.public_id]))
    assertContains(response, "Fri 18 Dec 2020")


def test_overview_counts_what_ends_soon_and_leads_to_it():
    claim = approved_claim(at=MONDAY - timedelta(days=30), claim=complete_dynamics_claim())
    Subscription.objects.filter(tenant=claim.tenant).update(ends_on=date(2020, 12, 18))

    response = overview(author(claim), moment=MONDAY)

    counter = response.context["counters"][-1]
    assert (counter.label, counter.value, counter.url) == ("Ending soon", 1, "/associations/?ending=1")
    with time_machine.travel(MONDAY, tick=False):
        assertContains(author(claim).get(counter.url), "Ending within 60 days")


def test_overview_lists_existing_associations_that_end_soon_among_the_claims_by_date():
    claim = approved_claim(at=MONDAY - timedelta(days=30), claim=complete_dynamics_claim())
    Subscription.objects.filter(tenant=claim.tenant).update(ends_on=date(2020, 12, 18))
    sooner, later = (
        AssociationFactory(
            partner=claim.partner,
            product=Product.objects.get(code="D365_SALES"),
            subscription=SubscriptionFactory(ends_on=ends_on),
            is_migrated=True,
        )
        for ends_on in (date(2020, 11, 18), date(2021, 3, 18))
    )

    response = overview(author(claim), moment=MONDAY)

    lines, counter = response.context["endings"].lines, response.context["counters"][-1]
    assert [(line.claim, line.held) for line in lines] == [(None, sooner), (claim, None)]
    assert (counter.value, counter.url) == (2, "#endings")
    assertContains(response, 'id="endings"')
    assertContains(response, reverse("migrated_detail", args=[sooner.pk]))
    assertContains(response, reverse("migrated_renew", args=[sooner.pk]))
    assertNotContains(response, reverse("migrated_detail", args=[later.pk]))


def test_overview_of_a_company_with_existing_associations_alone_shows_what_ends():
    held = AssociationFactory(
        product=Product.objects.get(code="D365_SALES"),
        subscription=SubscriptionFactory(ends_on=date(2020, 11, 18)),
        is_migrated=True,
    )
    member = PartnerMemberFactory(partner=held.partner)

    response = overview(signed_in(member.user), moment=MONDAY)

    assertContains(response, reverse("migrated_detail", args=[held.pk]))


@pytest.mark.parametrize("role", [MemberRole.INCENTIVES_ADMIN, MemberRole.GLOBAL_ADMIN])
def test_what_needs_attention_is_counted_as_it_is_listed(role):
    claim = claim_needing_action()
    draft_claim(**beside(claim))
    undelivered_claim(**beside(claim))
    member = PartnerMemberFactory(partner=claim.partner, role=role)

    context = overview(signed_in(member.user)).context

    assert context["counters"][0].value == sum(group.total for group in context["groups"]) == 3


@pytest.mark.parametrize(("time_zone", "hour"), [("Pacific/Auckland", 12), ("America/Los_Angeles", 5)])
def test_overview_list_and_claim_agree_on_what_ends_soon_while_the_persons_day_is_another(time_zone, hour):
    moment = MONDAY.astimezone(UTC).replace(hour=hour)
    claim = approved_claim(at=MONDAY - timedelta(days=30), claim=complete_dynamics_claim())
    person = claim.created_by
    person.time_zone = time_zone
    person.save(update_fields=["time_zone"])
    assert moment.astimezone(ZoneInfo(time_zone)).date() != moment.date()

    for ends_on, is_soon in ((date(2020, 12, 18), True), (date(2020, 12, 19), False)):
        Subscription.objects.filter(tenant=claim.tenant).update(ends_on=ends_on)
        listed = get(signed_in(person), "/associations/", moment=moment).context["rows"]
        assert bool(listed[0].renew_url) is is_soon
        assert bool(get(signed_in(person), "/associations/?ending=1", moment=moment).context["rows"]) is is_soon
        assert bool(overview(signed_in(person), moment=moment).context["endings"].lines) is is_soon
        page = get(signed_in(person), f"/associations/{claim.public_id}/", moment=moment)
        assert bool(page.context["ending_soon"]) is is_soon


def test_overview_asks_for_fresh_proof_where_another_partner_claims_the_same():
    claim = noticed_claim()
    Claim.objects.filter(pk=claim.pk).update(has_competing_claim=True)

    (group,) = overview(author(claim)).context["groups"]

    assert (group.need.title, [line.claim for line in group.lines]) == ("Another partner claims the same", [claim])
    assert group.need.url == "/associations/?competing=1"
    assert [row.claim for row in author(claim).get(group.need.url).context["rows"]] == [claim]
    assert group.lines[0].due
    assert group.lines[0].due.kind == "window"


def test_overview_says_what_to_do_about_a_contact_who_is_not_confirmed():
    claim = unconfirmed_claim()
    noticed_claim(**beside(claim))

    page = overview(author(claim))

    (group,) = page.context["groups"]
    assert (group.need.title, [line.claim for line in group.lines]) == ("The contact isn't confirmed", [claim])
    assert group.need.url == "/associations/?window=contact"
    assert [row.claim for row in author(claim).get(group.need.url).context["rows"]] == [claim]
    assertContains(page, "replace the contact: then no reviewer is needed")
    assert page.context["counters"][0].value == 1


def test_what_waits_shows_the_five_longest_waiting_and_the_number_of_all():
    claim = draft_claim(at=MONDAY)
    others = [draft_claim(at=MONDAY - timedelta(days=days), **beside(claim)) for days in range(1, 7)]

    (group,) = overview(author(claim)).context["groups"]

    assert group.total == 7
    assert [line.claim for line in group.lines] == [others[at] for at in (5, 4, 3, 2, 1)]


def test_deadlines_include_the_last_day_to_dispute_but_not_the_customers_own_no():
    claim = rejected_claim(at=MONDAY - timedelta(days=27))
    declined_claim(at=MONDAY - timedelta(days=27), **beside(claim))

    deadlines = overview(author(claim)).context["deadlines"]

    assert [(due.claim, due.kind, due.deadline.last_day) for due in deadlines] == [
        (claim, "dispute", date(2020, 10, 22)),
    ]


def test_charts_show_twelve_months_of_claims_and_how_they_ended():
    claim = approved_claim(at=datetime(2020, 9, 7, 8, tzinfo=UTC))
    noticed_claim(at=MONDAY, **beside(claim))
    rejected_claim(at=MONDAY, **beside(claim))
    declined_claim(at=MONDAY, **beside(claim))
    approved_claim(at=datetime(2019, 10, 7, 8, tzinfo=UTC), **beside(claim))
    draft_claim(**beside(claim))

    context = overview(author(claim)).context

    filed, approved = (series["values"] for series in context["over_time"]["series"])
    assert (context["over_time"]["labels"][0], context["over_time"]["labels"][-1]) == ("Nov 2019", "Oct 2020")
    assert filed == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3]
    assert approved == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    found = zip(context["outcomes"]["labels"], context["outcomes"]["series"][0]["values"], strict=True)
    assert list(found) == [
        ("Became official", 1),
        ("Rejected: The customer opted out", 1),
        ("Rejected: Dates are missing or too old", 1),
        ("Rejected: A claimed product is not in the proof of execution", 1),
    ]


def test_only_a_page_with_charts_loads_their_scripts():
    claim = draft_claim()

    assertContains(overview(author(claim)), "js/charts.js")
    assertNotContains(author(claim).get("/associations/"), "js/charts.js")


def test_who_works_for_microsoft_finds_the_way_from_the_overview_to_the_desk():
    assertContains(signed_in_just_now(ReviewerFactory()).get("/incentives/"), "Open the reviewer")


def test_what_only_colleagues_can_do_is_called_so():
    claim = claim_needing_action(at=timezone.now())
    observer = PartnerMemberFactory(partner=claim.partner, role=MemberRole.GLOBAL_ADMIN).user

    assertContains(signed_in_just_now(observer).get("/incentives/"), "Needs your colleagues' attention")
    assertContains(signed_in_just_now(claim.created_by).get("/incentives/"), "Needs your attention")


@pytest.mark.parametrize("count", [10, 11])
def test_a_longer_list_of_deadlines_leads_to_all_of_them(count):
    claims = [noticed_claim()]
    claims += [noticed_claim(**beside(claims[0])) for _n in range(count - 1)]

    response = overview(author(claims[0]))

    assert len(response.context["deadlines"]) == 10
    url = response.context["more_deadlines_url"]
    assert url == ("/associations/?window=open&sort=window" if count == 11 else "")
    if url:
        assertContains(response, "the next to end first")
        with time_machine.travel(TUESDAY, tick=False):
            assert len(author(claims[0]).get(url).context["rows"]) == count
