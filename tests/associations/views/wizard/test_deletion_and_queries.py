"""Deletion of a draft, and the queries that each page of the wizard takes."""

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertRedirects

from associations.choices import ClaimStatus, MemberRole
from associations.models import Claim, Product
from tests import stories
from tests.associations.views.wizard.filling_in import STEPS, check, colleague, signed_in, url
from tests.factories import (
    AssociationFactory,
    CommentFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    ProofFactory,
    SubscriptionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def test_a_draft_is_deleted_after_a_question(client, draft):
    page = reverse("cancel_draft", args=[draft.public_id])

    assertContains(client.get(page), "Delete this draft?")
    assert Claim.objects.get().status == ClaimStatus.DRAFT
    assertRedirects(client.post(page), reverse("claim_list"))
    assert Claim.objects.get().status == ClaimStatus.CANCELLED


def test_an_incentives_user_may_not_delete_a_draft(client, draft):
    signed_in(client, colleague(draft, MemberRole.INCENTIVES_USER))

    assert client.post(reverse("cancel_draft", args=[draft.public_id])).status_code == 404


def test_a_filed_claim_is_not_deleted_and_the_page_leads_to_it(client, complete):
    stories.submitted_claim(claim=complete)
    page, claim_page = (reverse(name, args=[complete.public_id]) for name in ("cancel_draft", "claim_detail"))

    assertRedirects(client.get(page), claim_page)
    told = client.post(page, follow=True)

    assertRedirects(told, claim_page)
    assertContains(told, "The claim changed while you were working")
    assert Claim.objects.get().status == ClaimStatus.SUBMITTED


BUDGET = {
    "customer": 11,
    "work": 10,
    "details": 9,
    "products": 11,
    "contacts": 10,
    "proof": 11,
    "comments": 10,
    "check": 12,
}


def crowd(claim: Claim, count: int) -> None:
    """Fill everything that a page of the wizard lists."""
    products = Product.objects.filter(solution_area="BA").exclude(code__in=("D365_IOM", "PPAGES"))[:count]
    for product in products:
        SubscriptionFactory.create_batch(2, tenant=claim.tenant, product=product)
        subscription = SubscriptionFactory(tenant=claim.tenant, product=product)
        if not claim.items.filter(product=product).exists():
            claim.items.create(product=product, subscription=subscription)
    for _n in range(count):
        AssociationFactory(
            tenant=claim.tenant, product=products[0], subscription=SubscriptionFactory(tenant=claim.tenant)
        )
        PartnerLocationFactory(partner=claim.partner)
        PartnerMemberFactory(partner=claim.partner)
        ProofFactory(claim=claim, uploaded_by=claim.created_by)
        CommentFactory(claim=claim, author=UserFactory())


def test_an_infected_file_keeps_a_claim_from_being_filed_in_its_own_words(client, complete):
    ProofFactory(claim=complete, uploaded_by=complete.created_by, name="plan.docx", scan_status="infected")
    signed_in(client, complete.created_by)

    response = client.get(check(complete))

    assertContains(response, "plan.docx: The file contains a virus and was deleted.")


def test_an_incentives_user_checks_the_answers_within_the_budget(
    client, complete, django_assert_num_queries: DjangoAssertNumQueries
):
    signed_in(client, colleague(complete, MemberRole.INCENTIVES_USER))

    with django_assert_num_queries(11):
        client.get(check(complete))


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("step", BUDGET)
def test_every_page_asks_a_constant_number_of_queries(
    client, step, rows, django_assert_num_queries: DjangoAssertNumQueries
):
    claim = stories.complete_dynamics_claim()
    crowd(claim, rows)
    signed_in(client, claim.created_by)

    with django_assert_num_queries(BUDGET[step]):
        response = client.get(url(claim, step) if step in STEPS else check(claim))

    assert response.status_code == 200
