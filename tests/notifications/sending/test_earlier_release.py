"""Emails that the release of commit dd03dd3 queued still leave: a row of each of its templates, as it wrote them."""

import json
from pathlib import Path

import pytest
from django.conf import settings as project
from django.utils.dateparse import parse_datetime
from pytest_django import Settings

from notifications.models import EmailStatus, OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from tests.notifications.conftest import MailServer
from tests.notifications.notices import body

ROWS = json.loads(Path(__file__).with_name("emails_of_dd03dd3.json").read_text())
MISSING = "[a fact that the row doesn't have]"


@pytest.fixture(autouse=True)
def facts_have_to_be_there(settings: Settings) -> None:
    """Print each fact that a template names and the row lacks, where Django would print nothing."""
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": MISSING}}]


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "it"])
def test_a_queued_email_of_each_template_leaves_with_its_facts_in_both_parts(mail_server: MailServer, language: str):
    OutboxEmail.objects.bulk_create(OutboxEmail(**{**row, "locale": language}) for row in ROWS)

    for due_at in sorted({row["due_at"] for row in ROWS}):
        now = parse_datetime(due_at)
        assert now
        deliver_due_emails(now=now)

    assert {email.last_error for email in OutboxEmail.objects.exclude(status=EmailStatus.SENT)} == set()
    messages = {message["Message-ID"]: message for _, message in mail_server.received}
    for row in ROWS:
        message = messages[row["message_id"]]
        for part in (body(message, "plain"), body(message, "html")):
            assert row["context"].get("claim_number", "") in part, row["template"]
            assert project.PORTAL_URL + row.get("secret", "") in part, row["template"]
            assert MISSING not in message["Subject"] + part, row["template"]
            assert "None" not in part.split("</head>")[-1], row["template"]
