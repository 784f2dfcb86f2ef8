"""Every email that goes to a customer repeats the code of its notice (E2, E3a to E3g)."""

import pytest

from associations import emails
from associations.choices import WithdrawalReason
from associations.models import Claim, CustomerNotice
from associations.models.notices import REPEAT_THE_CODE
from associations.rules.customer.notice_codes import printed_code
from associations.services.claim import withdrawal
from notifications.models import OutboxEmail
from notifications.sending import rendering
from tests import stories
from tests.associations.emails.acts import tell_every_mail, words
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def claim_of(email: OutboxEmail) -> Claim:
    return Claim.objects.get(pk=email.key.split(":")[1])


def codes_to(reader: str, claim: Claim) -> set[str]:
    """The codes of the notices of *claim* that went to *reader*, or with a copy to the technical contact."""
    notices = claim.notices.all()
    technical = claim.contacts.filter(kind="technical", email=reader).exists()
    return {printed_code(notice.code) for notice in notices if technical or notice.contact_email == reader}


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_email_to_a_customer_prints_the_code_of_a_notice_to_that_reader(language):
    tell_every_mail(language=language)

    seen = set()
    for email in OutboxEmail.objects.filter(template__in=emails.HEARD):
        rendered = rendering.render(email)
        codes = codes_to(email.to[0], claim_of(email))
        label = "Code" if email.locale == "en" else "Codice"
        for part in (rendered.text.replace(": ", " "), words(rendered.html)):
            assert any(f"{label} {code}" in part for code in codes), (email.template, codes)
            assert "https://portal.example/verify/" in part, email.template
        seen.add(email.template)
    assert seen == set(emails.HEARD)
    assert set(REPEAT_THE_CODE) == seen - {"customer_notice", "customer_notice_copy"}


def test_the_receipt_of_a_hand_over_has_the_code_of_the_reader_s_own_notice():
    claim = stories.handed_over_claim()
    first, second = claim.notices.order_by("number")

    receipt = OutboxEmail.objects.get(template="hand_over_receipt").context["code"]

    assert receipt == printed_code(first.code) != printed_code(second.code)


def test_a_notice_from_before_there_were_codes_is_followed_by_emails_without_one():
    claim = stories.noticed_claim()
    CustomerNotice.objects.update(code="")

    by = stories.admin_of(claim)
    withdrawal.withdraw_claim(claim_id=claim.pk, reason=WithdrawalReason.WRONG_MPN, by=by, now=MONDAY)

    text = rendering.render(OutboxEmail.objects.get(template="request_closed")).text
    assert "/verify/" not in text
    assert "how you check that one is genuine" in text
