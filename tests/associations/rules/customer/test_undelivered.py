"""The codes of the mail servers become reasons; who may correct a notice is said in one place."""

import pytest

from associations.choices import ClaimStatus, ConsentStatus, UndeliveredReason
from associations.rules.actors import Role
from associations.rules.customer.undelivered import can_correct, is_undelivered, why_undelivered, words_of_a_server
from associations.rules.lifecycle import UNDECIDED


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("carla@customer.example: smtp; 550 5.1.1 User unknown", "address_unknown"),
        ("550-5.1.1 No such user. 550 5.1.1 Check for typos.", "address_unknown"),
        ("5.1.0 Address rejected", "address_unknown"),
        ("5.1.2 Bad destination system address", "domain_unknown"),
        ("5.1.10 Recipient domain has a null MX", "domain_unknown"),
        ("5.4.4 Host not found", "domain_unknown"),
        ("552 5.2.2 Over quota", "mailbox_full"),
        ("452 4.2.2 Over quota for five days", "mailbox_full"),
        ("5.2.1 Mailbox disabled", "mailbox_closed"),
        ("5.2.3 Message too long", "refused"),
        ("4.4.7 Delivery time expired", "not_reached"),
        ("550 5.7.1 Blocked", "refused"),
        ("5.9.9 Something new", "unknown"),
        ("550 No", "unknown"),
        ("from 5.1.1.7: refused by 10.5.1.1", "unknown"),
        ("", "unknown"),
    ],
)
def test_what_mail_servers_say_becomes_a_reason(said, reason):
    assert why_undelivered(said) == UndeliveredReason(reason)


@pytest.mark.parametrize("said", ["a@b.example: 550 No", "550-No such user", "4.4.7 expired", "smtp; 5.1.1"])
def test_the_words_of_a_mail_server_are_passed_on(said):
    assert words_of_a_server(said) == said


@pytest.mark.parametrize(
    "said",
    ["", "The worker died at every attempt.", "TemplateDoesNotExist: emails/x.html", "[Errno 111] refused"],
)
def test_what_went_wrong_inside_the_portal_is_not(said):
    assert words_of_a_server(said) == ""


def test_an_undelivered_notice_of_an_undecided_claim_is_corrected_by_an_incentives_admin_alone():
    correctable = {
        (status.value, consent.value, role.value)
        for status in ClaimStatus
        for consent in ConsentStatus
        for role in Role
        if can_correct(status, consent=consent, role=role)
    }

    assert correctable == {
        ("submitted", "bounced", "incentives_admin"),
        ("under_review", "bounced", "incentives_admin"),
        ("action_required", "bounced", "incentives_admin"),
        ("awaiting_customer", "bounced", "incentives_admin"),
    }


def test_a_notice_is_undelivered_once_recorded_or_when_its_email_is_lost_before_the_period_opens():
    undelivered = {
        (status, consent.value, is_email_lost)
        for status in ClaimStatus
        for consent in ConsentStatus
        for is_email_lost in (False, True)
        if is_undelivered(status, consent=consent, is_email_lost=is_email_lost)
    }

    assert undelivered == {
        (status, consent, is_email_lost)
        for status in UNDECIDED
        for consent, is_email_lost in (("bounced", False), ("bounced", True), ("queued", True))
    }
