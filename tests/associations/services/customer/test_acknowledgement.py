"""Asking for an acknowledgement, the code, and the acknowledgement itself (domain.md D26)."""

from datetime import timedelta

import pytest

from associations.choices import ClaimStatus, EventKind
from associations.models import Acknowledgement, AcknowledgementCode, Claim
from associations.rules.customer.acknowledgement import NoAcknowledgement
from associations.services.association import approval
from associations.services.claim.lifecycle import ClaimLocked
from associations.services.customer import acknowledgement as acknowledging
from associations.services.customer.acknowledgement import AcknowledgementRefused, TooSoon, WrongCode
from associations.services.customer.answer import BadLink
from notifications.models import Notification, OutboxEmail
from notifications.sending.delivery import deliver_due_emails
from tests import stories
from tests.associations.emails.acts import answer
from tests.factories import MONDAY
from tests.seals.acknowledging import CARLA, acknowledge, asked_claim, code_in, send_code

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def refused(claim: Claim, *, at=MONDAY, code: str = "000000") -> NoAcknowledgement:
    """Return the reason for which sending and entering a code are refused."""
    notice = claim.notices.latest("number")
    with pytest.raises(AcknowledgementRefused) as sending:
        acknowledging.send_code(notice_id=notice.pk, now=at)
    with pytest.raises(AcknowledgementRefused) as entering:
        acknowledge(claim, code=code, at=at)
    assert sending.value.reason == entering.value.reason
    return entering.value.reason


def test_the_right_code_acknowledges_and_tells_the_partner():
    claim = asked_claim()
    code = send_code(claim)

    given = acknowledge(claim, code=code, at=MONDAY + MINUTE)

    assert (given.given_at, given.signer_name, given.signer_title) == (MONDAY + MINUTE, CARLA.name, "IT manager")
    assert (given.signer_email, given.signer_ip, given.code_number) == (claim.notices.get().contact_email, CARLA.ip, 1)
    assert given.seal_due_at == MONDAY + MINUTE
    assert not AcknowledgementCode.objects.exists()
    line = claim.events.get(kind=EventKind.WORK_ACKNOWLEDGED)
    assert (line.actor_role, line.actor_name, line.details["to"]) == ("customer", CARLA.name, given.signer_email)
    assert OutboxEmail.objects.filter(template="work_acknowledged").count() == 1
    assert Notification.objects.filter(kind="work_acknowledged", user=claim.created_by).count() == 1
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED
    assert refused(claim, code=code) is NoAcknowledgement.GIVEN


def test_a_code_is_stored_as_a_keyed_digest_and_forgotten_by_the_outbox_once_sent():
    claim = asked_claim()
    code = send_code(claim)

    stored = AcknowledgementCode.objects.get()
    assert code not in stored.digest
    assert stored.digest != acknowledging.digest_of(code, notice_id=stored.notice_id + 1, number=1)
    deliver_due_emails(now=MONDAY)
    email = OutboxEmail.objects.get(template="acknowledgement_code")
    assert email.secret == ""
    assert code not in email.text + email.html + str(email.context)
    assert "[code removed]" in email.text


@pytest.mark.parametrize("moment", [MONDAY + timedelta(minutes=15), MONDAY + MINUTE])
def test_late_and_wrong_codes_have_one_answer(moment):
    claim = asked_claim()
    code = send_code(claim)
    wrong = code if moment > MONDAY + MINUTE else f"{(int(code) + 1) % 1_000_000:06}"

    with pytest.raises(WrongCode):
        acknowledge(claim, code=wrong, at=moment)

    assert not Acknowledgement.objects.exclude(given_at=None).exists()


def test_the_sixth_try_fails_with_the_right_code_too():
    claim = asked_claim()
    code = send_code(claim)
    for _try in range(5):
        with pytest.raises(WrongCode):
            acknowledge(claim, code=f"{(int(code) + 1) % 1_000_000:06}")

    with pytest.raises(WrongCode):
        acknowledge(claim, code=code)


def test_codes_of_others_and_earlier_ones_do_not_work():
    claim, other = asked_claim(), asked_claim()
    first, foreign = send_code(claim), send_code(other)
    with pytest.raises(TooSoon):
        send_code(claim, at=MONDAY + MINUTE - timedelta(seconds=1))
    second = send_code(claim, at=MONDAY + MINUTE)

    for code in {first, foreign} - {second}:
        with pytest.raises(WrongCode):
            acknowledge(claim, code=code, at=MONDAY + MINUTE)
    assert acknowledge(claim, code=second, at=MONDAY + MINUTE).code_number == 2


def test_nothing_is_acknowledged_that_was_not_asked_or_is_over():
    never = stories.noticed_claim()
    assert refused(never) is NoAcknowledgement.NOT_ASKED
    late = asked_claim()
    code = send_code(late)
    assert refused(late, at=MONDAY + timedelta(days=30), code=code) is NoAcknowledgement.WINDOW_ENDED
    official = asked_claim()
    approval.approve_unopposed_claims(now=MONDAY + timedelta(days=14))
    assert refused(official, at=MONDAY + timedelta(days=14)) is NoAcknowledgement.DECIDED


def test_a_customer_who_approved_can_acknowledge_while_the_review_waits():
    claim = asked_claim(requires_validation=True)
    answer(claim)
    assert stories.fresh(claim).status == ClaimStatus.SUBMITTED
    later = MONDAY + timedelta(days=30)

    code = send_code(claim, at=later)

    assert acknowledge(claim, code=code, at=later).given_at == later


def test_a_link_that_ended_acknowledges_nothing():
    claim = asked_claim()
    code = send_code(claim)
    first = claim.notices.get()
    stories.hand_over_to(stories.colleague_of(claim), claim=claim, at=MONDAY)

    with pytest.raises(BadLink):
        acknowledge(claim, notice=first, code=code)
    with pytest.raises(BadLink):
        acknowledging.send_code(notice_id=first.pk, now=MONDAY)


def test_asking_is_noted_once_and_can_be_taken_back_until_the_answer():
    draft = stories.complete_claim()
    by = stories.admin_of(draft)

    for _time in range(2):
        acknowledging.ask(claim_id=draft.pk, by=by, now=MONDAY)
    acknowledging.stop_asking(claim_id=draft.pk, by=by, now=MONDAY)

    assert not Acknowledgement.objects.exists()
    kinds = list(draft.events.values_list("kind", flat=True))
    assert kinds.count(EventKind.ACKNOWLEDGEMENT_ASKED) == kinds.count(EventKind.ACKNOWLEDGEMENT_NOT_ASKED) == 1


def test_a_filed_claim_is_asked_for_only_while_it_is_returned_and_in_time():
    returned = stories.claim_needing_action()
    by = stories.admin_of(returned)
    filed = stories.noticed_claim()
    with pytest.raises(ClaimLocked):
        acknowledging.ask(claim_id=filed.pk, by=stories.admin_of(filed), now=MONDAY)
    with pytest.raises(AcknowledgementRefused):
        acknowledging.ask(claim_id=returned.pk, by=by, now=MONDAY + timedelta(days=30))

    acknowledging.ask(claim_id=returned.pk, by=by, now=MONDAY + timedelta(hours=3))

    told = OutboxEmail.objects.get(template="acknowledgement_asked")
    assert told.to == [returned.notices.get().contact_email]


@pytest.mark.parametrize(("story", "asks"), [(asked_claim, True), (stories.submitted_claim, False)])
def test_the_notice_says_whether_the_partner_asks(story, asks):
    notice = story().notices.get()

    assert notice.email.context["asks_acknowledgement"] is asks


def test_codes_are_deleted_after_a_day():
    claim = asked_claim()
    send_code(claim)
    assert code_in(claim)

    assert acknowledging.discard_old_codes(now=MONDAY + timedelta(hours=23)) == 0
    assert acknowledging.discard_old_codes(now=MONDAY + timedelta(days=1)) == 1
