"""Two partners, a question, a dispute, a renewal and a scope (domain.md 12, scenarios 10 to 12, 14 and 16)."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from associations.choices import MemberRole, SubscriptionState
from associations.models import Association, Claim, CustomerTenant, PartnerLocation, Product
from associations.services.association import association
from associations.services.customer import reminders
from associations.services.review import overdue_answers
from notifications.models import OutboxEmail
from tests import files
from tests.factories import PartnerLocationFactory, PartnerMemberFactory, SubscriptionFactory
from tests.journeys import people
from tests.journeys.people import CARLA, PAOLO, TULLIO, PartnerAdmin, Reviewer, at, beat, inbox, words

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.sitewide]

MONDAY = "2020-10-19T10:00:00+02:00"
TUESDAY = "2020-10-20T10:00:00+02:00"
WEDNESDAY = "2020-10-21T15:00:00+02:00"
AFTER_THE_WINDOW = "2020-10-27T00:01:00+01:00"
BRUNO = {"partner_name": "Bruno Blu", "partner_email": "bruno@fabrikam.example"}
PROOF = "statement-of-work-2.pdf"


def file_on_monday(person: PartnerAdmin, *codes: str) -> Claim:
    """The person signs in and files a claim to these workloads; the mails leave."""
    with at(MONDAY):
        person.sign_in()
        person.file_microsoft_365(*codes)
    beat(MONDAY)
    return Claim.objects.get(pk=person.claim.pk)


def bruno() -> PartnerAdmin:
    """The incentives admin of Fabrikam, a competitor of Litware."""
    location = PartnerLocationFactory(mpn_id="6363276", partner__name="Fabrikam")
    PartnerMemberFactory(partner=location.partner, user__email="bruno@fabrikam.example")
    return PartnerAdmin(email="bruno@fabrikam.example")


def file_as_bruno(person: PartnerAdmin, *codes: str) -> Claim:
    with at(TUESDAY):
        person.sign_in()
        person.start(mpn_id="6363276")
        person.answer("work", solution_area="M365")
        person.answer("details", name="Fabrikam adoption")
        warned = person.select(*codes)
        assert "Litware" not in words(warned)
        person.answer("contacts", **CARLA, customer_language="en", **BRUNO)
        person.upload()
        person.submit()
    beat(TUESDAY)
    return Claim.objects.get(pk=person.claim.pk)


def status_of(claim: Claim) -> str:
    return str(Claim.objects.values_list("status", flat=True).get(pk=claim.pk))


def status_and_reasons(claim: Claim) -> tuple[str, list[str]]:
    stored = Claim.objects.get(pk=claim.pk)
    return stored.status, stored.reason_codes


def test_10_a_workload_that_is_ours_is_blocked() -> None:
    anna = people.anna()
    file_on_monday(anna, "EXO")

    with at(TUESDAY):
        anna.sign_in()
        anna.start()
        anna.answer("work", solution_area="M365")
        anna.answer("details", name="Contoso once more")
        refused = anna.select("EXO")

    assert "There is a problem" in words(refused)
    assert not anna.claim.items.exists()


def test_10_a_workload_of_another_partner_warns_then_a_reviewer_prefers_one() -> None:
    anna, rita, rival = people.anna(), people.rita(), bruno()
    first = file_on_monday(anna, "EXO", "TEAMS")
    with at(TUESDAY):
        rival.sign_in()
        rival.start(mpn_id="6363276")
        rival.answer("work", solution_area="M365")
        picking = words(rival.open(rival.step("products")))
    assert "another partner" in picking
    assert "Litware" not in picking
    second = file_as_bruno(rival, "EXO")

    beat(AFTER_THE_WINDOW)
    assert (status_of(first), status_of(second)) == ("submitted", "submitted")
    told = {email.to[0] for email in OutboxEmail.objects.filter(template="competing_found")}
    assert {"paolo@partner.example", "bruno@fabrikam.example"} <= told

    with at("2020-10-28T10:00:00+01:00"):
        rita.sign_in()
        address = reverse("admin:associations_claim_arbitrate", args=[second.pk])
        assert {"Litware", "Fabrikam"} <= set(words(rita.open(address)).replace(",", " ").split())
        rita.fill_in(address, {"winner_id": str(first.partner_id), "text": "Its proof is the more recent one."})

    assert status_of(first) == "approved"
    assert status_and_reasons(second) == ("rejected", ["COMPETING_CLAIM_LOST"])
    holders = Association.objects.active().filter(product__code="EXO").values_list("partner__name", flat=True)
    assert list(holders) == ["Litware"]
    beat("2020-10-28T10:01:00+01:00")
    assert "Litware" not in " ".join(words(mail) for mail in inbox("bruno@fabrikam.example"))


def returned_claim(anna: PartnerAdmin, rita: Reviewer) -> Claim:
    """A claim to Exchange and Teams whose proof does not name Teams, returned on Wednesday."""
    claim = file_on_monday(anna, "EXO", "TEAMS")
    with at(WEDNESDAY):
        rita.sign_in()
        rita.decide(claim, "start_review")
        rita.decide(claim, "request_action", reasons="POE_NO_PRODUCT", text="Teams is not named.")
    beat(WEDNESDAY)
    return claim


def test_11_the_partner_drops_the_product_adds_a_proof_and_resubmits() -> None:
    anna, rita = people.anna(), people.rita()
    claim = returned_claim(anna, rita)
    asked = inbox("paolo@partner.example")[-1]
    assert "Teams is not named." in words(asked)
    assert "28 October 2020" in words(asked)

    with at("2020-10-22T09:00:00+02:00"):
        anna.sign_in()
        assert "Teams is not named." in words(anna.open(anna.page("claim_detail")))
        anna.select("EXO")
        anna.answer("proof", proofs=SimpleUploadedFile(PROOF, files.pdf()))
        answered = anna.fill_in(anna.page("claim_resubmit"), {"reply": "Only Exchange remains."})
    beat("2020-10-22T09:01:00+02:00")

    assert "Under review" in words(answered)
    assert [item.product.code for item in claim.items.all()] == ["EXO"]
    assert sorted(proof.name for proof in claim.proofs.all()) == [PROOF, "statement-of-work.pdf"]
    assert [mail.subject for mail in inbox("rita@microsoft.example")] == [f"{claim.number}: Litware answered"]
    # Fewer products ask the customer for less: she is told, and the window stays as it is.
    subjects = [mail.subject for mail in inbox("carla@contoso.example")]
    assert subjects[1:] == ["Litware no longer asks for Microsoft Teams"]
    beat(AFTER_THE_WINDOW)
    assert status_of(claim) == "approved"


def test_11_without_an_answer_the_claim_is_rejected_on_the_sixth_business_day() -> None:
    anna, rita = people.anna(), people.rita()
    claim = returned_claim(anna, rita)

    reminders.send_due_reminders(now=people.moment("2020-10-27T09:00:00+01:00"))
    overdue_answers.expire_answers(now=people.moment("2020-10-28T23:59:00+01:00"))
    assert status_of(claim) == "action_required"

    overdue_answers.expire_answers(now=people.moment("2020-10-29T00:00:00+01:00"))
    beat("2020-10-29T00:01:00+01:00")
    assert status_and_reasons(claim) == ("rejected", ["NO_PARTNER_RESPONSE"])
    subjects = [str(mail.subject) for mail in inbox("paolo@partner.example")]
    assert subjects[-1] == f"{claim.number}: Exchange Online + 1 more for Contoso was rejected"


def rejected_claim(anna: PartnerAdmin, rita: Reviewer) -> Claim:
    """A claim that was rejected on Wednesday 21 October 2020: the 30th day after is Friday 20 November."""
    claim = file_on_monday(anna, "EXO")
    with at(WEDNESDAY):
        rita.sign_in()
        rita.decide(claim, "start_review")
        rita.decide(claim, "reject", reasons="POE_DATES", text="Signed in 2011.")
    beat(WEDNESDAY)
    return claim


def test_12_a_dispute_on_day_30_is_taken_and_an_upheld_rejection_is_final() -> None:
    anna, rita = people.anna(), people.rita()
    claim = rejected_claim(anna, rita)

    with at("2020-11-20T23:30:00+01:00"):
        anna.sign_in()
        anna.fill_in(anna.page("claim_dispute"), {"justification": "Page 3 was signed in 2020."})
    assert status_of(claim) == "disputed"
    with at("2020-11-23T10:00:00+01:00"):
        rita.sign_in()
        rita.decide(claim, "uphold_rejection", text="Page 3 is not signed.")
    beat("2020-11-23T10:01:00+01:00")

    assert status_of(claim) == "rejected_final"
    with at("2020-11-24T10:00:00+01:00"):
        anna.sign_in()
        page = words(anna.open(anna.page("claim_detail")))
        again = anna.fill_in(anna.page("claim_dispute"), {"justification": "Please look again."})
    assert "Dispute" not in page.replace("Disputed", "")
    assert "no rejection that can be disputed" in words(again)
    assert status_of(claim) == "rejected_final"


def test_12_a_dispute_on_day_31_is_refused() -> None:
    anna, rita = people.anna(), people.rita()
    claim = rejected_claim(anna, rita)

    with at("2020-11-21T00:00:00+01:00"):
        anna.sign_in()
        refused = anna.fill_in(anna.page("claim_dispute"), {"justification": "Page 3 was signed in 2020."})

    assert "no rejection that can be disputed" in words(refused)
    assert status_of(claim) == "rejected"


def test_12_a_second_dispute_is_refused_and_the_customer_is_asked_again_after_the_first() -> None:
    anna, rita = people.anna(), people.rita()
    claim = rejected_claim(anna, rita)
    with at("2020-10-22T10:00:00+02:00"):
        anna.sign_in()
        anna.fill_in(anna.page("claim_dispute"), {"justification": "Page 3 was signed in 2020."})
        rita.sign_in()
        rita.decide(claim, "accept_dispute", text="You are right.")
    beat("2020-10-22T10:01:00+02:00")
    # The rejection had cut the first window short: a new notice opens a full one, to Thursday 29 October.
    assert Claim.objects.get(pk=claim.pk).opt_out_closes_at == people.moment("2020-10-30T00:00:00+01:00")

    with at("2020-10-23T10:00:00+02:00"):
        rita.sign_in()
        rita.decide(claim, "reject", reasons="POE_DATES", text="It was 2011 after all.")
        anna.sign_in()
        refused = anna.fill_in(anna.page("claim_dispute"), {"justification": "Please look again."})

    assert "no rejection that can be disputed" in words(refused)
    assert status_of(claim) == "rejected"


def test_14_an_association_ends_with_its_subscription_and_is_renewed_from_a_filled_draft() -> None:
    anna = people.anna()
    tenant, sales = CustomerTenant.objects.get(), Product.objects.get(code="D365_SALES")
    subscription = SubscriptionFactory(tenant=tenant, product=sales, ends_on=date(2021, 1, 31))
    with at(MONDAY):
        anna.sign_in()
        anna.start()
        anna.answer("work", solution_area="BA", activity="usage", claims_usage="on")
        anna.answer("details", name="Contoso sales")
        anna.select("D365_SALES", D365_SALES=str(subscription.subscription_id))
        anna.answer("contacts", **CARLA, **TULLIO, **PAOLO, customer_language="en")
        anna.upload()
        anna.submit()
    beat(MONDAY)
    beat(AFTER_THE_WINDOW)
    claim = anna.claim
    assert status_of(claim) == "approved"

    for days in (60, 30, 7):
        reminders.send_due_reminders(now=people.moment("2021-01-31T09:00:00+01:00") - timedelta(days=days))
    beat("2021-01-24T09:30:00+01:00")
    told = [mail for mail in inbox("paolo@partner.example") if "31 January 2021" in words(mail)]
    assert len(told) == 3

    subscription.state = SubscriptionState.EXPIRED
    subscription.save()
    association.expire_associations(now=people.moment("2021-02-01T12:30:00+01:00"))
    assert not Association.objects.active().exists()

    with at("2021-02-02T09:00:00+01:00"):
        anna.sign_in()
        assert "Renew" in words(anna.open(anna.page("claim_detail")))
        anna.fill_in(anna.page("claim_copy"), {})
    draft = Claim.objects.latest("pk")
    assert draft.pk != claim.pk
    assert (draft.status, draft.activity_codes, draft.tenant_id) == ("draft", ("BA_USAGE",), claim.tenant_id)
    assert [(item.product, item.subscription) for item in draft.items.all()] == [(sales, None)]
    assert sorted(draft.contacts.values_list("name", flat=True)) == ["Carla Bianchi", "Paolo Rossi", "Tullio Neri"]


def test_16_an_incentives_user_drafts_but_does_not_submit() -> None:
    people.anna()
    partner = PartnerLocation.objects.get().partner
    PartnerMemberFactory(partner=partner, role=MemberRole.INCENTIVES_USER, user__email="ugo@litware.example")
    ugo = PartnerAdmin(email="ugo@litware.example")

    with at(MONDAY):
        ugo.sign_in()
        tried = ugo.file_microsoft_365("EXO")

    assert ugo.claim.items.count() == 1
    assert ugo.claim.proofs.count() == 1
    assert "incentives admin" in words(tried)
    assert status_of(ugo.claim) == "draft"


def test_16_a_person_of_location_a_can_neither_see_nor_guess_a_claim_of_location_b() -> None:
    anna = people.anna()
    claim = file_on_monday(anna, "EXO")
    elsewhere = PartnerLocationFactory(partner=claim.partner)
    PartnerMemberFactory(partner=claim.partner, locations=[elsewhere], user__email="dario@litware.example")
    dario, rival = PartnerAdmin(email="dario@litware.example", claim=claim), bruno()
    rival.claim = claim

    for outsider in (dario, rival):
        with at(TUESDAY):
            outsider.sign_in()
            outsider.open(reverse("overview"))
            unknown = outsider.open(reverse("claim_detail", args=["0" * 8 + "-0000-4000-8000-" + "0" * 12]))
            seen = outsider.open(outsider.page("claim_detail"))
            listed = outsider.open(reverse("claim_list") + f"?q={claim.number}")
            withdrawn = outsider.browser.post(outsider.page("claim_withdraw"), {"reason": "wrong_mpn"})
        assert (seen.status_code, unknown.status_code, withdrawn.status_code) == (404, 404, 404)
        assert words(seen) == words(unknown)
        assert "Contoso adoption" not in words(listed)
    assert status_of(claim) == "submitted"
