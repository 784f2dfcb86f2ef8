"""An edition with other numbers, entered through the admin pages alone, judges the claims filed from its day on."""

from typing import Any

import pytest
from django.urls import reverse

from associations.models import Claim
from associations.services.files.proof_reading import read_proofs
from guides.models import ProgramGuide
from tests.accounts.signing_in import signed_in_at
from tests.factories import UserFactory
from tests.guides.pages import posted
from tests.journeys import people
from tests.journeys.people import at, beat, moment, words

pytestmark = pytest.mark.django_db

FRIDAY, MONDAY, TUESDAY = "2020-10-16T10:00:00+02:00", "2020-10-19T10:00:00+02:00", "2020-10-20T10:00:00+02:00"
NEW: dict[str, object] = {
    "opt_out_business_days": 7,
    "review_business_days": 3,
    "answer_business_days": 2,
    "dispute_days": 10,
    "proof_age_months": 6,
    "template_required": "on",
    "least_seats": 300,
}


def enter_and_publish() -> ProgramGuide:
    """Copy the edition, change the numbers of one activity, and publish it for Monday."""
    root = UserFactory(email="root@microsoft.example", is_staff=True, is_superuser=True)
    browser: Any = signed_in_at(root, moment(FRIDAY).timestamp())
    first = ProgramGuide.objects.get()
    browser.post(act(first, "new"), {"code": "2020-10", "title": "October 2020"})
    guide = ProgramGuide.objects.get(code="2020-10")
    usage = guide.activities.get(code="M365_USAGE")
    page = reverse("admin:guides_guideactivity_change", args=[usage.pk])
    assert browser.post(page, posted(usage, browser) | NEW).status_code == 302
    browser.post(act(guide, "publish"), {"valid_from": "2020-10-19"})
    guide.refresh_from_db()
    assert guide.is_published
    return guide


def act(guide: ProgramGuide, name: str) -> str:
    return reverse(f"admin:guides_programguide_{name}", args=[guide.pk])


def file(anna: people.PartnerAdmin, *codes: str) -> Claim:
    anna.file_microsoft_365(*codes)
    anna.claim.refresh_from_db()
    return anna.claim


def test_claims_before_and_after_the_day_go_by_their_own_numbers() -> None:
    anna, rita = people.anna(), people.rita()
    with at(FRIDAY):
        guide = enter_and_publish()
        anna.sign_in()
        before = file(anna, "TEAMS")
    with at(MONDAY):
        anna.sign_in()
        after = file(anna, "EXO")
        beat(MONDAY)

    assert before.edition.code == "2020-09"
    assert after.guide == guide
    assert (before.opt_out_business_days, after.opt_out_business_days) == (5, 7)
    after.refresh_from_db()
    # Seven business days from Monday, October 19, in the time of the winter.
    assert after.opt_out_closes_at == moment("2020-10-29T00:00:00+01:00")
    assert after.review_due_at == moment("2020-10-23T00:00:00+02:00")
    with at(TUESDAY):
        rita.sign_in()
        for claim in (before, after):
            rita.decide(claim, "start_review")
        assert "has 2 business days to answer" in words(rita.open(decide(after, "request_action")))
        assert "within 6 months before submission" in words(rita.look_at(after))
        assert "within 12 months before submission" in words(rita.look_at(before))
        rita.decide(after, "request_action", reasons="POE_NO_PRODUCT", text="Name the product.")
        rita.decide(before, "reject", reasons="POE_NO_PRODUCT", text="No product is named.")
    for claim in (before, after):
        claim.refresh_from_db()
    assert after.answer_due_at == moment("2020-10-23T00:00:00+02:00")
    assert before.dispute_closes_at == moment("2020-11-20T00:00:00+01:00")


def test_a_draft_over_the_change_loses_nothing_and_is_warned_by_the_new_rules() -> None:
    anna = people.anna()
    with at(FRIDAY):
        guide = enter_and_publish()
        anna.sign_in()
        anna.start()
        anna.answer("work", solution_area="M365")
        anna.answer("details", name="Contoso adoption")
        anna.select("TEAMS")
        anna.answer("contacts", **people.CARLA, **people.PAOLO, customer_language="en")
        anna.upload()
    with at(MONDAY):
        read_proofs(now=moment(MONDAY))
        anna.sign_in()
        page = words(anna.open(anna.page("claim_check")))

        assert "This draft now goes by: October 2020. Your answers are kept." in page
        assert "By the program guide a proof is on Microsoft's template." in page
        proof = words(anna.open(anna.step("proof")))
        assert "dated within the last 6 months" in proof
        assert "On Microsoft's template" in proof
        assert "Your answers are kept" in words(anna.submit())
        anna.submit()
        assert "Program guide October 2020" in words(anna.open(anna.page("claim_detail")))
    anna.claim.refresh_from_db()
    assert (anna.claim.guide, anna.claim.name, anna.claim.status) == (guide, "Contoso adoption", "submitted")


def decide(claim: Claim, action: str) -> str:
    return reverse("admin:associations_claim_decide", args=[claim.pk, action])
