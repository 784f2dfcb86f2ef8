"""Covers copying a claim to a new draft, and renewing an association."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import ClaimStatus, MemberRole
from associations.forms.wizard.submit import SubmitForm
from associations.models import Association, Claim, LooseFile
from tests.associations.views.claim.decided_claims import (
    disputed_claim,
    expired_claim,
    finally_rejected_claim,
)
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
    PartnerLocationFactory,
    ProofFactory,
    SubscriptionFactory,
)
from tests.people import author, colleague, url
from tests.stories import (
    approved_claim,
    claim_under_review,
    declined_claim,
    draft_claim,
    fresh,
    rejected_claim,
    submitted_claim,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_tuesday")]


@pytest.mark.parametrize("story", [rejected_claim, finally_rejected_claim])
def test_copying_opens_a_draft_with_the_same_answers(story):
    claim = story()

    response = author(claim).post(url("claim_copy", claim))

    draft = Claim.objects.get(status=ClaimStatus.DRAFT)
    assertRedirects(response, reverse("claim_step", args=[draft.public_id, "proof"]))
    assert (draft.name, draft.location, draft.tenant) == (f"{claim.name} (2)", claim.location, claim.tenant)
    assert [str(item) for item in draft.items.all()] == ["Exchange Online", "Microsoft Teams"]
    assert draft.contacts.get(kind="customer").email == claim.contacts.get(kind="customer").email
    assert draft.proofs.count() == 0


def test_an_incentives_user_copies_a_cancelled_claim():
    claim = submitted_claim()
    author(claim).post(url("claim_withdraw", claim), {"reason": "wrong_mpn"})

    colleague(claim, MemberRole.INCENTIVES_USER).post(url("claim_copy", claim))

    assert Claim.objects.filter(status=ClaimStatus.DRAFT).count() == 1


STEP_OF = {"wrong_mpn": "customer", "wrong_activity": "work", "not_our_customer": "customer"}
SAME_ANSWERS: dict[str, dict] = {
    "wrong_mpn": {"location": ""},
    "wrong_activity": {"solution_area": ""},
    "not_our_customer": {"domain_name": ""},
}


def withdrawn_claim(reason, **fields):
    claim = submitted_claim(**fields)
    author(claim).post(url("claim_withdraw", claim), {"reason": reason})
    return fresh(claim)


def copied(claim):
    """Copy *claim* as its author does, and return the draft and where the copy leads."""
    response = author(claim).post(url("claim_copy", claim))
    return Claim.objects.get(status=ClaimStatus.DRAFT), response


@pytest.mark.parametrize("reason", STEP_OF)
def test_a_copy_of_a_withdrawn_claim_opens_at_what_was_wrong(reason):
    draft, response = copied(withdrawn_claim(reason))
    page = author(draft).get(response.url)

    assertRedirects(response, reverse("claim_step", args=[draft.public_id, STEP_OF[reason]]))
    states = {row.label: row.status for row in page.context["steps"] if row.current}
    assert list(states.values()) == ["in_progress"]
    (field,) = SAME_ANSWERS[reason]
    assert not page.context["form"][field].value()
    assertContains(page, "that this one was copied from")
    check = author(draft).get(url("claim_check", draft))
    assertContains(check, "some answers are missing")


@pytest.mark.parametrize("reason", STEP_OF)
def test_a_copy_is_filed_only_after_what_was_wrong_is_stated_anew(reason):
    draft, response = copied(withdrawn_claim(reason))
    client, acknowledged = author(draft), dict.fromkeys(SubmitForm.base_fields, "on")

    client.post(url("claim_check", draft), acknowledged)
    assert fresh(draft).submitted_at is None
    tenant = CustomerTenantFactory(domain_name="new-customer.example")
    answers = {
        "location": PartnerLocationFactory(partner=draft.partner).mpn_id,
        "domain_name": tenant.domains.get().domain_name,
        "tenant_id": str(tenant.tenant_id),
        "solution_area": "BA",
        "activity": "usage",
        "claims_usage": "on",
    }
    client.post(response.url, answers | {"version": client.get(response.url).context["version"]})

    page = client.get(response.url)
    assert [row.status for row in page.context["steps"] if row.current] == ["completed"]
    assertNotContains(page, "that this one was copied from")


def test_a_copy_that_is_given_up_and_copied_again_still_says_what_to_correct():
    first, _response = copied(withdrawn_claim("wrong_mpn"))
    author(first).post(reverse("cancel_draft", args=[first.public_id]))

    second, response = copied(fresh(first))

    assertRedirects(response, reverse("claim_step", args=[second.public_id, "customer"]))


def test_a_copy_keeps_the_proofs_of_the_last_days_with_their_dates_in_files_of_their_own():
    claim = withdrawn_claim("wrong_mpn")
    old = ProofFactory(claim=claim, uploaded_at=MONDAY - timedelta(days=40), sha256="1" * 64, name="old.pdf")
    page = author(claim).get(url("claim_copy", claim))

    draft, _response = copied(claim)

    (fresh_one,) = claim.proofs.exclude(pk=old.pk)
    (kept,) = draft.proofs.all()
    assertContains(page, fresh_one.name)
    assertNotContains(page, "old.pdf")
    assert (kept.name, kept.kind, kept.uploaded_at) == (fresh_one.name, fresh_one.kind, fresh_one.uploaded_at)
    with kept.file.open() as copy, fresh_one.file.open() as original:
        assert copy.read() == original.read()
    assert kept.file.name != fresh_one.file.name
    assert not LooseFile.objects.exists()


def test_proofs_that_a_reviewer_refused_are_not_copied_and_the_page_says_so():
    claim = rejected_claim()

    page = author(claim).get(url("claim_copy", claim))
    draft, _response = copied(claim)

    assertContains(page, "Proofs of execution are not copied")
    assert not draft.proofs.exists()


def test_a_copy_sent_twice_has_each_proof_once():
    claim = withdrawn_claim("wrong_mpn")
    client = author(claim)
    draft_id = str(client.get(url("claim_copy", claim)).context["draft_id"])

    for _click in range(2):
        client.post(url("claim_copy", claim), {"draft_id": draft_id})

    assert Claim.objects.get(status=ClaimStatus.DRAFT).proofs.count() == 1


def test_a_proof_that_cannot_be_read_leaves_a_draft_that_asks_for_it():
    claim = withdrawn_claim("wrong_mpn")
    claim.proofs.get().file.storage.delete(claim.proofs.get().file.name)

    response = author(claim).post(url("claim_copy", claim), follow=True)

    assertContains(response, "Not every proof of execution could be copied.")
    assert Claim.objects.get(status=ClaimStatus.DRAFT).proofs.count() == 0


def test_copying_twice_from_one_page_makes_one_draft():
    claim = rejected_claim()
    client = author(claim)
    draft_id = client.get(url("claim_copy", claim)).context["draft_id"]

    first = client.post(url("claim_copy", claim), {"draft_id": str(draft_id)})
    second = client.post(url("claim_copy", claim), {"draft_id": str(draft_id)})

    assert first["Location"] == second["Location"]
    assert Claim.objects.filter(status=ClaimStatus.DRAFT).count() == 1


def test_copying_never_writes_into_a_claim_that_a_page_names():
    claim, other = rejected_claim(), draft_claim(name="Untouched")

    author(claim).post(url("claim_copy", claim), {"draft_id": str(other.public_id)})

    assert fresh(other).name == "Untouched"
    assert other.items.count() == 0


@pytest.mark.parametrize("story", [claim_under_review, disputed_claim])
def test_an_open_claim_is_not_copied(story):
    claim = story()

    response = author(claim).post(url("claim_copy", claim), follow=True)

    assertContains(response, "This claim is open or in force: there is nothing to start again.")
    assert not Claim.objects.filter(status=ClaimStatus.DRAFT).exists()


def test_a_claim_in_force_is_not_copied():
    claim = approved_claim(at=MONDAY - timedelta(days=60))

    author(claim).post(url("claim_copy", claim))

    assert not Claim.objects.filter(status=ClaimStatus.DRAFT).exists()


def test_an_association_that_ended_with_its_subscription_offers_to_renew():
    claim = expired_claim()

    response = author(claim).get(url("claim_detail", claim))

    assertContains(response, "The subscription expired")
    assertContains(response, "Renew")
    assertNotContains(response, "Correct and file again")


def test_renewing_leaves_only_the_subscription_and_the_proof_open():
    claim = expired_claim()
    SubscriptionFactory(tenant=claim.tenant)

    response = author(claim).post(url("claim_copy", claim))

    draft = Claim.objects.get(status=ClaimStatus.DRAFT)
    assertRedirects(response, reverse("claim_step", args=[draft.public_id, "products"]))
    item = draft.items.get()
    assert (str(item.product), item.subscription) == ("Dynamics 365 Sales", None)
    assert draft.activity_codes == ("BA_USAGE", "BA_PRESALES")
    assert sorted(draft.contacts.values_list("kind", flat=True)) == ["customer", "partner", "technical"]


def ended_claim(reason):
    claim = approved_claim(at=MONDAY - timedelta(days=20))
    Association.objects.update(ended_at=MONDAY, end_reason=reason)
    return fresh(claim)


@pytest.mark.parametrize(
    ("story", "step", "why"),
    [
        (rejected_claim, "proof", "A claimed product is not in the proof of execution"),
        (declined_claim, "contacts", "The customer opted out"),
        (lambda: ended_claim("customer_opt_out"), "contacts", "The customer opted out"),
        (lambda: ended_claim("superseded"), "proof", "Another partner was preferred"),
    ],
)
def test_a_claim_filed_again_opens_at_the_step_of_the_reason(story, step, why):
    claim = story()
    client = author(claim)

    page = client.get(url("claim_copy", claim))
    response = client.post(url("claim_copy", claim), {"draft_id": str(page.context["draft_id"])})

    draft = Claim.objects.get(status=ClaimStatus.DRAFT)
    assertContains(page, f"<li>{why}</li>", html=True)
    place = reverse("claim_step", args=[draft.public_id, step])
    assertRedirects(response, place, fetch_redirect_response=False)
    opened = client.get(place)
    assertContains(opened, f"{claim.number}: {why}")
    assertContains(opened, "Check this step before you file the claim again.")


def test_what_the_partner_ended_is_filed_again_from_the_check_page_with_its_recent_proofs():
    claim = ended_claim("partner_disassociated")
    claim.proofs.update(uploaded_at=MONDAY)
    client = author(claim)

    assertContains(client.get(url("claim_detail", claim)), "Correct and file again")
    response = client.post(url("claim_copy", claim))

    draft = Claim.objects.get(status=ClaimStatus.DRAFT)
    assertRedirects(response, url("claim_check", draft))
    assert draft.proofs.count() == claim.proofs.count() == 1
