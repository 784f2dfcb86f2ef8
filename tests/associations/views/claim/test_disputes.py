"""Covers the dispute of a rejection on the pages of a partner."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.choices import ClaimStatus, EventKind, MemberRole, ReasonCode
from associations.models import ClaimEvent, ProofOfExecution, Subscription
from associations.services.claim import disputes
from associations.services.review import decisions
from bench.files import SMALL_PDF
from notifications.models import OutboxEmail
from tests.associations.views.claim.decided_claims import (
    TUESDAY,
    disputed_claim,
    finally_rejected_claim,
)
from tests.factories import (
    MONDAY,
)
from tests.people import author, colleague, url
from tests.stories import (
    complete_dynamics_claim,
    declined_claim,
    fresh,
    rejected_claim,
    reviewer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_tuesday")]


def pdf(name="acceptance.pdf", data=SMALL_PDF):
    return SimpleUploadedFile(name, data, content_type="application/pdf")


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

    assertContains(response, "The time to dispute it ended on Wed 18 Nov 2020, end of day (CET).")
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

    assert [(fact.label, fact.value or fact.lines) for fact in response.context["facts"]] == [
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

    assert facts[3].lines == [f"Dynamics 365 Sales, {subscription.subscription_id}"]


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
    assertContains(response, "A reviewer decides on the dispute by Mon 26 Oct 2020, end of day (CET).")
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
    again = decisions.reject_claim(
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


def test_disputing_tells_the_reviewers_once():
    claim = rejected_claim()
    before = OutboxEmail.objects.count()
    client = author(claim)

    for _try in range(2):
        client.post(url("claim_dispute", claim), {"justification": "Page 3."})

    assert list(OutboxEmail.objects.order_by("pk").values_list("template", flat=True))[before:] == ["dispute_arrived"]
