"""Reminders and the reviewers' daily digest (E3a, E7, E12 to E14)."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from associations import link_tokens
from associations.models import CustomerNotice
from associations.services.customer import reminders
from associations.services.review import digest, overdue_answers
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.associations.emails.acts import DAY, DEADLINE, THURSDAY, both_parts, mail_named, subscribed_claim
from tests.factories import (
    MONDAY,
    ReviewerFactory,
)

pytestmark = pytest.mark.django_db


def test_the_partner_is_reminded_of_the_question_and_of_what_follows():
    claim = stories.claim_needing_action()
    reminders.send_due_reminders(now=THURSDAY)

    email = mail_named("answer_reminder")
    rendered = rendering.render(email)

    assert email.to == [f"paolo{claim.pk}@partner.example", claim.created_by.email]
    assert rendered.subject == f"{claim.number}: reply to the reviewer by 26 October 2020, or the claim is rejected"
    for part in both_parts(email):
        assert "A claimed product is not in the proof of execution" in part
        assert "by the end of Monday 26 October 2020 (CET)" in part
        assert "rejected automatically" in part


def test_the_customer_s_reminder_carries_its_own_link_once_in_each_part_and_the_exact_end():
    claim = stories.noticed_claim()
    notice_secret = CustomerNotice.objects.get().token_digest
    reminders.send_due_reminders(now=THURSDAY)

    email = mail_named("customer_reminder")
    link = "https://portal.example" + email.secret
    sent = rendering.render(email).with_link(link)

    assert email.to == [f"customer@{claim.domain_name}"]
    asks = f"{claim.partner.name} as your partner for Exchange Online + 1 more"
    assert sent.subject == f"Reminder: {asks}, you can opt out until 26 October 2020"
    assert re.fullmatch(r"/c/[\w-]{43}/", email.secret)
    assert link_tokens.digest(email.secret.split("/")[2]) != notice_secret
    for part in (sent.text, sent.html):
        assert part.count(link) == part.count(f"{link}?language=it") + 1 == 2
        assert "until the end of Monday 26 October 2020 (CET)" in part
    assert "On Monday 19 October 2020 we asked you about" in sent.text
    assert "End of the opt-out period: Monday 26 October 2020, 23:59 (CET)" in sent.text


def test_the_customer_is_reminded_in_the_language_of_the_notice():
    stories.noticed_claim(claim=stories.complete_claim(language="it"))
    reminders.send_due_reminders(now=THURSDAY)

    assert mail_named("customer_reminder").locale == "it"


def test_the_author_of_a_draft_is_told_that_it_earns_nothing():
    claim = stories.draft_claim(name="Adoption")
    reminders.plan_draft_reminders(claim, now=MONDAY)
    reminders.send_due_reminders(now=MONDAY + 7 * DAY)

    email = mail_named("draft_reminder")

    assert email.to == [claim.created_by.email]
    assert rendering.render(email).subject == f"{claim.number}: your claim for {claim.tenant.name} is not submitted"
    for part in both_parts(email):
        assert "has waited since Monday 19 October 2020" in part
        assert "Adoption" in part
        assert "earns nothing" in part
        assert f"https://portal.example/associations/{claim.public_id}/" in part


def test_the_end_of_a_subscription_is_announced_with_its_day_and_what_to_do():
    claim = subscribed_claim()
    reminders.send_due_reminders(now=datetime(2021, 3, 24, 8, tzinfo=UTC))

    email = mail_named("subscription_ending")

    bought = claim.tenant.subscriptions.get().subscription_id
    assert email.to == [f"paolo{claim.pk}@partner.example", claim.created_by.email]
    ends = f"a subscription of {claim.tenant.name} ends on 31 March 2021"
    assert rendering.render(email).subject == f"{claim.number}: {ends}"
    for part in both_parts(email):
        assert f"Dynamics 365 Sales, subscription {bought}: ends on Wednesday 31 March 2021" in part
        assert "file a new claim with the new subscription ID" in part


def test_the_digest_counts_what_is_late_and_what_is_due():
    stories.submitted_claim()
    stories.submitted_claim(at=MONDAY + DAY)
    reviewer = ReviewerFactory(language="it")
    digest.send_review_digests(now=DEADLINE + timedelta(hours=12))

    email = mail_named("review_digest")
    email.locale = "en"

    assert email.to == [reviewer.email]
    subject = "Review queue on 27 October 2020: overdue 1, due today 1"
    assert rendering.render(email).subject == subject
    for part in both_parts(email):
        assert "Review queue on Tuesday 27 October 2020" in part.replace("The review queue", "Review queue")
        assert "Waiting for a reviewer: 2" in part
        assert "https://portal.example/admin/associations/claim/" in part


def test_partners_and_reviewers_are_written_to_in_their_own_language():
    claim = stories.complete_claim()
    claim.created_by.language = "it"
    claim.created_by.save()
    ReviewerFactory(language="it")
    stories.claim_needing_action(claim=claim)
    stories.submitted_claim(at=MONDAY)
    reminders.send_due_reminders(now=THURSDAY)
    digest.send_review_digests(now=DEADLINE + timedelta(hours=12))
    overdue_answers.expire_answers(now=DEADLINE)

    found = OutboxEmail.objects.filter(key__startswith=f"claim:{claim.pk}:")
    locales = dict(found.values_list("template", "locale"))
    assert {name: locales[name] for name in ("answer_reminder", "claim_rejected")} == {
        "answer_reminder": "it",
        "claim_rejected": "it",
    }
    assert "it" in OutboxEmail.objects.filter(template="review_digest").values_list("locale", flat=True)
