"""Partners who compete side by side, and the one act that decides between them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.admin.proofs import preview_url
from associations.choices import ClaimStatus
from associations.models import Association, Claim, Product
from associations.rules.actors import Actor, Role
from associations.services.review.arbitration import arbitrate
from associations.services.review.competing_claims import mark_competing_claims
from tests import stories
from tests.access.world import read_to_the_end
from tests.associations.admin.cases import rivals
from tests.factories import (
    MONDAY,
    AssociationFactory,
    PartnerFactory,
    PartnerMemberFactory,
    ProofFactory,
    ReviewerFactory,
)

WEDNESDAY = datetime(2020, 10, 21, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NOTHING = "Nothing is left to decide: the claim is closed, or competes no more."
OWN = "You belong to one of the partner companies, so another reviewer has to decide."
WHY = "The signed statement of work is more recent."

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


def compare(claim):
    return reverse("admin:associations_claim_arbitrate", args=[claim.pk])


def page_of(claim):
    return reverse("admin:associations_claim_change", args=[claim.pk])


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_a_contested_claim_leads_to_the_comparison(client, reviewer):
    claim, _rival = rivals()

    assertContains(client.get(page_of(claim)), f'<a href="{compare(claim)}">Compare and decide</a>', html=True)
    assertNotContains(client.get(page_of(stories.submitted_claim())), "Compare and decide")


def test_the_sides_show_partners_items_and_the_most_recent_proof_first(client, reviewer):
    claim, rival = rivals()
    ProofFactory(claim=rival, name="fresh.pdf", uploaded_at=MONDAY + DAY, uploaded_by=rival.created_by)

    response = client.get(compare(claim))

    mine, theirs = response.context["sides"]
    assert [side.partner for side in (mine, theirs)] == [claim.partner, rival.partner]
    assert [proof.name for proof in theirs.claims[0].proofs] == ["fresh.pdf", "statement-of-work.pdf"]
    assertContains(response, claim.location.mpn_id)
    assertContains(response, "Exchange Online <strong>(contested)</strong>", count=2)
    assertContains(response, "Mon 19 Oct 2020, 10:00 (CEST)")


def test_an_item_that_only_one_partner_wants_is_not_called_contested(client, reviewer):
    claim, _rival = rivals(products=("EXO",))
    claim.items.create(product=Product.objects.get(code="TEAMS"))

    items = client.get(compare(claim)).context["sides"][0].claims[0].items

    assert [(str(row.item), row.is_contested) for row in items] == [
        ("Exchange Online", True),
        ("Microsoft Teams", False),
    ]


def test_an_incumbents_association_stands_with_the_proofs_that_defend_it(client, reviewer):
    incumbent = stories.approved_claim(at=MONDAY - 30 * DAY)
    claim = stories.submitted_claim(tenant=incumbent.tenant)

    response = client.get(compare(claim))

    held = response.context["sides"][1].associations
    assert [str(row.association.product) for row in held] == ["Exchange Online", "Microsoft Teams"]
    assert [proof.url for proof in held[0].proofs] == [preview_url(incumbent.proofs.get(), incumbent)]
    assertContains(response, "Official since", count=2)


def test_an_association_without_a_claim_stands_with_its_own_proofs(client, reviewer):
    claim = stories.submitted_claim()
    held = AssociationFactory(tenant=claim.tenant, is_migrated=True, starts_at=MONDAY - 30 * DAY)
    mark_competing_claims(claim.tenant, now=MONDAY)
    proof = ProofFactory(claim=None, association=held, name="letter.pdf")
    infected = ProofFactory(claim=None, association=held, name="bad.pdf", infected=True)

    (row,) = client.get(compare(claim)).context["sides"][1].associations

    shown, hidden = sorted(row.proofs, key=lambda proof: proof.url, reverse=True)
    assert (shown.name, hidden.name, hidden.url) == ("letter.pdf", "bad.pdf", "")
    page = client.get(shown.url)
    assert (page.status_code, page["Content-Security-Policy"].split(";")[0]) == (200, "sandbox")
    read_to_the_end(page)
    assert client.get(shown.url.replace(str(proof.public_id), str(infected.public_id))).status_code == 404
    PartnerMemberFactory(partner=held.partner, user=reviewer)
    assert client.get(shown.url).status_code == 404


def test_preferring_one_partner_rejects_the_other_and_releases_the_winner(client, reviewer):
    claim, rival = rivals()

    response = client.post(compare(claim), {"winner_id": rival.partner_id, "text": WHY})

    assertRedirects(response, page_of(claim), fetch_redirect_response=False)
    assert said(response) == [f"The competing claims to the items of {claim.number} are decided."]
    claim, rival = stories.fresh(claim), stories.fresh(rival)
    assert (claim.status, claim.reason_codes) == (ClaimStatus.REJECTED, ["COMPETING_CLAIM_LOST"])
    assert (rival.status, rival.has_competing_claim) == (ClaimStatus.SUBMITTED, False)


def test_preferring_the_claimant_ends_the_incumbents_association(client, reviewer):
    held = AssociationFactory(partner=PartnerFactory(name="Fabrikam Services"))
    claim = stories.submitted_claim(tenant=held.tenant)

    client.post(compare(claim), {"winner_id": claim.partner_id, "text": WHY})

    held.refresh_from_db()
    assert (held.end_reason, held.ended_at) == ("superseded", WEDNESDAY)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"text": WHY}, {"winner_id"}),
        ({"winner_id": "claim", "text": " "}, {"text"}),
        ({"winner_id": "0", "text": WHY}, {"winner_id"}),
    ],
)
def test_a_decision_without_winner_or_words_is_asked_again(client, reviewer, typed, errors):
    claim, rival = rivals()
    if typed.get("winner_id") == "claim":
        typed = typed | {"winner_id": claim.partner_id}

    response = client.post(compare(claim), typed)

    assert set(response.context["form"].errors) == errors
    assert stories.fresh(claim).status == stories.fresh(rival).status == ClaimStatus.SUBMITTED


def test_what_another_reviewer_decided_meanwhile_is_said_in_words(client, reviewer):
    claim, rival = rivals()
    other = Actor(Role.REVIEWER, ReviewerFactory().pk)
    arbitrate(claim_id=claim.pk, winner_id=rival.partner_id, text=WHY, by=other, now=WEDNESDAY)

    response = client.post(compare(claim), {"winner_id": claim.partner_id, "text": WHY})

    assertRedirects(response, page_of(claim), fetch_redirect_response=False)
    assert said(response) == [NOTHING]
    assert stories.fresh(rival).status == ClaimStatus.SUBMITTED


def test_an_uncontested_claim_has_no_comparison(client, reviewer):
    claim = stories.submitted_claim()

    response = client.get(compare(claim))

    assertRedirects(response, page_of(claim), fetch_redirect_response=False)
    assert said(response) == [NOTHING]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_reviewer_who_belongs_to_the_rival_sees_and_decides_nothing(client, reviewer, method):
    claim, rival = rivals()
    PartnerMemberFactory(user=reviewer, partner=rival.partner)

    response = getattr(client, method)(compare(claim), {"winner_id": rival.partner_id, "text": WHY})

    assertRedirects(response, page_of(claim), fetch_redirect_response=False)
    assert said(response) == [OWN]
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


def test_a_reviewer_who_belongs_to_the_incumbent_decides_nothing(client, reviewer):
    held = AssociationFactory()
    claim = stories.submitted_claim(tenant=held.tenant)
    PartnerMemberFactory(user=reviewer, partner=held.partner)

    response = client.post(compare(claim), {"winner_id": held.partner_id, "text": WHY})

    assert said(response) == [OWN]
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


def test_the_own_companys_contest_is_not_found_and_a_platform_admin_decides_none(client, reviewer, django_user_model):
    claim, _rival = rivals()
    PartnerMemberFactory(user=reviewer, partner=claim.partner)
    assert client.get(compare(claim)).status_code == 404

    client.force_login(django_user_model.objects.create_superuser("root@microsoft.example", "cpor-demo"))
    assert client.post(compare(claim), {"winner_id": claim.partner_id, "text": WHY}).status_code == 403
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED


def test_opening_the_comparison_changes_nothing_and_stays_within_its_queries(
    client, reviewer, django_assert_max_num_queries
):
    incumbent = stories.approved_claim(at=MONDAY - 30 * DAY)
    claim = stories.submitted_claim(tenant=incumbent.tenant)
    before = list(Claim.objects.order_by("pk").values()), list(Association.objects.order_by("pk").values())

    with django_assert_max_num_queries(30):
        client.get(compare(claim))

    assert before == (list(Claim.objects.order_by("pk").values()), list(Association.objects.order_by("pk").values()))
