"""Emails about disputes and competing claims (E6, E8, E10, E11)."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from associations.services.association import approval, association
from associations.services.review import overdue_answers
from notifications.sending import rendering
from tests import stories
from tests.associations.emails.acts import (
    DAY,
    DEADLINE,
    accept,
    both_parts,
    dispute,
    mail_named,
    reject,
    rivals,
    settle,
    subscribed_claim,
    uphold,
)
from tests.factories import (
    MONDAY,
)

pytestmark = pytest.mark.django_db


def test_a_rejection_says_until_when_it_can_be_disputed():
    claim = reject(stories.claim_under_review())

    email = mail_named("claim_rejected", claim=claim)

    assert email.to == [f"paolo{claim.pk}@partner.example", claim.created_by.email]
    for part in both_parts(email):
        assert "until the end of Thursday 19 November 2020 (CET)" in part
        assert "choose Dispute the rejection" in part
        assert "final" not in part
        assert f"https://portal.example/associations/{claim.public_id}/" in part


def test_an_upheld_rejection_says_that_it_is_final():
    claim = uphold(dispute(reject(stories.claim_under_review())))

    email = mail_named("claim_rejected", claim=claim)
    subject = f"{claim.number}: the rejection of Exchange Online + 1 more for {claim.tenant.name} is final"
    assert rendering.render(email).subject == subject
    for part in both_parts(email):
        assert "Microsoft checked your dispute and didn't change the rejection of your claim" in part
        assert "Microsoft rejected" not in part
        assert "This decision is final" in part
        assert "It is still not signed." in part
        assert "Dispute the rejection" not in part


def test_a_second_rejection_after_an_accepted_dispute_is_final():
    claim = accept(dispute(reject(stories.claim_under_review())))

    reject(claim, at=MONDAY + 4 * DAY)

    assert "This decision is final" in rendering.render(mail_named("claim_rejected", claim=claim)).text


def test_a_question_that_ran_out_rejects_and_says_so():
    claim = stories.claim_needing_action()
    overdue_answers.expire_answers(now=DEADLINE)

    text = rendering.render(mail_named("claim_rejected", claim=claim)).text

    assert "- No answer in time" in text
    assert "until the end of Thursday 26 November 2020 (CET)" in text


def test_the_reviewer_who_rejected_hears_of_the_dispute():
    claim = dispute(reject(stories.claim_under_review()))

    email = mail_named("dispute_arrived")

    assert email.to == [User.objects.get(pk=claim.reviewer_id or 0).email]
    assert rendering.render(email).subject == f"{claim.number}: {claim.partner.name} disputes the rejection"
    for part in both_parts(email):
        assert "Page 3 is signed." in part
        assert "The next step is due by the end of Wednesday 28 October 2020 (CET)." in part
        assert f"/admin/associations/claim/{claim.pk}/change/" in part


def test_an_accepted_dispute_says_that_the_customer_is_asked_again():
    claim = accept(dispute(reject(stories.claim_under_review())))

    email = mail_named("dispute_accepted")

    assert email.to == [f"paolo{claim.pk}@partner.example", claim.created_by.email]
    assert rendering.render(email).subject == f"{claim.number}: your dispute was accepted"
    for part in both_parts(email):
        assert "You are right." in part
        assert "The customer gets a new notice" in part


def test_an_accepted_dispute_after_a_full_window_asks_nobody_again():
    claim = stories.claim_under_review()
    approval.close_elapsed_windows(now=DEADLINE)
    accept(dispute(reject(claim, at=DEADLINE + DAY), at=DEADLINE + 2 * DAY), at=DEADLINE + 3 * DAY)

    for part in both_parts(mail_named("dispute_accepted")):
        assert "the customer is not asked again" in part
        assert "new notice" not in part


def test_competing_partners_are_asked_for_their_most_recent_proof_and_learn_no_name():
    first, second = rivals()

    email = mail_named("competing_found", claim=first)
    rendered = rendering.render(email)

    assert email.to == [f"paolo{first.pk}@partner.example", first.created_by.email]
    assert rendered.subject == f"{first.number}: a competing claim for {first.tenant.name}"
    for part in both_parts(email):
        assert "Upload your most recent proof of execution" in part
        assert "also when your association is official already" in part
        assert f"https://portal.example/associations/{first.public_id}/" in part
        for hint in ("Fabrikam", "6363276", second.number, f"paolo{second.pk}", str(second.public_id)):
            assert hint not in part, hint


def test_both_sides_read_which_product_is_contested():
    incumbent = stories.approved_claim(products=("EXO", "TEAMS"))
    challenger = stories.noticed_claim(tenant=incumbent.tenant, products=("TEAMS", "SPO"))

    for claim in (incumbent, challenger):
        assert mail_named("competing_found", claim=claim).context["contested_items"] == ["Microsoft Teams"]


def test_the_preferred_partner_hears_for_what():
    winner, loser = rivals()
    settle(winner, loser)

    email = mail_named("competing_settled")

    assert email.to == [f"paolo{winner.pk}@partner.example", winner.created_by.email]
    assert rendering.render(email).subject == f"{winner.number}: the competing claim is settled"
    for part in both_parts(email):
        assert "Exchange Online" in part
        assert "Your claim goes on." in part
        assert "Fabrikam" not in part


def test_the_other_partner_hears_why_and_may_dispute_it():
    winner, loser = rivals()
    settle(winner, loser)

    for part in both_parts(mail_named("claim_rejected", claim=loser)):
        assert "Another partner's claim was preferred" in part
        assert "The other proof of execution is more recent." in part
        assert "until the end of Thursday 19 November 2020 (CET)" in part
        assert winner.partner.name not in part


def test_a_superseded_association_names_its_items_and_the_reviewer_s_words():
    incumbent = stories.approved_claim()
    challenger = stories.noticed_claim(tenant=incumbent.tenant)
    settle(challenger, incumbent)

    for part in both_parts(mail_named("association_ended", claim=incumbent)):
        assert "Microsoft Teams" in part
        assert "The reason: Another partner was preferred." in part
        assert "The other proof of execution is more recent." in part
        assert challenger.partner.name not in part


def test_an_association_that_ended_with_its_subscription_can_be_renewed():
    claim = subscribed_claim()
    association.expire_associations(now=datetime(2021, 4, 2, tzinfo=UTC))

    bought = claim.tenant.subscriptions.get().subscription_id
    for part in both_parts(mail_named("association_ended")):
        assert f"Dynamics 365 Sales, subscription {bought}" in part
        assert "The reason: The subscription expired." in part
        assert "choose Renew" in part
