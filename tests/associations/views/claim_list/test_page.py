"""The list as a partner works in it: tabs, search, filters, pills, every order, and pages of any of them."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from associations.choices import ClaimStatus, ConsentStatus, MemberRole
from associations.forms.claim_list.filter import ClaimFilter
from associations.forms.claim_list.sort import SORTS
from associations.models import Claim, ClaimedProduct, Product
from associations.models.partners import claim_scope_of
from associations.services.claim.search_columns import refresh_search_text
from tests.factories import (
    MONDAY,
    AssociationFactory,
    ClaimedProductFactory,
    ClaimFactory,
    CustomerNoticeFactory,
    CustomerTenantFactory,
    OutboxEmailFactory,
    PartnerFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    SubscriptionFactory,
)
from tests.factories.rules import edition_with
from tests.stories import claim_needing_action, complete_claim, draft_claim, noticed_claim

pytestmark = [pytest.mark.django_db, pytest.mark.both]

DAY = timedelta(days=1)


@pytest.fixture
def location():
    return PartnerLocationFactory(mpn_id="4847383", name="Milan")


@pytest.fixture
def person(location):
    return PartnerMemberFactory(partner=location.partner).user


@pytest.fixture
def client(person):
    client = Client()
    client.force_login(person)
    return client


def filed(location, **fields):
    """A claim that was submitted, by columns alone."""
    stated = {"status": ClaimStatus.SUBMITTED, "submitted_at": MONDAY, "submitted_by": None} | fields
    claim = ClaimFactory(location=location)
    stated["submitted_by"] = claim.created_by if stated["submitted_at"] else None
    Claim.objects.filter(pk=claim.pk).update(**stated)
    return Claim.objects.get(pk=claim.pk)


def official(location, *, ends_on):
    """An approved claim whose subscription ends on a day."""
    tenant = CustomerTenantFactory()
    subscription = SubscriptionFactory(tenant=tenant, ends_on=ends_on)
    held = AssociationFactory(
        partner=location.partner, tenant=tenant, product=subscription.product, subscription=subscription
    )
    claim = filed(location, status=ClaimStatus.APPROVED, tenant=tenant)
    ClaimedProductFactory(claim=claim, product=subscription.product, subscription=subscription, association=held)
    return claim


def listed(client, **asked):
    return [row.claim for row in client.get("/associations/", asked).context["rows"]]


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_tabs_split_the_solution_areas_and_keep_the_other_filters(client, location):
    ours = complete_claim(location=location)
    ClaimFactory(location=location, solution_area="BA")

    response = client.get("/associations/", {"area": "M365", "status": "draft"})

    assert [row.claim for row in response.context["rows"]] == [ours]
    assert [(tab.label, tab.url, tab.is_current) for tab in response.context["tabs"]] == [
        ("All", "?status=draft", False),
        ("Microsoft 365", "?area=M365&status=draft", True),
        ("Business Applications", "?area=BA&status=draft", False),
        ("Existing associations", "?tab=existing", False),
    ]


@pytest.mark.parametrize(
    "words",
    ["CPOR-", "CAFE NOR", "café", "contoso.example", "0aa7-4", "5555-1234", "milano.  café"],
)
def test_search_finds_any_part_of_number_name_customer_domain_tenant_and_subscription(client, location, words):
    tenant = CustomerTenantFactory(name="Contoso Milano", tenant_id="8f3c0aa7-4242-4c4c-8888-000000000001")
    claim = draft_claim(location=location, name="Cafè Nord", tenant=tenant, domain_name="milano.contoso.example")
    subscription = SubscriptionFactory(tenant=tenant, subscription_id="11111111-2222-3333-5555-123400000000")
    ClaimedProductFactory(claim=claim, product=subscription.product, subscription=subscription)
    refresh_search_text(claim)
    draft_claim(location=location, name="Other")

    found = listed(client, q=words)

    assert claim in found
    assert words == "CPOR-" or found == [claim]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"status": "action_required"}, ["returned"]),
        ({"activity": "presales"}, ["returned"]),
        ({"product": "D365_SALES"}, ["ending", "late"]),
        ({"product": "EXO"}, ["returned"]),
        ({"location": "4847383"}, ["ending", "late", "returned"]),
        ({"location": "6363276"}, ["elsewhere"]),
        ({"window": "declined"}, ["elsewhere"]),
        ({"from": "2020-10-20"}, ["late"]),
        ({"from": "2020-10-19", "to": "2020-10-19"}, ["elsewhere", "ending", "returned"]),
        ({"needs_me": "1"}, ["returned"]),
        ({"competing": "1"}, ["elsewhere"]),
        ({"ending": "1"}, ["ending"]),
        ({"ending": "1", "status": "action_required"}, []),
    ],
)
def test_filters_narrow_the_list(client, location, asked, found):
    other = PartnerLocationFactory(partner=location.partner, mpn_id="6363276")
    claims = {
        "returned": filed(
            location, status=ClaimStatus.ACTION_REQUIRED, answer_due_at=MONDAY + DAY, activity_codes=("BA_PRESALES",)
        ),
        "late": official(location, ends_on=date.today() + 61 * DAY),
        "ending": official(location, ends_on=date.today() + 59 * DAY),
        "elsewhere": filed(
            other,
            status=ClaimStatus.REJECTED,
            consent_status=ConsentStatus.DECLINED,
            has_competing_claim=True,
        ),
    }
    ClaimedProductFactory(claim=claims["returned"], product=Product.objects.get(code="EXO"))
    Claim.objects.filter(pk=claims["late"].pk).update(submitted_at=MONDAY + 2 * DAY)
    names = {claim.pk: name for name, claim in claims.items()}

    assert sorted(names[claim.pk] for claim in listed(client, **asked)) == found


def test_an_undelivered_notice_needs_me_and_is_listed_once(client, location):
    claim = filed(location, consent_status=ConsentStatus.BOUNCED)
    for number, revoked_at in ((1, MONDAY), (2, None)):
        email = OutboxEmailFactory(status="bounced", sent_at=MONDAY, bounced_at=MONDAY)
        CustomerNoticeFactory(claim=claim, number=number, revoked_at=revoked_at, email=email)

    assert listed(client, needs_me="1") == [claim]
    assert listed(client, window="not_delivered") == [claim]


def test_the_list_and_the_overview_agree_on_what_needs_me(client, location):
    contested = filed(location, has_competing_claim=True)
    returned = filed(location, status=ClaimStatus.ACTION_REQUIRED, answer_due_at=MONDAY + DAY)
    draft = draft_claim(location=location)
    filed(location)

    groups = client.get("/incentives/").context["groups"]

    assert sorted(line.claim.pk for group in groups for line in group.lines) == sorted(
        claim.pk for claim in (contested, returned, draft)
    )
    assert {claim.pk for claim in listed(client, needs_me="1")} == {contested.pk, returned.pk, draft.pk}


def test_days_are_those_of_the_person(client, person, location):
    claim = filed(location, submitted_at=MONDAY.replace(hour=20))
    person.time_zone = "Asia/Tokyo"
    person.save()

    assert listed(client, **{"from": "2020-10-20"}) == [claim]
    assert listed(client, to="2020-10-19") == []


def test_each_filter_is_a_pill_that_leads_to_the_list_without_it(client, location):
    draft_claim(location=location)

    response = client.get(
        "/associations/", {"q": "cafe", "state": "draft", "location": "4847383", "competing": "1", "sort": "name"}
    )

    assert [(pill.label, pill.value, pill.query) for pill in response.context["pills"]] == [
        ("Search", "cafe", "?state=draft&location=4847383&competing=1&sort=name"),
        ("Status", "Draft", "?q=cafe&location=4847383&competing=1&sort=name"),
        ("MPN location", "4847383 Milan", "?q=cafe&state=draft&competing=1&sort=name"),
        ("Competing", "", "?q=cafe&state=draft&location=4847383&sort=name"),
    ]
    assertContains(response, "Clear all filters")


@pytest.mark.parametrize(
    ("asked", "ignored"),
    [
        ({"status": "gone"}, "status"),
        ({"state": "approved", "review": "done"}, "state, review"),
        ({"area": "X", "activity": "\x00y"}, "activity, area"),
        ({"from": "yesterday", "to": "2020-13-01"}, "from, to"),
        ({"from": "0001-01-01", "to": "9999-12-31"}, "from, to"),
        ({"product": "NOPE"}, "product"),
        ({"location": "1234567"}, "location"),
        ({"location": "' OR 1=1"}, "location"),
        ({"sort": "search_text"}, "sort"),
        ({"ending": "90", "needs_me": "yes"}, "needs_me, ending"),
    ],
)
def test_what_nobody_can_mean_is_left_out_and_said(client, location, asked, ignored):
    claim = draft_claim(location=location)
    PartnerLocationFactory(mpn_id="1234567")

    response = client.get("/associations/", asked)

    assert said(response) == [f"These parts of the address are not known and were left out: {ignored}."]
    assert [row.claim for row in response.context["rows"]] == [claim]


def test_only_locations_in_scope_can_be_chosen(location):
    PartnerLocationFactory(partner=location.partner, mpn_id="7000001")
    client = Client()
    client.force_login(PartnerMemberFactory(partner=location.partner, locations=[location]).user)
    claim = draft_claim(location=location)

    response = client.get("/associations/", {"location": "7000001"})

    selects = {name: options for name, _label, options in response.context["choices"]["selects"]}
    options = selects["location"]
    assert [(option.value, option.label) for option in options] == [("4847383", "4847383 Milan")]
    assert [row.claim for row in response.context["rows"]] == [claim]
    assertNotContains(response, 'value="7000001"')


def world_to_sort(location):
    """Claims that differ in every column, some alike, some without the fact."""
    for number in range(7):
        place = PartnerLocationFactory(partner=location.partner) if number % 3 == 0 else location
        claim = ClaimFactory(
            location=place,
            name=("", "b", "a", "b")[number % 4],
            solution_area=("M365", "BA")[number % 2],
            activity_codes=(*["BA_USAGE"][number % 2 :], *["BA_PRESALES"][(number % 3) > 0 :]),
            item_count=number % 3,
            created_at=MONDAY + (number % 5) * DAY,
            changed_at=MONDAY - number * DAY,
        )
        if number % 2:
            Claim.objects.filter(pk=claim.pk).update(
                status=ClaimStatus.SUBMITTED,
                submitted_at=MONDAY - (number % 4) * DAY,
                submitted_by=claim.created_by,
                consent_status=ConsentStatus.OPEN,
                opt_out_opens_at=MONDAY,
                opt_out_closes_at=MONDAY + (number % 4 + 1) * DAY,
            )


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("key", SORTS)
def test_every_order_walks_all_claims_once_down_and_up(client, location, monkeypatch, key, sign):
    world_to_sort(location)
    monkeypatch.setattr("associations.views.claim_list.page.CLAIMS_A_PAGE", 3)
    by = SORTS[key].by
    expected = list(
        Claim.objects.annotate(value=by)
        .order_by("value" if not sign else "-value", "pk" if not sign else "-pk")
        .values_list("pk", flat=True)
    )
    walked, url = [], f"/associations/?sort={sign}{key}"
    while url:
        response = client.get(url)
        walked.append([row.claim.pk for row in response.context["rows"]])
        url = response.context.get("older_url")
    last = client.get(f"/associations/?sort={sign}{key}&end=1")
    above = client.get(last.context["newer_url"])

    assert walked == [expected[:3], expected[3:6], expected[6:]]
    assert [row.claim.pk for row in last.context["rows"]] == expected[-3:]
    assert [row.claim.pk for row in above.context["rows"]] == expected[1:4]


def test_a_column_says_how_it_sorts_and_turns_round(client, location):
    draft_claim(location=location)

    response = client.get("/associations/", {"sort": "customer", "status": "draft"})

    heads = {head.key: head for head in response.context["heads"]}
    assert (heads["customer"].aria_sort, heads["customer"].url) == ("ascending", "?status=draft&sort=-customer")
    assert (heads["changed"].aria_sort, heads["changed"].url) == ("", "?status=draft&sort=-changed")
    assertContains(response, 'aria-sort="ascending"', count=1)


def test_every_order_can_be_chosen_in_the_form(client, location):
    draft_claim(location=location)

    offered = {option.value for option in client.get("/associations/").context["choices"]["sorts"]}

    assert offered == {f"{sign}{key}" for key in SORTS for sign in ("", "-")}


def test_a_usual_row_says_which_claim_for_whom_how_it_stands_and_when_it_last_changed(client, location):
    noticed_claim(location=location, created_by__full_name="Olga Owner")

    response = client.get("/associations/")

    assert response.context["columns"] == ("number", "customer", "status", "items", "location", "changed")
    assertContains(response, ">19 Oct 2020</time>", count=1)
    assertNotContains(response, "Olga Owner")


def test_a_row_names_products_as_the_edition_of_its_claim_does(client, location):
    noticed_claim(location=location)
    noticed_claim(location=location, guide=edition_with(call_teams_otherwise))

    items = [row.items for row in client.get("/associations/").context["rows"]]
    assert items == ["Exchange Online, Teams of now", "Exchange Online, Microsoft Teams"]


def call_teams_otherwise(guide):
    guide.products.filter(product__code="TEAMS").update(name="Teams of now")


@pytest.mark.parametrize(("days", "is_offered"), [(-1, True), (59, True), (70, False)])
def test_renew_is_offered_for_what_ends_within_sixty_days(client, location, days, is_offered):
    claim = official(location, ends_on=date.today() + days * DAY)

    assert (client.get("/associations/").context["rows"][0].renew_url != "") is is_offered
    assert client.get(f"/associations/{claim.public_id}/copy/").status_code == (200 if is_offered else 302)
    page = client.get(f"/associations/{claim.public_id}/")
    assert ("Ends soon with its subscription" in page.content.decode()) is is_offered


def test_renew_takes_two_clicks_to_a_draft_without_the_subscription(client, location):
    claim = official(location, ends_on=date.today() + 10 * DAY)
    page = client.get(client.get("/associations/").context["rows"][0].renew_url)

    client.post(f"/associations/{claim.public_id}/copy/", {"draft_id": page.context["draft_id"]})

    draft = Claim.objects.get(public_id=page.context["draft_id"])
    assert (draft.status, draft.tenant, draft.item_count) == (ClaimStatus.DRAFT, claim.tenant, 1)
    assert ClaimedProduct.objects.get(claim=draft).subscription is None


def test_observers_are_offered_no_renewal(location):
    official(location, ends_on=date.today() + 10 * DAY)
    client = Client()
    client.force_login(PartnerMemberFactory(partner=location.partner, role=MemberRole.GLOBAL_ADMIN).user)

    assert client.get("/associations/").context["rows"][0].renew_url == ""


def test_a_scope_finds_what_visible_to_finds():
    here, there = PartnerLocationFactory(), PartnerLocationFactory()
    beside, strange = PartnerLocationFactory(partner=here.partner), PartnerLocationFactory()
    for place in (here, there, beside, strange):
        draft_claim(location=place)
    both = PartnerMemberFactory(partner=here.partner, locations=[here]).user
    PartnerMemberFactory(user=both, partner=there.partner)
    misplaced = PartnerMemberFactory(partner=here.partner, locations=[strange]).user
    nowhere = PartnerMemberFactory(partner=here.partner, locations=[]).user
    viewer = PartnerMemberFactory(partner=PartnerFactory(), role=MemberRole.REPORT_VIEWER).user

    for user, count in ((both, 2), (misplaced, 0), (nowhere, 0), (viewer, 0)):
        seen = Claim.objects.visible_to(user)
        assert set(Claim.objects.within(claim_scope_of(user))) == set(seen)
        assert len(seen) == count


def test_the_address_survives_the_filter():
    address = {"q": "café", "status": "draft", "from": "2020-10-19", "ending": "1", "sort": "-changed"}

    assert ClaimFilter.asked(address).query() == ("?q=caf%C3%A9&status=draft&from=2020-10-19&ending=1&sort=-changed")
    assert {key: value for key, [value] in parse_qs(urlsplit(ClaimFilter.asked(address).query()).query).items()} == (
        address
    )


def test_the_item_count_follows_the_items(location):
    claim = claim_needing_action(location=location)

    assert Claim.objects.get(pk=claim.pk).item_count == 2
