"""Every email: complete in each language, the same in both parts."""

import html
import re

import pytest

from notifications.sending import rendering
from tests.associations.emails.acts import mail_named, tell_every_mail, words

pytestmark = pytest.mark.django_db


NAMES = [
    "acknowledgement_asked",
    "acknowledgement_code",
    "action_required",
    "answer_arrived",
    "answer_reminder",
    "association_active",
    "association_ended",
    "association_over",
    "claim_approved",
    "claim_received",
    "claim_rejected",
    "comment_reply",
    "competing_found",
    "competing_settled",
    "customer_message",
    "customer_notice",
    "customer_notice_copy",
    "customer_reminder",
    "dispute_accepted",
    "dispute_arrived",
    "draft_reminder",
    "hand_over_receipt",
    "hold_opened",
    "notice_bounced",
    "opt_out_receipt",
    "partner_commented",
    "proof_infected",
    "request_closed",
    "request_handed_over",
    "request_narrowed",
    "requests_link",
    "review_digest",
    "reviewer_commented",
    "submit_asked",
    "subscription_ending",
    "weekly_digest",
    "work_acknowledged",
]


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_mail_can_be_sent_in_every_language(language):
    tell_every_mail()

    for name in NAMES:
        email = mail_named(name)
        email.locale = language
        rendered = rendering.render(email)
        assert rendered.subject.strip(), name
        assert "{" not in rendered.subject + rendered.text + rendered.html.split("</head>")[1], name
        assert "None" not in rendered.text + words(rendered.html), name


def test_text_and_html_say_the_same():
    tell_every_mail()

    assert {name: lines_only_in_the_text(mail_named(name)) for name in NAMES} == {name: [] for name in NAMES}


def lines_only_in_the_text(email):
    rendered = rendering.render(email)

    seen = html.unescape(words(rendered.html))
    lines = [line.removeprefix("- ").strip() for line in rendered.text.splitlines()]
    return [
        part
        for line in lines
        for part in re.split(r": |; ", line.removesuffix(":"))
        if part and part != "--" and part not in seen and part not in rendered.html
    ]
