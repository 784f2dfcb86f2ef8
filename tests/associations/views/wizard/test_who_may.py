"""The wizard's pages by person and by status of the claim, and the way back to the check page."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import EventKind, MemberRole
from associations.models import Claim
from associations.rules.actors import Role
from tests import stories
from tests.associations.views.wizard.filling_in import STEPS, colleague, post, select, signed_in, url
from tests.factories import (
    CommentFactory,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def test_change_comes_back_to_the_check_page(client, complete):
    response = post(client, complete, "details", {"name": "Better name"}, query="?next=check")

    assertRedirects(response, reverse("claim_check", args=[complete.public_id]))


def test_a_change_that_raises_questions_leads_to_the_first_of_them(client, complete):
    answers = {"solution_area": "BA", "activity": "revenue"}

    response = post(client, complete, "work", answers, query="?next=check")

    assertRedirects(response, url(complete, "details", "?next=check"))


def test_another_companys_draft_is_not_found(client, draft):
    stranger = PartnerMemberFactory(partner=PartnerLocationFactory().partner).user

    signed_in(client, stranger)

    assert [client.get(url(draft, step)).status_code for step in STEPS] == [404] * 7
    assert client.post(url(draft, "details"), {"name": "Mine"}).status_code == 404
    assert not draft.events.filter(kind=EventKind.EDIT_REFUSED).exists()


def test_a_colleague_of_another_location_does_not_find_it(client, draft):
    elsewhere = PartnerLocationFactory(partner=draft.partner)
    limited = PartnerMemberFactory(partner=draft.partner, locations=[elsewhere]).user

    assert signed_in(client, limited).get(url(draft, "details")).status_code == 404


def test_an_incentives_user_may_draft(client, draft):
    signed_in(client, colleague(draft, MemberRole.INCENTIVES_USER))

    assert post(client, draft, "details", {"name": "Adoption"}).status_code == 302


def test_a_billing_admin_may_not(client, draft):
    signed_in(client, colleague(draft, MemberRole.BILLING_ADMIN))

    assert client.get(url(draft, "details")).status_code == 404
    assert client.post(url(draft, "details"), {"name": "Adoption"}).status_code == 404


def test_nobody_drafts_without_signing_in(client, draft):
    client.logout()

    response = client.get(url(draft, "details"))

    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


@pytest.mark.parametrize("step", STEPS)
def test_a_crafted_post_to_a_filed_claim_changes_nothing_and_is_noted(client, complete, step):
    stories.submitted_claim(claim=complete)
    before = Claim.objects.values().get()
    data = {"name": "Changed", "comment": "Changed", "customer_name": "Changed", "solution_area": "BA"} | select("SPO")

    response = client.post(url(complete, step), data, follow=True)

    assertRedirects(response, reverse("claim_detail", args=[complete.public_id]))
    assertContains(response, "The claim changed while you were working.")
    refused = complete.events.get(kind=EventKind.EDIT_REFUSED)
    assert refused.actor == complete.created_by
    # The refusal is a line of History, and nothing else.
    noted = ("changed_at", "history_head")
    assert {key: value for key, value in Claim.objects.values().get().items() if key not in noted} == {
        key: value for key, value in before.items() if key not in noted
    }
    assert not complete.comments.exists()
    assert complete.items.count() == 2


def test_what_a_page_of_a_filed_claim_saves_by_itself_is_not_found(client, complete):
    stories.submitted_claim(claim=complete)

    assert client.post(url(complete, "details"), {"name": "Changed", "then": "quiet"}).status_code == 404
    assert complete.events.filter(kind=EventKind.EDIT_REFUSED).exists()


def test_a_step_of_a_filed_claim_leads_to_the_claim(client, complete):
    stories.submitted_claim(claim=complete)

    for step in STEPS:
        assertRedirects(client.get(url(complete, step)), reverse("claim_detail", args=[complete.public_id]))
    assert not complete.events.filter(kind=EventKind.EDIT_REFUSED).exists()


class TestARequiredAction:
    @pytest.fixture
    def claim(self, client: Client) -> Claim:
        claim = stories.claim_needing_action()
        signed_in(client, claim.created_by)
        return claim

    def test_opens_five_steps(self, client, claim):
        found = [step for step in STEPS if client.get(url(claim, step)).status_code == 200]

        assert found == ["customer", "products", "contacts", "proof", "comments"]

    def test_shows_the_reviewers_comment_without_a_name(self, client, claim):
        rita = UserFactory(full_name="Rita Reviewer")
        CommentFactory(claim=claim, author=rita, author_role=Role.REVIEWER, text="Which page?")

        page = client.get(url(claim, "comments"))

        assertContains(page, "Which page?")
        assertContains(page, "Microsoft reviewer")
        assertNotContains(page, "Rita Reviewer")

    def test_lets_the_mpn_id_be_changed_and_the_customer_not(self, client, claim):
        other = PartnerLocationFactory(partner=claim.partner)
        CustomerTenantFactory(domain_name="fabrikam.com")

        response = post(client, claim, "customer", {"location": other.mpn_id, "domain_name": "fabrikam.com"})

        assertRedirects(response, reverse("claim_detail", args=[claim.public_id]))
        changed = Claim.objects.get()
        assert (changed.location, changed.domain_name) == (other, claim.domain_name)

    def test_goes_back_to_the_claim_after_a_change(self, client, claim):
        response = post(client, claim, "products", select("EXO"))

        assertRedirects(response, reverse("claim_detail", args=[claim.public_id]))
        assert claim.items.get().product.code == "EXO"

    def test_notes_a_crafted_post_to_a_locked_step(self, client, claim):
        assert client.post(url(claim, "details"), {"name": "Changed"}).status_code == 302
        assert claim.events.get(kind=EventKind.EDIT_REFUSED).details == {"facts": "details"}

    def test_shows_no_way_to_remove_a_filed_proof(self, client, claim):
        assertNotContains(client.get(url(claim, "proof")), "Remove")
