"""Emails about the customer's answer and the end of a claim or an association."""

from datetime import timedelta

import pytest
from django.utils import translation

from associations.choices import (
    EndReason,
    HoldOutcome,
    OptOutReason,
    WithdrawalReason,
)
from associations.models import Claim, CustomerNotice
from associations.services.association import approval
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer as answering
from associations.services.customer import holds
from associations.services.customer.answer import Answerer
from associations.services.review import digest, overdue_answers
from associations.services.review import holds as holding
from notifications.models import IncomingKind, Notification, OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.associations.emails.acts import (
    DAY,
    DEADLINE,
    THANKS,
    answer,
    both_parts,
    mail_named,
    reject,
    rivals,
    settle,
)
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
    ReviewerFactory,
)

pytestmark = pytest.mark.django_db


def speak(language, claim):
    """Return who filed *claim*, and now reads *language*."""
    submitter = claim.submitted_by
    submitter.language = language
    submitter.save(update_fields=["language"])
    return submitter


@pytest.mark.parametrize(("language", "reason"), [("en", "Another partner"), ("it", "un altro partner")])
def test_the_partner_reads_in_the_mail_why_and_what_the_customer_wrote(language, reason):
    claim = stories.noticed_claim()
    speak(language, claim)
    answer(claim, reason=OptOutReason.OTHER_PARTNER)
    official = stories.approved_claim()
    speak(language, official)
    answer(official, reason=OptOutReason.OTHER_PARTNER, at=MONDAY + 20 * DAY)

    for email in (mail_named("claim_rejected", claim=claim), mail_named("association_ended", claim=official)):
        for part in both_parts(email):
            assert "Carla Bianchi" in part
            assert reason in part
            assert "We stopped in May." in part
            order = [part.index(words) for words in ("Exchange Online", "Carla Bianchi", "We stopped in May.")]
            assert order == sorted(order)


@pytest.mark.parametrize(("language", "words"), [("en", "approved the association of"), ("it", "ha approvato")])
def test_an_approval_with_a_message_is_mailed_to_the_partner_and_stands_on_the_noticeboard(language, words):
    claim = stories.noticed_claim()
    submitter = speak(language, claim)

    answer(claim)

    email = mail_named("customer_message", claim=claim)
    rendered = rendering.render(email)
    assert submitter.email in email.to
    assert f"Carla Bianchi {words}" in rendered.text
    assert THANKS in rendered.text
    assert "Thank you.<br>Start with the &lt;sales&gt; team." in rendered.html
    assert Notification.objects.filter(kind="customer_message", user=submitter).exists()


def test_an_approval_without_a_message_mails_none():
    claim = stories.noticed_claim()
    notice = CustomerNotice.objects.current().get(claim=claim)

    answering.approve_by_customer(notice_id=notice.pk, answerer=Answerer(name="Carla Bianchi"), now=MONDAY)

    assert not OutboxEmail.objects.filter(template="customer_message").exists()


def test_a_rejection_by_the_customer_is_not_to_be_disputed():
    claim = stories.declined_claim()

    email = mail_named("claim_rejected", claim=claim)
    text = rendering.render(email).text

    subject = f"{claim.number}: {claim.tenant.name} opted out of Exchange Online + 1 more"
    assert rendering.render(email).subject == subject
    assert f"The customer opted out, so your claim {claim.number} was rejected:\nExchange Online" in text
    assert "it can't be disputed" in text
    assert "Microsoft rejected" not in text


def test_a_withdrawal_tells_the_customer_that_nothing_is_left_to_do():
    claim = stories.noticed_claim()
    withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=stories.admin_of(claim), now=MONDAY)

    email = mail_named("request_closed")
    text = rendering.render(email).text

    assert email.to == [f"customer@{claim.domain_name}"]
    assert f"{claim.partner.name} withdrew its request to be recorded as your partner." in text
    assert "You don't need to do anything. There is nothing left to answer." in text
    assert "rejected" not in text


def test_a_rejection_tells_the_customer_that_microsoft_rejected_the_request():
    claim = reject(stories.claim_under_review())

    text = rendering.render(mail_named("request_closed", claim=claim)).text

    assert f"Microsoft rejected the request of {claim.partner.name}." in text
    assert "withdrew" not in text


def test_the_customer_learns_that_the_partner_did_not_answer_microsoft():
    claim = stories.claim_needing_action()
    overdue_answers.expire_answers(now=DEADLINE)

    text = rendering.render(mail_named("request_closed", claim=claim)).text

    assert f"the request of {claim.partner.name}, which didn't answer the reviewer's question in time." in text


def test_the_customer_learns_that_another_partner_was_preferred():
    winner, loser = rivals()
    settle(winner, loser)

    text = rendering.render(mail_named("request_closed", claim=loser)).text

    assert "Another partner was preferred for these products" in text
    assert winner.partner.name not in text


def test_an_approval_is_no_payment():
    claim = stories.approved_claim()

    partners, customers = mail_named("claim_approved", claim=claim), mail_named("association_active", claim=claim)

    text = rendering.render(partners).text
    assert "became official on Monday 2 November 2020, 09:00 (CET): the customer did not opt out." in text
    assert "An association is not a payment" in text
    assert "not paid" not in text
    assert customers.to == [f"customer@{claim.domain_name}"]
    assert "You can end the association at any time" in rendering.render(customers).text
    assert "https://portal.example/customers/requests/" in rendering.render(customers).text


def test_a_revenue_association_is_never_paid():
    claim = stories.noticed_claim(claim=stories.complete_revenue_claim())
    approval.approve_unopposed_claims(now=MONDAY + timedelta(days=14))

    text = rendering.render(mail_named("claim_approved", claim=claim)).text

    assert "A revenue association is recognized, but not paid." in text


def test_the_opt_out_has_a_receipt_with_number_name_time_and_reason():
    claim = stories.noticed_claim()
    answer(claim, reason=OptOutReason.OTHER)

    email = mail_named("opt_out_receipt")
    text = rendering.render(email).text

    assert email.to == [f"customer@{claim.domain_name}"]
    assert "Carla Bianchi opted out on Tuesday 20 October 2020, 10:00 (CEST)." in text
    assert f"its number is {claim.number}" in text
    assert "Reason for the opt-out: Another reason\nWe stopped in May." in text
    assert "The claim is declined:" in text


def test_an_opt_out_that_was_written_is_told_without_a_word_of_what_was_written():
    claim = stories.held_claim()
    holding.settle_hold(
        claim_id=claim.pk,
        hold_id=claim.holds.get().pk,
        outcome=HoldOutcome.OPTED_OUT,
        reason="She never hired them.",
        by=stories.reviewer(),
        now=MONDAY + 2 * DAY,
    )

    receipt, rejected = rendering.render(mail_named("opt_out_receipt")), rendering.render(mail_named("claim_rejected"))

    assert "You wrote to us by email. On Wednesday 21 October 2020, 10:00 (CEST) a Microsoft reviewer" in receipt.text
    assert "Reason for the opt-out" not in receipt.text
    assert "Reason for the opt-out: The customer wrote it to Microsoft" in rejected.text
    assert "hired" not in receipt.text + receipt.html + rejected.text + rejected.html


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        (IncomingKind.REPLY, "the customer wrote, please read it", "only reviewers can read it."),
        (IncomingKind.UNCLEAR_REPORT, "did the notice arrive?", "say whether the notice arrived."),
    ],
)
def test_the_claims_reviewer_is_told_that_something_has_to_be_read(kind, subject, words):
    claim = stories.claim_under_review()
    stories.receive(claim, at=MONDAY + DAY, kind=kind)
    holds.hear_incoming_emails(now=MONDAY + DAY)

    email = mail_named("hold_opened")
    rendered = rendering.render(email)

    assert claim.reviewer
    assert email.to == [claim.reviewer.email]
    assert rendered.subject == f"{claim.number}: {subject}"
    assert f"{words} Until then the claim does not become official." in rendered.text
    assert "Your decision is due by the end of Thursday 22 October 2020 (CEST)." in rendered.text
    assert f"https://portal.example/admin/associations/claim/{claim.pk}/change/" in rendered.text


def test_the_digest_counts_what_has_to_be_read():
    ReviewerFactory(language="en")
    claim = stories.held_claim()
    Claim.objects.filter(pk=claim.pk).update(review_due_at=None)

    digest.send_review_digests(now=MONDAY + 3 * DAY)

    assert "With an email to read: 1" in rendering.render(mail_named("review_digest")).text


def test_an_opt_out_from_an_official_association_ends_it_in_both_mails():
    claim = stories.approved_claim()
    answer(claim, reason=OptOutReason.NO_RELATION, at=MONDAY + timedelta(days=60))

    receipt, ended = rendering.render(mail_named("opt_out_receipt")), rendering.render(mail_named("association_ended"))

    assert "The association has ended" in receipt.text
    assert "The claim is declined" not in receipt.text
    assert "The reason: The customer opted out." in ended.text
    assert ended.subject == f"{claim.number}: {claim.tenant.name} ended the association for Exchange Online + 1 more"


def test_the_reason_of_an_end_is_told_in_the_partner_s_language():
    claim = stories.complete_claim()
    claim.created_by.language = "it"
    claim.created_by.save()
    stories.approved_claim(claim=claim)
    answer(claim, reason=OptOutReason.OTHER, at=MONDAY + timedelta(days=60))

    email = mail_named("association_ended")

    with translation.override("it"):
        expected = str(EndReason.CUSTOMER_OPT_OUT.label)
    assert (email.locale, email.context["end_reason_label"]) == ("it", expected)


def test_what_people_typed_is_text_in_the_html():
    claim = stories.complete_claim(tenant=CustomerTenantFactory(name='<a href="https://evil.example">Works</a>'))
    stories.submitted_claim(claim=claim)

    html = rendering.render(mail_named("customer_notice")).html

    assert 'href="https://evil.example"' not in html
    assert "&lt;a href=&quot;https://evil.example&quot;&gt;Works&lt;/a&gt;" in html
