"""What a partner sees and does once a claim is decided: dispute, disassociate, copy, renew, and the page of each."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import ClaimStatus, EndReason, EventKind, MemberRole, ReasonCode, SubscriptionState
from associations.models import Association, Claim, ClaimEvent, ProofOfExecution, Subscription
from associations.rules.actors import Actor, Role
from associations.services import arbitration, associating, disputes, review
from notifications.models import OutboxEmail
from tests.factories import MONDAY, PartnerMemberFactory, ReviewerFactory, SubscriptionFactory
from tests.stories import (
    admin_of,
    approved_claim,
    claim_needing_action,
    claim_under_review,
    complete_dynamics_claim,
    declined_claim,
    draft_claim,
    fresh,
    noticed_claim,
    rejected_claim,
    reviewer,
    submitted_claim,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
TUESDAY = MONDAY + timedelta(days=1)
PAGES = ("claim_dispute", "claim_disassociate", "claim_copy")


@pytest.fixture(autouse=True)
def on_tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


def author(claim):
    client = Client()
    client.force_login(claim.created_by)
    return client


def colleague(claim, role):
    client = Client()
    client.force_login(PartnerMemberFactory(partner=claim.partner, role=role).user)
    return client


def url(name, claim):
    return reverse(name, args=[claim.public_id])


def pdf(name="acceptance.pdf", data=b"%PDF-1.4\nsigned\n%%EOF\n"):
    return SimpleUploadedFile(name, data, content_type="application/pdf")


def disputed_claim(**fields):
    """A rejected claim that its admin disputed an hour later."""
    claim = rejected_claim(**fields)
    return disputes.open_dispute(
        claim_id=claim.pk,
        justification="Page 3 names Teams.",
        proofs=[],
        max_files=10,
        by=admin_of(claim),
        now=MONDAY + timedelta(hours=3),
    )


def finally_rejected_claim(**fields):
    claim = disputed_claim(**fields)
    return disputes.uphold_rejection(
        claim_id=claim.pk, text="Page 3 names Skype.", by=reviewer(), now=MONDAY + timedelta(hours=4)
    )


def expired_claim(*, at=MONDAY - timedelta(days=60)):
    """A Dynamics 365 claim whose association ended with its subscription."""
    claim = approved_claim(at=at, claim=complete_dynamics_claim(at=at))
    Subscription.objects.filter(tenant=claim.tenant).update(state=SubscriptionState.EXPIRED)
    associating.expire_associations(now=MONDAY)
    return fresh(claim)


def contested_claims():
    """An approved claim and another partner's claim to the same workloads."""
    held = approved_claim(at=MONDAY - timedelta(days=60))
    wanted = noticed_claim(at=MONDAY, tenant=held.tenant, domain_name=held.domain_name)
    return held, wanted


@pytest.mark.parametrize("name", PAGES)
def test_pages_after_the_decision_are_not_there_for_another_company(name):
    client = author(draft_claim())

    assert client.get(url(name, rejected_claim())).status_code == 404


@pytest.mark.parametrize("name", ["claim_dispute", "claim_disassociate"])
def test_disputing_and_disassociating_are_for_incentives_admins(name):
    claim = rejected_claim()

    assert colleague(claim, MemberRole.INCENTIVES_USER).post(url(name, claim), {"reason": "x"}).status_code == 404
    assert fresh(claim).status == ClaimStatus.REJECTED


def test_a_rejected_claim_shows_why_and_until_when_it_can_be_disputed():
    claim = rejected_claim()

    response = author(claim).get(url("claim_detail", claim))

    assertContains(response, "A claimed product is not in the proof of execution")
    assertContains(response, "Teams is not named, and the letter is from 2017.")
    assertContains(response, "Wed 18 Nov 2020, end of day (CET)")
    assertContains(response, url("claim_dispute", claim))
    assertContains(response, url("claim_copy", claim))


def test_the_thirtieth_day_is_the_last_to_dispute():
    claim = rejected_claim()

    with time_machine.travel(datetime(2020, 11, 18, 22, 59, tzinfo=UTC)):
        assert author(claim).get(url("claim_dispute", claim)).status_code == 200
    with time_machine.travel(datetime(2020, 11, 18, 23, 0, tzinfo=UTC)):
        assertRedirects(author(claim).get(url("claim_dispute", claim)), url("claim_detail", claim))
        response = author(claim).get(url("claim_detail", claim))

    assertContains(response, "The time to dispute it is over since Wed 18 Nov 2020, end of day (CET).")
    assertNotContains(response, url("claim_dispute", claim))


def test_an_incentives_user_reads_who_can_dispute():
    claim = rejected_claim()

    response = colleague(claim, MemberRole.INCENTIVES_USER).get(url("claim_detail", claim))

    assertContains(response, "An incentives admin of your company can dispute the rejection.")
    assertNotContains(response, url("claim_dispute", claim))


def test_the_customers_own_decision_has_no_dispute():
    claim = declined_claim()

    with time_machine.travel(TUESDAY + timedelta(hours=1), tick=False):
        response = author(claim).get(url("claim_detail", claim))
        refused = author(claim).get(url("claim_dispute", claim), follow=True)

    assertContains(response, "the customer&#x27;s own decision: it can&#x27;t be disputed.")
    assertNotContains(response, url("claim_dispute", claim))
    assertContains(refused, "This claim has no rejection that can be disputed now.")


def test_the_dispute_page_names_what_is_disputed():
    claim = rejected_claim()

    response = author(claim).get(url("claim_dispute", claim))

    assert [(row["label"], row.get("value") or row.get("lines")) for row in response.context["facts"]] == [
        ("Claim number", claim.number),
        ("MPN ID", f"{claim.location.mpn_id} {claim.location.name}"),
        ("Program and activity", ["Online Services Usage - Microsoft 365: Usage"]),
        ("Items", ["Exchange Online", "Microsoft Teams"]),
        ("Customer", claim.tenant.name),
        ("Directory ID (tenant ID)", str(claim.tenant.tenant_id)),
    ]


def test_the_dispute_page_repeats_why_and_until_when():
    claim = rejected_claim()

    response = author(claim).get(url("claim_dispute", claim))

    assertContains(response, "Dates are missing or too old")
    assertContains(response, "Teams is not named, and the letter is from 2017.")
    assertContains(response, "Wed 18 Nov 2020, end of day (CET)")


def test_the_dispute_page_names_each_products_subscription():
    claim = rejected_claim(claim=complete_dynamics_claim())
    subscription = Subscription.objects.get(tenant=claim.tenant)

    facts = author(claim).get(url("claim_dispute", claim)).context["facts"]

    assert facts[3]["lines"] == [f"Dynamics 365 Sales, {subscription.subscription_id}"]


def test_a_justification_alone_disputes_the_rejection():
    claim = rejected_claim()

    response = author(claim).post(url("claim_dispute", claim), {"justification": "Page 3 names Teams."})

    assertRedirects(response, url("claim_detail", claim))
    claim = fresh(claim)
    assert (claim.status, claim.disputed_at) == (ClaimStatus.DISPUTED, TUESDAY)
    assert ClaimEvent.objects.get(claim=claim, kind=EventKind.DISPUTED).note == "Page 3 names Teams."


def test_a_new_proof_alone_disputes_the_rejection():
    claim = rejected_claim()

    author(claim).post(url("claim_dispute", claim), {"justification": "", "proofs": [pdf()]})

    assert fresh(claim).status == ClaimStatus.DISPUTED
    assert ProofOfExecution.objects.filter(claim=claim, name="acceptance.pdf").count() == 1


def test_a_dispute_needs_words_or_a_proof():
    claim = rejected_claim()

    response = author(claim).post(url("claim_dispute", claim), {"justification": "  "})

    assertContains(response, "Write why the rejection is wrong, or add a new proof of execution.")
    assert fresh(claim).status == ClaimStatus.REJECTED


def test_a_refused_file_keeps_the_words_and_stores_nothing():
    claim = rejected_claim()
    files = [pdf(), pdf("notes.exe", b"MZ")]

    response = author(claim).post(url("claim_dispute", claim), {"justification": "See page 3.", "proofs": files})

    assertContains(response, "notes.exe: This type of file is not accepted.")
    assertContains(response, "No file was kept. Choose them again.")
    assertContains(response, "See page 3.")
    assert fresh(claim).status == ClaimStatus.REJECTED
    assert claim.proofs.count() == 1


def test_a_dispute_with_more_files_than_a_claim_holds_is_refused_in_words(settings):
    settings.POE_MAX_FILES = 1
    claim = rejected_claim()

    response = author(claim).post(url("claim_dispute", claim), {"justification": "See.", "proofs": [pdf()]})

    assertContains(response, "A claim can hold 1 files.")
    assert fresh(claim).status == ClaimStatus.REJECTED


def test_a_disputed_claim_shows_both_sides_and_who_decides():
    claim = disputed_claim()

    response = author(claim).get(url("claim_detail", claim))

    assertContains(response, "You disputed the rejection")
    assert [(said.heading, said.text) for said in response.context["rejection"].said] == [
        ("The reviewer wrote", "Teams is not named, and the letter is from 2017."),
        ("Your dispute", "Page 3 names Teams."),
    ]
    assertContains(response, "Decision due Mon 26 Oct 2020, end of day (CET)")
    assertNotContains(response, url("claim_copy", claim))
    assertNotContains(response, url("claim_dispute", claim))


def test_a_second_dispute_is_refused():
    claim = finally_rejected_claim()

    response = author(claim).post(url("claim_dispute", claim), {"justification": "Again."}, follow=True)

    assertContains(response, "This claim has no rejection that can be disputed now.")
    assert fresh(claim).status == ClaimStatus.REJECTED_FINAL


def test_a_claim_rejected_anew_after_an_accepted_dispute_says_that_it_was_disputed():
    claim = disputed_claim()
    by = reviewer()
    disputes.accept_dispute(claim_id=claim.pk, text="", by=by, now=MONDAY + timedelta(hours=4))
    again = review.reject_claim(
        claim_id=claim.pk,
        reasons=[ReasonCode.DATA_MISMATCH],
        text="Other parties.",
        by=by,
        now=MONDAY + timedelta(hours=5),
    )

    response = author(again).get(url("claim_detail", again))

    assertContains(response, "The claim was disputed once already")
    assert [said.text for said in response.context["rejection"].said] == ["Other parties."]


def test_a_final_rejection_shows_the_last_word():
    claim = finally_rejected_claim()

    response = author(claim).get(url("claim_detail", claim))

    assertContains(response, "The rejection is final")
    assertContains(response, "Page 3 names Skype.")
    assertContains(response, url("claim_copy", claim))


def test_disassociating_says_what_follows_and_changes_nothing_on_get():
    claim = approved_claim(at=MONDAY - timedelta(days=60))

    response = author(claim).get(url("claim_disassociate", claim))

    assert response.context["items"] == ["Exchange Online", "Microsoft Teams"]
    assertContains(response, "The usage data of these items closes at once.")
    assertContains(response, "It can't be undone.")
    assertContains(response, "The customer is not asked.")
    assert Association.objects.active().count() == 2


def test_disassociating_needs_a_reason():
    claim = approved_claim(at=MONDAY - timedelta(days=60))

    response = author(claim).post(url("claim_disassociate", claim), {"reason": " "})

    assertContains(response, "Enter a reason.")
    assert Association.objects.active().count() == 2


def test_disassociating_ends_the_associations_and_the_page_says_why():
    claim = approved_claim(at=MONDAY - timedelta(days=60))
    client = author(claim)

    response = client.post(url("claim_disassociate", claim), {"reason": "Project closed."}, follow=True)

    assert (
        list(Association.objects.values_list("ended_at", "end_reason"))
        == [(TUESDAY, EndReason.PARTNER_DISASSOCIATED)] * 2
    )
    assertContains(response, "The association has ended")
    assertContains(response, "Ended by the partner")
    assertContains(response, "Project closed.")
    assertNotContains(response, url("claim_disassociate", claim))
    assertNotContains(response, url("claim_copy", claim))


def test_a_claim_without_an_association_has_nothing_to_disassociate():
    claim = claim_under_review()

    response = author(claim).post(url("claim_disassociate", claim), {"reason": "Enough."}, follow=True)

    assertContains(response, "This claim has no association in force.")


@pytest.mark.parametrize("story", [rejected_claim, finally_rejected_claim])
def test_copying_opens_a_draft_with_the_same_answers(story):
    claim = story()

    response = author(claim).post(url("claim_copy", claim))

    draft = Claim.objects.get(status=ClaimStatus.DRAFT)
    assertRedirects(response, reverse("claim_step", args=[draft.public_id, "proof"]))
    assert (draft.name, draft.location, draft.tenant) == (claim.name, claim.location, claim.tenant)
    assert [str(item) for item in draft.items.all()] == ["Exchange Online", "Microsoft Teams"]
    assert draft.contacts.get(kind="customer").email == claim.contacts.get(kind="customer").email
    assert draft.proofs.count() == 0


def test_an_incentives_user_copies_a_cancelled_claim():
    claim = submitted_claim()
    author(claim).post(url("claim_withdraw", claim), {"reason": "wrong_mpn"})

    colleague(claim, MemberRole.INCENTIVES_USER).post(url("claim_copy", claim))

    assert Claim.objects.filter(status=ClaimStatus.DRAFT).count() == 1


def test_copying_twice_from_one_page_makes_one_draft():
    claim = rejected_claim()
    client = author(claim)
    draft_id = client.get(url("claim_copy", claim)).context["draft_id"]

    first = client.post(url("claim_copy", claim), {"draft_id": str(draft_id)})
    second = client.post(url("claim_copy", claim), {"draft_id": str(draft_id)})

    assert first.url == second.url
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
    assertNotContains(response, "Copy to new claim")


def test_renewing_leaves_only_the_subscription_and_the_proof_open():
    claim = expired_claim()
    SubscriptionFactory(tenant=claim.tenant)

    response = author(claim).post(url("claim_copy", claim))

    draft = Claim.objects.get(status=ClaimStatus.DRAFT)
    assertRedirects(response, reverse("claim_step", args=[draft.public_id, "products"]))
    item = draft.items.get()
    assert (str(item.product), item.subscription) == ("Dynamics 365 Sales", None)
    assert (draft.claims_usage, draft.claims_presales) == (True, True)
    assert sorted(draft.contacts.values_list("kind", flat=True)) == ["customer", "partner", "technical"]


def test_the_history_names_the_claim_that_was_copied():
    claim = rejected_claim()
    client = author(claim)
    client.post(url("claim_copy", claim))
    draft = Claim.objects.get(status=ClaimStatus.DRAFT)

    response = client.get(url("claim_history", draft))

    assertContains(response, "Answers copied from another claim")
    assertContains(response, f"From {claim.number}")


def test_the_history_keeps_the_assigned_reviewers_name_to_microsoft():
    claim = claim_under_review()
    chosen = ReviewerFactory(full_name="Rita Reviewer", email="rita@microsoft.example")
    by = Actor(Role.REVIEWER, claim.reviewer_id)
    review.assign_reviewer(claim_id=claim.pk, reviewer_id=chosen.pk, by=by, now=TUESDAY)

    response = author(claim).get(url("claim_history", claim))

    assertContains(response, "Reviewer assigned")
    assertNotContains(response, "Rita")
    assertNotContains(response, "rita@")


def test_both_partners_see_that_an_item_is_contested_and_neither_sees_by_whom():
    held, wanted = contested_claims()

    defender = author(held).get(url("claim_detail", held))
    claimant = author(wanted).get(url("claim_detail", wanted))

    assertContains(defender, "Your association stays in force until a reviewer has decided.")
    assertContains(claimant, "Until a reviewer has decided, this claim can&#x27;t become official.")
    for response, other in ((defender, wanted), (claimant, held)):
        assertContains(response, "claims one of these items")
        assertContains(response, "compares the most recent proofs of both partners")
        assertContains(response, url("claim_add_proof", response.context["claim"]))
        assertNotContains(response, other.partner.name)
        assertNotContains(response, other.number)
    assertNotContains(claimant, "becomes official by itself")


def test_an_association_nobody_else_wants_shows_no_contest():
    held = approved_claim(at=MONDAY - timedelta(days=60))
    noticed_claim(at=MONDAY, tenant=held.tenant, domain_name=held.domain_name, products=("SPO",))

    assertNotContains(author(held).get(url("claim_detail", held)), "Another partner claims")


def test_who_loses_the_comparison_reads_why():
    held, wanted = contested_claims()
    arbitration.arbitrate(
        claim_id=wanted.pk, winner_id=held.partner_id, text="The other letter is newer.", by=reviewer(), now=TUESDAY
    )

    response = author(wanted).get(url("claim_detail", wanted))

    assertContains(response, "Another partner&#x27;s claim was preferred")
    assert [said.text for said in response.context["rejection"].said] == ["The other letter is newer."]
    assertNotContains(response, held.partner.name)


def test_a_superseded_association_says_so_with_the_reviewers_words():
    held, wanted = contested_claims()
    arbitration.arbitrate(
        claim_id=wanted.pk, winner_id=wanted.partner_id, text="The newer letter counts.", by=reviewer(), now=TUESDAY
    )

    response = author(held).get(url("claim_detail", held))

    assertContains(response, "Another partner was preferred")
    assertContains(response, "The newer letter counts.")
    assertNotContains(response, wanted.partner.name)


@pytest.mark.parametrize(
    ("today", "is_advised"),
    [(date(2021, 10, 19), False), (date(2021, 10, 20), True)],
)
def test_an_official_association_advises_a_new_proof_after_twelve_months(today, is_advised):
    claim = approved_claim(at=MONDAY)

    with time_machine.travel(datetime(today.year, today.month, today.day, 12, tzinfo=UTC)):
        response = author(claim).get(url("claim_detail", claim))

    words = "The newest proof is of Mon 19 Oct 2020, more than 12 months old."
    assert (words in response.content.decode()) is is_advised


def test_a_disputed_claim_counts_and_is_listed_as_under_review():
    claim = disputed_claim()
    client = author(claim)

    counters = {counter.label: counter for counter in client.get(reverse("overview")).context["counters"]}
    listed = client.get(counters["Under review"].url).context["rows"]

    assert counters["Under review"].value == 1
    assert [(row.claim, row.status_label) for row in listed] == [(claim, "Disputed")]
    assert [row.claim for row in client.get("/associations/?status=disputed").context["rows"]] == [claim]


@pytest.mark.parametrize(
    ("story", "name"),
    [
        (rejected_claim, "claim_detail"),
        (rejected_claim, "claim_dispute"),
        (rejected_claim, "claim_copy"),
        (finally_rejected_claim, "claim_detail"),
        (expired_claim, "claim_detail"),
        (expired_claim, "claim_copy"),
        (approved_claim, "claim_detail"),
        (approved_claim, "claim_disassociate"),
    ],
)
def test_no_page_after_the_decision_takes_more_than_a_dozen_queries(story, name, django_assert_max_num_queries):
    claim = story()
    client = author(claim)

    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get(url(name, claim)).status_code == 200


@pytest.mark.parametrize(
    ("story", "name"),
    [
        (rejected_claim, "claim_dispute"),
        (rejected_claim, "claim_copy"),
        (approved_claim, "claim_disassociate"),
        (claim_under_review, "claim_withdraw"),
        (claim_needing_action, "claim_resubmit"),
    ],
)
def test_every_form_has_a_way_back_to_the_claim_beside_its_button(story, name):
    claim = story()

    response = author(claim).get(url(name, claim))

    assertContains(response, f'<a class="btn btn-link" href="{url("claim_detail", claim)}">')


def test_disputing_tells_the_reviewers_once():
    claim = rejected_claim()
    before = OutboxEmail.objects.count()
    client = author(claim)

    for _try in range(2):
        client.post(url("claim_dispute", claim), {"justification": "Page 3."})

    assert list(OutboxEmail.objects.order_by("pk").values_list("template", flat=True))[before:] == ["dispute_arrived"]
