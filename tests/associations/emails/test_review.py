"""Emails about filing and review: receipt, question, reply, rejection (E1, E5 to E8)."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from associations.choices import (
    EventKind,
    ReasonCode,
)
from associations.rules.actors import Actor, Role
from associations.services.claim import submission
from associations.services.claim.history import Entry, record
from associations.services.review import decisions
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.associations.emails.acts import DAY, both_parts, mail_named
from tests.factories import (
    MONDAY,
)

pytestmark = pytest.mark.django_db


def test_the_receipt_tells_the_partner_what_happens_next():
    claim = stories.submitted_claim()

    email = mail_named("claim_received")
    rendered = rendering.render(email)

    assert email.to == [f"paolo{claim.pk}@partner.example", claim.created_by.email]
    assert rendered.subject == f"{claim.number}: your claim for {claim.tenant.name} is submitted"
    assert f"The notice to Carla Bianchi, customer@{claim.domain_name}, is on its way." in rendered.text
    assert "for 5 business days from the moment" in rendered.text
    assert "until the end of Monday 26 October 2020 (CET)" in rendered.text
    assert f"https://portal.example/associations/{claim.public_id}/" in rendered.text


def test_one_business_day_is_not_plural():
    stories.submitted_claim()
    email = mail_named("claim_received")
    email.context["business_days"] = 1

    assert "for 1 business day from the moment" in rendering.render(email).text


@pytest.mark.parametrize(("sent", "until"), [(1, "entro l'8 ottobre 2020"), (2, "entro il 9 ottobre 2020")])
def test_the_italian_subject_elides_its_article_before_the_eighth(sent, until):
    stories.submitted_claim(claim=stories.complete_claim(language="it"), at=datetime(2020, 10, sent, 8, tzinfo=UTC))

    assert rendering.render(mail_named("customer_notice")).subject.endswith(
        f": è possibile negare il consenso {until}"
    )


def test_the_start_of_a_review_is_told_to_those_who_want_to_know():
    quiet, curious = stories.noticed_claim(), stories.noticed_claim()
    User.objects.filter(pk=curious.created_by_id).update(muted_mails=[])

    for claim in (quiet, curious):
        decisions.start_review(claim_id=claim.pk, by=stories.reviewer(), now=MONDAY)

    email = OutboxEmail.objects.get(template="review_started")
    assert email.to == [curious.created_by.email]
    rendered = rendering.render(email)
    assert rendered.subject == f"{curious.number}: the review for {curious.tenant.name} has started"
    for part in both_parts(email):
        assert "The next step is due by the end of Monday 26 October 2020 (CET); a competing" in part
        assert f"https://portal.example/associations/{curious.public_id}/" in part


def test_a_question_names_its_reasons_its_words_and_its_last_day():
    claim = stories.claim_needing_action()

    rendered = rendering.render(mail_named("action_required"))

    assert rendered.subject == f"{claim.number}: reply to the reviewer by 26 October 2020"
    assert "- A claimed product is not in the proof of execution" in rendered.text
    assert "Teams is not named in the statement of work." in rendered.text
    asks = "Reply by the end of Monday 26 October 2020 (CET)."
    assert f"{asks} Without a reply, the claim is rejected automatically after that." in rendered.text


def test_the_reviewer_who_asked_hears_of_the_answer():
    claim = stories.claim_needing_action()
    submission.resubmit_claim(claim_id=claim.pk, reply="See page 3.", by=stories.admin_of(claim), now=MONDAY)

    email = mail_named("answer_arrived")

    assert email.to == [User.objects.get(pk=claim.reviewer_id or 0).email]
    for part in both_parts(email):
        assert "See page 3." in part
        assert "Changed since your question" not in part
        assert f"/admin/associations/claim/{claim.pk}/change/" in part
        assert "The next step is due by the end of Monday 26 October 2020 (CET)." in part


def test_the_reviewer_reads_what_was_changed_since_the_question():
    claim = stories.claim_needing_action()
    by, path = stories.admin_of(claim), "letter.pdf"
    record([claim], EventKind.PRODUCTS_CHANGED, by=by, now=MONDAY + DAY)
    record([claim], EventKind.PRODUCTS_CHANGED, by=by, now=MONDAY + DAY)
    record([claim], EventKind.PROOF_ADDED, Entry(path), by=by, now=MONDAY + DAY)
    record([claim], EventKind.EDIT_REFUSED, by=by, now=MONDAY + DAY)

    submission.resubmit_claim(claim_id=claim.pk, reply="", by=by, now=MONDAY + DAY)

    email = mail_named("answer_arrived")
    assert email.context["changes"] == ["Products changed", f"Proof of execution added: {path}"]
    for part in both_parts(email):
        assert f"Proof of execution added: {path}" in part
        assert "The partner's reply" not in part


def test_a_rejection_by_the_reviewer_gives_the_reasons():
    claim = stories.claim_under_review()
    by = Actor(Role.REVIEWER, claim.reviewer_id)
    decisions.reject_claim(
        claim_id=claim.pk, reasons=[ReasonCode.POE_DATES], text="Signed in 2011.", by=by, now=MONDAY
    )

    rendered = rendering.render(mail_named("claim_rejected"))
    text = rendered.text

    assert rendered.subject == f"{claim.number}: Exchange Online + 1 more for {claim.tenant.name} was rejected"
    assert f"Microsoft rejected your claim {claim.number}:\nExchange Online, Microsoft Teams\n" in text
    assert text.index("Signed in 2011.") < text.index("The claim")
    assert "- Dates are missing or too old" in text
    assert "Signed in 2011." in text
    assert "opted out" not in text
