"""Two codes, two entries, two workers, and an opt-out against an acknowledgement, on PostgreSQL as in `test_races`."""

from datetime import timedelta
from functools import partial

from associations.choices import OptOutReason
from associations.models import Acknowledgement, AcknowledgementCode
from associations.services.customer import acknowledgement as acknowledging
from associations.services.customer import answer as answering
from associations.services.files import sealing
from tests import stories
from tests.associations.services.racing import RACE, ROUNDS, together
from tests.factories import MONDAY
from tests.seals.acknowledging import CARLA, acknowledge, acknowledged_claim, asked_claim, send_code

pytestmark = RACE


def names(results):
    return sorted(type(result).__name__ for result in results)


def test_two_codes_asked_for_at_once_are_one():
    for turn in ROUNDS:
        notice = asked_claim().notices.get()
        send = partial(acknowledging.send_code, notice_id=notice.pk, now=MONDAY)

        assert names(together(turn, send, send)) == ["NoneType", "TooSoon"]
        assert AcknowledgementCode.objects.filter(notice=notice).count() == 1


def test_a_code_entered_twice_at_once_acknowledges_once():
    for turn in ROUNDS:
        claim = asked_claim()
        enter = partial(acknowledge, claim, code=send_code(claim))

        assert names(together(turn, enter, enter)) == ["Acknowledgement", "AcknowledgementRefused"]


def test_an_acknowledgement_against_an_opt_out_is_given_before_it_or_refused():
    for turn in ROUNDS:
        claim = asked_claim()
        enter = partial(acknowledge, claim, code=send_code(claim))
        leave = partial(
            answering.opt_out,
            notice_id=claim.notices.get().pk,
            answerer=CARLA,
            reason=OptOutReason.OTHER,
            now=MONDAY,
        )

        given, _answer = together(turn, enter, leave)

        is_given = Acknowledgement.objects.get(claim=claim).given_at is not None
        assert stories.fresh(claim).status == "rejected"
        assert names([given]) == ["Acknowledgement" if is_given else "AcknowledgementRefused"]


def test_two_workers_seal_a_document_once():
    for turn in ROUNDS:
        claim = acknowledged_claim()
        run = partial(sealing.seal_acknowledgements, now=MONDAY + timedelta(minutes=1))

        assert sorted(together(turn, run, run)) == [0, 1]
        assert claim.proofs.count() == 2
