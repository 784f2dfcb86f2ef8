"""The status in emails about a claim: the word and sentence that its page shows (domain.md D23)."""

import pytest

from accounts.models import User
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.associations.emails.acts import answer, mail_named, rivals, settle

pytestmark = pytest.mark.django_db

CAN_OPT_OUT = "The customer can opt out until Mon 26 Oct 2020, end of day (CET)."


def status_in(template):
    return mail_named(template).context["status"]


def test_an_email_names_the_status_with_its_date_in_both_parts():
    stories.claim_needing_action()

    email = mail_named("action_required")
    rendered = rendering.render(email)

    assert email.context["status"] == ["Action required", "Reply due by Mon 26 Oct 2020, end of day (CET)."]
    assert "Status: Action required; Reply due by Mon 26 Oct 2020, end of day (CET).\n" in rendered.text
    assert "Action required<br>Reply due by Mon 26 Oct 2020, end of day (CET)." in rendered.html


def test_the_status_comes_in_the_reader_s_language():
    claim = stories.complete_claim()
    User.objects.filter(pk=claim.created_by_id).update(language="it")
    stories.submitted_claim(claim=stories.fresh(claim))

    word, sentence = status_in("claim_received")

    assert word == "Inviata"
    assert "19 ott" in sentence.lower()


def test_a_message_with_an_approval_names_the_status_that_the_approval_led_to():
    answer(stories.noticed_claim())

    assert status_in("customer_message")[0] == "Official"


def test_a_contest_that_is_found_is_named_with_the_status_and_one_that_is_settled_is_not():
    first, second = rivals()
    told = OutboxEmail.objects.filter(template="competing_found")
    found = {email.key.split(":")[1]: email.context["status"][0] for email in told}
    settle(first, second)

    assert found == {str(first.pk): "Opt-out period, Competing claim", str(second.pk): "Submitted, Competing claim"}
    assert status_in("competing_settled") == ["Opt-out period", CAN_OPT_OUT]
