"""The page that says whether a notice is genuine: for a claim number and a code, and nothing else."""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from associations.choices import OptOutReason
from associations.models import CustomerNotice
from associations.services.association import approval
from associations.services.customer import answer, reminders
from associations.services.customer import notice as noticing
from associations.services.privacy.retention import forget_notice
from notifications.models import OutboxEmail
from tests import stories
from tests.access.world import stored
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

VERIFY = "/verify/"
THURSDAY = datetime(2020, 10, 22, 6, tzinfo=UTC)


def ask(client, number, code):
    return client.post(VERIFY, {"number": number, "code": code})


def words_of(response):
    text = re.sub(r"(?s).*<main|</main>.*|<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("&#x27;", "'").split())


def without_typed(response):
    """The page but for the token against forged requests and for what was typed."""
    return re.sub(r'value="[^"]*"', "", response.content.decode())


def test_the_page_asks_and_says_nothing_before(client):
    response = client.get(VERIFY)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "We sent this notice" not in words_of(response)


def test_a_genuine_notice_is_told_by_its_day_its_reader_and_its_partner(client, settings):
    claim = stories.noticed_claim()
    notice = claim.notices.get()

    response = ask(client, claim.number, notice.code)

    words = words_of(response)
    assert "We sent this notice" in words
    assert "Notice sent 19 October 2020" in words
    assert f"Sent to c***@{claim.domain_name}" in words
    assert f"Requested by {claim.partner.name}" in words
    assert f"Its link begins with {settings.PORTAL_URL}/c/" in words
    assert "Reminder sent" not in words
    for secret in (notice.contact_email, notice.contact_name, "Exchange Online", claim.location.mpn_id):
        assert secret not in response.content.decode()


def test_number_and_code_are_read_as_people_type_them(client):
    claim = stories.noticed_claim()
    CustomerNotice.objects.update(code="0A1B2C3D")

    response = ask(client, f" cpor {claim.pk}", "oa1b–2c3d")

    assert "We sent this notice" in words_of(response)


def test_who_holds_a_reminder_reads_its_day_too(client):
    claim = stories.noticed_claim()
    reminders.send_due_reminders(now=THURSDAY)
    OutboxEmail.objects.filter(template="customer_reminder").update(status="sent", sent_at=THURSDAY, secret="")

    words = words_of(ask(client, claim.number, claim.notices.get().code))

    assert "Notice sent 19 October 2020 Reminder sent 22 October 2020" in words


def test_an_earlier_notice_of_the_claim_is_genuine_too_and_has_no_later_reminder(client):
    claim = stories.noticed_claim()
    noticing.send_notice(claim, now=MONDAY + timedelta(days=1))
    stories.deliver_notice(claim, at=MONDAY + timedelta(days=1))
    reminders.send_due_reminders(now=THURSDAY + timedelta(days=1))
    OutboxEmail.objects.filter(template="customer_reminder").update(status="sent", sent_at=THURSDAY, secret="")
    first, second = claim.notices.all()

    earlier, later = (words_of(ask(client, claim.number, notice.code)) for notice in (first, second))

    assert "Notice sent 19 October 2020 Sent to" in earlier
    assert "Notice sent 20 October 2020 Reminder sent 22 October 2020 Sent to" in later


def test_who_holds_a_later_email_reads_its_day_and_nothing_of_what_it_says(client):
    claim = stories.noticed_claim()
    stories.declined_claim(claim=stories.complete_claim(location=claim.location))
    approval.approve_unopposed_claims(now=MONDAY + timedelta(days=14))
    answer.opt_out(
        notice_id=claim.notices.get().pk,
        answerer=answer.Answerer("Carla"),
        reason=OptOutReason.OTHER_PARTNER,
        now=MONDAY + timedelta(days=20),
    )
    for template, days in (("association_active", 14), ("opt_out_receipt", 20)):
        sent_at = MONDAY + timedelta(days=days)
        OutboxEmail.objects.filter(template=template, key__startswith=f"claim:{claim.pk}:").update(
            status="sent", sent_at=sent_at, secret=""
        )

    words = words_of(ask(client, claim.number, claim.notices.get().code))

    assert "Later emails with this code 2 November 2020, 8 November 2020 Sent to" in words
    assert "official" not in words
    assert "opt" not in words.lower().replace("option", "")


def test_the_receipt_of_a_hand_over_belongs_to_the_first_notice_alone(client):
    claim = stories.handed_over_claim()
    OutboxEmail.objects.filter(template="hand_over_receipt").update(status="sent", sent_at=MONDAY, secret="")
    first, second = claim.notices.order_by("number")

    earlier, later = (words_of(ask(client, claim.number, notice.code)) for notice in (first, second))

    assert "Later emails with this code 19 October 2020" in earlier
    assert "Later emails" not in later


def test_a_notice_whose_contact_was_forgotten_is_still_genuine(client):
    claim = stories.noticed_claim()
    forget_notice(claim.notices.get(), now=MONDAY)

    words = words_of(ask(client, claim.number, claim.notices.get().code))

    assert "We sent this notice" in words
    assert "Sent to" not in words


def test_a_wrong_code_an_unknown_claim_and_another_claims_code_get_the_same_answer_for_the_same_work(client):
    claim, other = stories.noticed_claim(), stories.noticed_claim()
    before_codes = stories.noticed_claim()
    CustomerNotice.objects.filter(claim=before_codes).update(code="")
    code = other.notices.get().code
    answers = []

    for number in (claim.number, before_codes.number, "CPOR-9999999", "999999999999"):
        with CaptureQueriesContext(connection) as queries:
            response = ask(client, number, code)
        answers.append((response.status_code, without_typed(response), len(queries)))

    assert "We didn't send this notice" in words_of(response)
    assert answers == [answers[0]] * 4


def test_an_email_without_a_code_gets_the_same_answer_for_every_claim(client):
    before_codes = stories.noticed_claim()
    CustomerNotice.objects.filter(claim=before_codes).update(code="")

    ours, nobodys = (ask(client, number, "") for number in (before_codes.number, "CPOR-9999999"))

    assert "It was sent before our notices had codes, or it isn't from us." in words_of(ours)
    assert without_typed(ours) == without_typed(nobodys)


@pytest.mark.parametrize(
    ("number", "code", "error"),
    [
        ("", "7K2M-9Q4T", "Enter the claim number that the email names"),
        ("MPN 1234567", "7K2M-9Q4T", "Enter a claim number such as CPOR-0000123"),
        ("CPOR-0000123", "7K2M", "Enter the eight letters and digits of the code, such as 7K2M-9Q4T"),
    ],
)
def test_what_cannot_be_a_number_or_a_code_is_refused_and_stays(client, number, code, error):
    response = ask(client, number, code)

    assert error in words_of(response)
    assert f'value="{code}"' in response.content.decode()
    assert "We didn't send" not in words_of(response)


def test_a_look_up_changes_nothing_and_is_in_no_log(client, caplog):
    claim = stories.noticed_claim()
    before = stored()
    caplog.set_level(logging.DEBUG)

    ask(client, claim.number, claim.notices.get().code)
    client.get(VERIFY, {"number": claim.number, "code": claim.notices.get().code})

    assert stored() == before
    lines = [line.getMessage() for line in caplog.records if line.name != "django.db.backends"]
    assert claim.number not in "".join(lines)


def test_tries_are_limited_by_network(client, settings):
    settings.CPOR_LIMITS = settings.CPOR_LIMITS | {"verify": (2, 600)}

    tries = [ask(client, "CPOR-0000123", "7K2M-9Q4T") for _ in range(3)]
    elsewhere = client.post(VERIFY, {"number": "1", "code": ""}, REMOTE_ADDR="203.0.113.8")

    assert [response.status_code for response in [*tries, elsewhere]] == [200, 200, 429, 200]
    assert client.get(VERIFY).status_code == 200


def test_every_public_page_leads_to_it(client):
    for address in (reverse("account_login"), reverse("customers_page"), "/c/nowhere/"):
        assert f'href="{VERIFY}"' in client.get(address).content.decode()


def test_every_answer_leads_to_all_requests_which_need_no_link_of_the_email(client):
    claim = stories.noticed_claim()

    for code in (claim.notices.get().code, "7K2M-9Q4T", ""):
        main = re.sub(r"(?s).*<main|</main>.*", "", ask(client, claim.number, code).content.decode())
        assert f'href="{reverse("requests_ask")}"' in main
