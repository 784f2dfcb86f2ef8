"""A hand-over against the sweep, another hand-over, an answer and a clock, on PostgreSQL as in `test_races`."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from associations.choices import OptOutReason
from associations.models import Association, Claim, CustomerNotice
from associations.rules.customer.hand_over import NoHandOver
from associations.services.customer import answer as answering
from associations.services.customer import hand_over as handing_over
from associations.services.customer import opt_out_period
from associations.services.customer.answer import Answerer, BadLink
from associations.services.customer.hand_over import HandOverRefused
from notifications.models import EmailStatus, OutboxEmail
from tests import stories
from tests.associations.services.racing import DEADLINE, FEWER_ROUNDS, RACE, ROUNDS, mails, moves, sweep, together
from tests.factories import MONDAY

pytestmark = RACE

CARLA = Answerer(name="Carla Bianchi")
# The click came in time; the sweep runs at the deadline itself.
JUST_BEFORE = DEADLINE - timedelta(microseconds=1)


def hand_over(claim: Claim, *, mailbox: str = "dario") -> Callable[[], Any]:
    """Return the act of handing the request over through the claim's present link."""
    return partial(
        handing_over.hand_over,
        notice_id=claim.notices.current().get().pk,
        answerer=CARLA,
        colleague=stories.colleague_of(claim, mailbox=mailbox),
        now=JUST_BEFORE,
    )


def test_a_hand_over_against_the_sweep_has_one_winner():
    winners = set()
    for turn in ROUNDS:
        claim = stories.noticed_claim()

        counts, handed = together(turn, sweep, hand_over(claim))

        winners.add(type(handed).__name__)
        if counts.approved:
            assert isinstance(handed, HandOverRefused)
            assert handed.reason == NoHandOver.DECIDED
            assert (stories.fresh(claim).status, claim.notices.count()) == ("approved", 1)
            assert mails(claim) == ["association_active", "claim_approved", "claim_received", "customer_notice"]
        else:
            assert handed.number == 2
            assert (stories.fresh(claim).status, stories.fresh(claim).consent_status) == ("submitted", "queued")
            assert not Association.objects.filter(tenant=claim.tenant).exists()
            assert mails(claim) == [
                "claim_received",
                "customer_notice",
                "customer_notice",
                "hand_over_receipt",
                "request_handed_over",
            ]
    assert winners == {"CustomerNotice", "HandOverRefused"}


def test_two_hand_overs_at_once_are_one():
    for turn in ROUNDS:
        claim = stories.noticed_claim()

        results = together(turn, hand_over(claim), hand_over(claim, mailbox="elena"))

        assert sorted(type(result).__name__ for result in results) == ["BadLink", "CustomerNotice"]
        assert claim.notices.count() == 2
        notice = claim.notices.current().get()
        assert claim.contacts.get(kind="customer").email == notice.contact_email
        assert claim.events.filter(kind="handed_over").count() == 1
        assert mails(claim).count("hand_over_receipt") == mails(claim).count("request_handed_over") == 1


def test_a_hand_over_against_an_opt_out_has_one_winner():
    for turn in ROUNDS:
        claim = stories.noticed_claim()
        opt_out = partial(
            answering.opt_out,
            notice_id=claim.notices.get().pk,
            answerer=CARLA,
            reason=OptOutReason.NO_RELATION,
            now=JUST_BEFORE,
        )

        opted_out, handed = together(turn, opt_out, hand_over(claim))

        if isinstance(opted_out, CustomerNotice):
            assert isinstance(handed, HandOverRefused)
            assert (stories.fresh(claim).status, moves(claim)) == ("rejected", ["submit", "decline"])
            assert claim.notices.count() == 1
        else:
            assert isinstance(opted_out, BadLink)
            assert (stories.fresh(claim).status, moves(claim)) == ("submitted", ["submit"])
            assert claim.notices.current().get().answer == ""


def test_a_hand_over_against_an_approval_has_one_winner():
    for turn in FEWER_ROUNDS:
        claim = stories.noticed_claim()
        approve = partial(
            answering.approve_by_customer, notice_id=claim.notices.get().pk, answerer=CARLA, now=JUST_BEFORE
        )

        approved, handed = together(turn, approve, hand_over(claim))

        if isinstance(approved, CustomerNotice):
            assert isinstance(handed, HandOverRefused)
            assert stories.fresh(claim).status == "approved"
        else:
            assert isinstance(approved, BadLink)
            assert not Association.objects.filter(tenant=claim.tenant).exists()


def test_the_window_of_a_notice_that_is_handed_over_meanwhile_stays_shut():
    for turn in FEWER_ROUNDS:
        claim = stories.submitted_claim()
        email = claim.notices.get().email
        OutboxEmail.objects.filter(pk=email.pk).update(status=EmailStatus.SENT, sent_at=MONDAY, secret="")

        together(turn, partial(opt_out_period.open_windows, now=MONDAY), hand_over(claim))

        stored = stories.fresh(claim)
        assert (stored.consent_status, stored.opt_out_closes_at) == ("queued", None)
        assert claim.notices.current().get().opens_at is None


def test_the_last_hand_over_from_two_tabs_is_not_a_third():
    for turn in FEWER_ROUNDS:
        claim = stories.noticed_claim()
        hand_over(claim)()

        together(turn, hand_over(claim, mailbox="elena"), hand_over(claim, mailbox="fabio"))

        assert list(claim.notices.values_list("hand_over_number", flat=True)) == [1, 2, None]
