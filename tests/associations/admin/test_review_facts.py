"""Reviewers read facts about a claim, with the claims concerned, and filter the queue by them; nothing is decided."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import User
from associations.choices import ContactKind, OptOutReason
from associations.models import Claim, CustomerNotice
from associations.models.claim_queries import REVIEW_DUE
from associations.rules.lifecycle import REVIEWABLE
from associations.rules.review.facts import MANY_CLAIMS, ReviewFact
from associations.services.customer import answer as answering
from associations.services.customer.answer import Answerer
from associations.services.review.facts import LISTED, with_fact
from tests import stories
from tests.factories import MONDAY, PartnerLocationFactory, PartnerMemberFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

QUEUE = reverse("admin:associations_claim_changelist")
HOUR = timedelta(hours=1)


def page_of(claim: Claim) -> str:
    return reverse("admin:associations_claim_change", args=[claim.pk])


def claim_with_own_file(**fields: object) -> Claim:
    """A filed claim whose file no other claim has."""
    claim = stories.submitted_claim(**fields)  # type: ignore[arg-type]
    claim.proofs.update(sha256=f"{claim.pk:064x}")
    return claim


def facts_of(client: Client, claim: Claim) -> list[tuple[str, list[int]]]:
    """The facts on the page of *claim*: their words, and the claims that they name."""
    shown = client.get(page_of(claim)).context["review_facts"]
    return [(fact.text, sorted(each.pk for each in fact.claims)) for fact in shown]


def filtered_by(client: Client, fact: ReviewFact) -> set[int]:
    return {claim.pk for claim in client.get(QUEUE, {"fact": fact.value}).context["cl"].result_list}


def answer_from(address: str, claim: Claim) -> None:
    """Let *address* opt out of *claim*."""
    stories.deliver_notice(claim, at=MONDAY)
    notice = CustomerNotice.objects.current().get(claim=claim)
    CustomerNotice.objects.filter(pk=notice.pk).update(contact_email=address)
    carla = Answerer(name="Carla")
    answering.opt_out(notice_id=notice.pk, answerer=carla, reason=OptOutReason.OTHER, now=MONDAY + HOUR)


def give_address(claim: Claim, address: str) -> None:
    claim.contacts.filter(kind=ContactKind.CUSTOMER).update(email=address)


def claims_of_one_partner(times: list[datetime]) -> Iterator[Claim]:
    location = PartnerLocationFactory(partner__name="Contoso")
    author = UserFactory()
    PartnerMemberFactory(user=author, partner=location.partner, role="incentives_admin")
    for at in times:
        yield claim_with_own_file(at=at, claim=stories.complete_claim(location=location, created_by=author))


def test_a_claim_without_anything_to_know_has_no_box(client: Client, reviewer: User):
    claim = claim_with_own_file()
    claim_with_own_file()

    assert facts_of(client, claim) == []
    assertNotContains(client.get(page_of(claim)), "Worth knowing")
    assert [filtered_by(client, fact) for fact in ReviewFact] == [set()] * len(ReviewFact)


def test_a_contact_at_another_domain_is_told_and_found(client: Client, reviewer: User):
    ordinary, claim = claim_with_own_file(), stories.complete_claim()
    give_address(claim, "carla@gmail.com")
    claim = claim_with_own_file(claim=claim)

    assert facts_of(client, claim) == [
        (f"carla@gmail.com isn't known to be at a domain name of {claim.tenant.name}.", [])
    ]
    assert filtered_by(client, ReviewFact.CONTACT_ELSEWHERE) == {claim.pk}
    assert facts_of(client, ordinary) == []


def test_the_same_file_in_another_companys_claim_is_told_on_both(client: Client, reviewer: User):
    first, second, other = claim_with_own_file(), claim_with_own_file(), claim_with_own_file()
    for claim in (first, second):
        claim.proofs.update(sha256="f" * 64)

    words = "The same file as statement-of-work.pdf is in a claim of another company:"
    assert facts_of(client, first) == [(words, [second.pk])]
    assert facts_of(client, second) == [(words, [first.pk])]
    assert facts_of(client, other) == []
    assert filtered_by(client, ReviewFact.SAME_FILE) == {first.pk, second.pk}
    assertContains(client.get(page_of(first)), f'<a href="{page_of(second)}">{second.number}</a>', html=True)


def test_a_file_that_one_company_uses_twice_and_one_of_a_draft_are_no_fact(client: Client, reviewer: User):
    first, second = claims_of_one_partner([MONDAY, MONDAY + 3 * HOUR])
    draft = stories.complete_claim()
    for claim in (first, second, draft):
        claim.proofs.update(sha256="f" * 64)

    assert facts_of(client, first) == []
    assert filtered_by(client, ReviewFact.SAME_FILE) == set()


def test_an_address_that_answered_for_another_tenant_is_told_in_any_spelling(client: Client, reviewer: User):
    claim, answered, unanswered = claim_with_own_file(), claim_with_own_file(), claim_with_own_file()
    address = claim.contacts.get(kind=ContactKind.CUSTOMER).email
    answer_from(address.upper(), answered)
    CustomerNotice.objects.filter(claim=unanswered).update(contact_email=address)

    assert facts_of(client, claim) == [(f"{address} also answered for other customers:", [answered.pk])]
    assert filtered_by(client, ReviewFact.ANSWERED_ELSEWHERE) == {claim.pk}


def test_an_address_that_answered_for_the_same_customer_is_no_fact(client: Client, reviewer: User):
    claim = claim_with_own_file()
    again = claim_with_own_file(claim=stories.complete_claim(tenant=claim.tenant, products=("SPO",)))
    answer_from(claim.contacts.get(kind=ContactKind.CUSTOMER).email, again)

    assert facts_of(client, claim) == []
    assert filtered_by(client, ReviewFact.ANSWERED_ELSEWHERE) == set()


def test_many_claims_within_an_hour_are_told_on_each_of_them(client: Client, reviewer: User):
    times = [MONDAY + timedelta(minutes=3 * n) for n in range(MANY_CLAIMS)]
    claims = list(claims_of_one_partner([*times, MONDAY + 5 * HOUR]))
    many, alone = claims[:-1], claims[-1]

    others = [claim.pk for claim in many[1:]]
    assert facts_of(client, many[0]) == [("Contoso submitted 10 claims within an hour. The others:", others)]
    assert filtered_by(client, ReviewFact.MANY_CLAIMS) == {claim.pk for claim in many}
    assert facts_of(client, alone) == []


def test_one_less_than_many_is_no_fact(client: Client, reviewer: User):
    claims = list(claims_of_one_partner([MONDAY] * (MANY_CLAIMS - 1)))

    assert facts_of(client, claims[0]) == []
    assert filtered_by(client, ReviewFact.MANY_CLAIMS) == set()


def test_a_page_names_so_many_claims_and_says_that_there_are_more(client: Client, reviewer: User):
    claims = list(claims_of_one_partner([MONDAY] * (LISTED + 2)))

    response = client.get(page_of(claims[0]))

    (fact,) = response.context["review_facts"]
    assert fact.text == "Contoso submitted more than 20 claims within an hour. The others:"
    assert len(fact.claims) == LISTED
    assertContains(response, "and others")


def test_claims_of_the_reviewers_own_company_are_not_named(client: Client, reviewer: User):
    claim, own = claim_with_own_file(), claim_with_own_file()
    PartnerMemberFactory(user=reviewer, partner=own.partner)
    own.proofs.update(sha256="f" * 64)
    claim.proofs.update(sha256="f" * 64)
    answer_from(claim.contacts.get(kind=ContactKind.CUSTOMER).email, own)

    assert facts_of(client, claim) == []
    assert [filtered_by(client, fact) for fact in ReviewFact] == [set()] * len(ReviewFact)


def test_the_filter_finds_only_claims_that_wait_for_a_reviewer(client: Client, reviewer: User):
    first, second = stories.approved_claim(), claim_with_own_file()
    second.proofs.update(sha256=first.proofs.get().sha256)

    assert filtered_by(client, ReviewFact.SAME_FILE) == {second.pk}
    assert len(facts_of(client, first)) == 1


def test_facts_hold_nothing(client: Client, reviewer: User):
    first, second = stories.noticed_claim(), stories.noticed_claim()
    assert len(facts_of(client, first)) == 1

    official = stories.approved_claim(claim=stories.complete_claim())

    assert len(facts_of(client, official)) == 1
    assert stories.fresh(second).hold_kinds == ""
    assert official.status == "approved"


def test_an_unknown_fact_filters_nothing(client: Client, reviewer: User):
    claim = claim_with_own_file()

    response = client.get(QUEUE, {"fact": "luck"})

    assert [each.pk for each in response.context["cl"].result_list] == [claim.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_a_filter_takes_as_many_queries_for_one_claim_as_for_three(client, reviewer, django_assert_num_queries, count):
    for _n in range(count + 1):
        stories.submitted_claim()

    with django_assert_num_queries(12):
        client.get(QUEUE, {"fact": "file"})


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("fact", "index"),
    [
        (ReviewFact.SAME_FILE, "proofs_by_checksum"),
        (ReviewFact.ANSWERED_ELSEWHERE, "notices_by_address"),
    ],
)
def test_what_a_fact_compares_is_found_by_an_index(reviewer: User, fact: ReviewFact, index: str):
    waiting = Claim.objects.reviewable_by(reviewer).filter(status__in=REVIEWABLE)
    found = with_fact(waiting, fact, seen=Claim.objects.reviewable_by(reviewer)).order_by(REVIEW_DUE, "pk")[:50]
    with connection.cursor() as cursor:
        # A small table is read whole, and joined by hash, whatever indexes there are.
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")

    plan = found.explain()

    assert index in plan
