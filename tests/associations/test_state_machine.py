"""Claims of two partners to the same items, driven at random, and what must hold after every step.

People, clocks, mail servers and workers act in any order, on claims chosen at random. A refusal by name is an answer
like any other, as long as it changes nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from associations.choices import (
    ClaimAction,
    ClaimStatus,
    HoldOutcome,
    OptOutReason,
    ReasonCode,
    SubscriptionState,
    WithdrawalReason,
)
from associations.models import (
    Claim,
    ClaimEvent,
    ClaimHold,
    CustomerNotice,
    Subscription,
)
from associations.services.claim import disputes, submission
from associations.services.claim.withdrawal import withdraw_claim
from associations.services.customer import answer, confirmation
from associations.services.review import arbitration
from associations.services.review import decisions as review
from associations.services.review import holds as holding
from notifications.models import EmailStatus, IncomingEmail, IncomingKind, OutboxEmail
from tests import stories
from tests.associations.promises import (
    DECISIONS,
    check_approval,
    check_associations,
    check_chain,
    check_ends,
    check_holds,
    check_mails,
    check_moves,
    check_windows,
    items_of,
)
from tests.associations.sweeps import SWEEPS, WorkerDied
from tests.associations.two_partners import CUSTOMER, TEXT, TICK, UNDECIDED, PartnersActs, is_there, partners, which
from tests.factories import (
    IncomingEmailFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.both, pytest.mark.slow]


class TwoPartnersOnOneTenant(PartnersActs):
    """Everything that can happen to the claims of two partners who want the same items of one customer."""

    # The reviewer

    @is_there(*UNDECIDED)
    @rule(which=which)
    def confirm_the_contact(self, which: int) -> None:
        claim = self.pick(which, *UNDECIDED)
        current = claim.notices.current().get()
        facts = {"contact_email": current.contact_email, "text": TEXT, "lists_domain": False}
        self.attempt(confirmation.confirm_by_reviewer, claim_id=claim.pk, by=self.reviewer, **facts)

    @is_there(ClaimStatus.SUBMITTED)
    @rule(which=which)
    def start_review(self, which: int) -> None:
        claim = self.pick(which, ClaimStatus.SUBMITTED)
        self.attempt(review.start_review, claim_id=claim.pk, by=self.reviewer)

    @is_there(ClaimStatus.UNDER_REVIEW)
    @rule(which=which, step=st.sampled_from([review.request_action, review.reject_claim]))
    def ask_for_more_or_reject(self, which: int, step: Callable[..., Claim]) -> None:
        claim = self.pick(which, ClaimStatus.UNDER_REVIEW)
        self.attempt(step, claim_id=claim.pk, reasons=[ReasonCode.POE_NO_PRODUCT], text=TEXT, by=self.reviewer)

    @is_there(ClaimStatus.UNDER_REVIEW)
    @rule(which=which)
    def validate(self, which: int) -> None:
        claim = self.pick(which, ClaimStatus.UNDER_REVIEW)
        self.attempt(review.validate_claim, claim_id=claim.pk, by=self.reviewer)

    @is_there(ClaimStatus.DISPUTED)
    @rule(which=which, step=st.sampled_from([disputes.accept_dispute, disputes.uphold_rejection]))
    def decide_a_dispute(self, which: int, step: Callable[..., Claim]) -> None:
        claim = self.pick(which, ClaimStatus.DISPUTED)
        self.attempt(step, claim_id=claim.pk, text=TEXT, by=self.reviewer)

    @is_there(*UNDECIDED)
    @rule(which=which, winner=partners)
    def arbitrate(self, which: int, winner: int) -> None:
        contested = [claim for claim in self.among(UNDECIDED) if claim.has_competing_claim]
        claim = contested[which % len(contested)] if contested else self.pick(which, *UNDECIDED)
        winner_id = self.locations[winner].partner_id
        self.attempt(arbitration.arbitrate, claim_id=claim.pk, winner_id=winner_id, text=TEXT, by=self.reviewer)

    @precondition(lambda self: any(claim.hold_due_at for claim in self.claims.values()))
    @rule(which=which, outcome=st.sampled_from(HoldOutcome))
    def settle_a_hold(self, which: int, outcome: HoldOutcome) -> None:
        holds = list(ClaimHold.objects.unsettled().filter(claim__in=self.claims))
        hold = holds[which % len(holds)]
        facts = {"claim_id": hold.claim_id, "hold_id": hold.pk, "reason": TEXT}
        self.attempt(holding.settle_hold, outcome=outcome, by=self.reviewer, **facts)

    @precondition(lambda self: self.claims)
    @rule(which=which, action=st.sampled_from(ClaimAction), role_of=st.sampled_from(["partner", "reviewer"]))
    def try_what_is_not_theirs(self, which: int, action: ClaimAction, role_of: str) -> None:
        claim = [*self.claims.values()][which % len(self.claims)]
        actor = stories.admin_of(claim) if role_of == "partner" else self.reviewer
        steps: dict[ClaimAction, tuple[Callable[..., Any], dict[str, Any]]] = {
            ClaimAction.SUBMIT: (submission.submit_claim, {"acknowledged": True}),
            ClaimAction.WITHDRAW: (withdraw_claim, {"reason": WithdrawalReason.WRONG_MPN}),
            ClaimAction.RESUBMIT: (submission.resubmit_claim, {"reply": "Here it is."}),
            ClaimAction.START_REVIEW: (review.start_review, {}),
            ClaimAction.REJECT: (review.reject_claim, {"reasons": [ReasonCode.POE_DATES], "text": TEXT}),
            ClaimAction.VALIDATE: (review.validate_claim, {}),
            ClaimAction.UPHOLD_REJECTION: (disputes.uphold_rejection, {"text": TEXT}),
            ClaimAction.ACCEPT_DISPUTE: (disputes.accept_dispute, {"text": TEXT}),
        }
        if action in steps:
            step, arguments = steps[action]
            with suppress(review.OwnCompany):
                self.attempt(step, claim_id=claim.pk, by=actor, **arguments)

    # The customer, through the newest link or an old one

    @precondition(lambda self: self.claims)
    @rule(which=which, says_yes=st.booleans(), is_newest=st.booleans())
    def answer_as_the_customer(self, which: int, says_yes: bool, is_newest: bool) -> None:
        claim = [*self.claims.values()][which % len(self.claims)]
        notice = claim.notices.order_by("-number" if is_newest else "number").first()
        if notice is None:
            return
        if says_yes:
            self.attempt(answer.approve_by_customer, notice_id=notice.pk, answerer=CUSTOMER)
        else:
            reason = OptOutReason.NO_RELATION
            self.attempt(answer.opt_out, notice_id=notice.pk, answerer=CUSTOMER, reason=reason)

    # The mail servers

    @rule(which=which)
    def refuse_a_notice(self, which: int) -> None:
        waiting = self.notices(email__in=OutboxEmail.objects.due(self.now))
        self.change_a_mail(waiting, which, status=EmailStatus.FAILED, last_error="550 5.1.1 User unknown", secret="")

    @rule(which=which)
    def bounce_a_notice(self, which: int) -> None:
        sent = self.notices(email__status=EmailStatus.SENT)
        error = "smtp; 550 5.1.1 User unknown"
        self.change_a_mail(sent, which, status=EmailStatus.BOUNCED, bounced_at=self.now, last_error=error)

    @rule(which=which, kind=st.sampled_from(IncomingKind))
    def let_an_email_come_in(self, which: int, kind: IncomingKind) -> None:
        sent = self.notices(email__status__in=[EmailStatus.SENT, EmailStatus.BOUNCED])
        if sent:
            email = OutboxEmail.objects.get(pk=sent[which % len(sent)])
            IncomingEmailFactory(email=email, kind=kind, received_at=self.now)

    def notices(self, **conditions: Any) -> list[int]:
        found = CustomerNotice.objects.filter(claim__tenant=self.tenant, **conditions)
        return list(found.order_by("pk").values_list("email", flat=True))

    def change_a_mail(self, emails: list[int], number: int, **facts: Any) -> None:
        if emails:
            OutboxEmail.objects.filter(pk=emails[number % len(emails)]).update(**facts)

    # The clocks and the workers

    @rule(sweep=st.sampled_from(sorted(SWEEPS)), times=st.integers(1, 2))
    def sweep(self, sweep: str, times: int) -> None:
        for _time in range(times):
            SWEEPS[sweep](now=self.now)

    @rule()
    def sweep_everything(self) -> None:
        for sweep in SWEEPS.values():
            sweep(now=self.now)

    @rule(sweep=st.sampled_from(sorted(SWEEPS)))
    def die_during_a_sweep(self, sweep: str) -> None:
        before = self.traces()
        with suppress(WorkerDied), transaction.atomic():
            SWEEPS[sweep](now=self.now)
            raise WorkerDied
        assert self.traces() == before

    @rule(hours=st.integers(1, 30))
    def wait_some_hours(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(days=st.integers(1, 12))
    def have_an_outage_of_days(self, days: int) -> None:
        self.now += timedelta(days=days)

    @precondition(lambda self: self.claims)
    @rule(which=which, side=st.sampled_from([-TICK, timedelta(0), TICK]), sweeps=st.booleans())
    def wait_for_a_deadline(self, which: int, side: timedelta, sweeps: bool) -> None:
        ends = sorted(
            end + side
            for claim in self.claims.values()
            for end in (claim.opt_out_closes_at, claim.answer_due_at, claim.dispute_closes_at)
            if end and end + side > self.now
        )
        if ends:
            self.now = ends[which % len(ends)]
        if sweeps:
            self.sweep_everything()

    @rule()
    def stay_silent_for_two_weeks(self) -> None:
        self.deliver_the_outbox(opens_windows=True)
        self.now += timedelta(days=14)
        self.sweep_everything()

    @rule(state=st.sampled_from([SubscriptionState.ACTIVE, SubscriptionState.EXPIRED]))
    def change_the_subscription(self, state: SubscriptionState) -> None:
        Subscription.objects.filter(tenant=self.tenant).update(state=state)

    # What must hold

    @invariant()
    def everything_holds(self) -> None:
        # Two steps never share an instant: keys of mails name it.
        self.now += TICK
        claims = Claim.objects.filter(tenant__in=[self.tenant] if hasattr(self, "tenant") else [])
        self.claims = {claim.pk: claim for claim in claims.order_by("pk").prefetch_related("items")}
        histories: dict[int, list[ClaimEvent]] = {pk: [] for pk in self.claims}
        for line in ClaimEvent.objects.filter(claim__in=self.claims).order_by("pk"):
            histories[line.claim_id].append(line)
        decisions = OutboxEmail.objects.filter(template__in=DECISIONS).exclude(status=EmailStatus.CANCELLED)
        mails = list(decisions.only("key", "template", "to"))
        assert self.stumbles.found == []
        check_associations()
        check_windows(self.claims.values())
        check_holds(self.claims.values())
        check_ends(self.claims.values())
        for pk, history in histories.items():
            check_moves(self.claims[pk], history)
            check_chain(self.claims[pk], history)
            check_approval(self.claims[pk], history)
            check_mails(self.claims[pk], history, mails)
        self.check_contests()

    def check_contests(self) -> None:
        """Nothing becomes official while another partner's claim wants the same item, or an email is unread."""
        approved = {claim.pk for claim in self.among([ClaimStatus.APPROVED])}
        for pk in approved - self.approved:
            claim = self.claims[pk]
            rivals = [other for other in self.among(UNDECIDED) if other.partner_id != claim.partner_id]
            assert [rival.number for rival in rivals if items_of(rival) & items_of(claim)] == []
            # Each step happens at one moment, so that what is approved now was approved after it came in.
            unread = IncomingEmail.objects.filter(email__key__startswith=f"claim:{pk}:", claim_hold=None)
            assert not unread.exists()
        self.approved = approved


def test_whatever_people_clocks_and_mail_servers_do_the_rules_hold():
    run_state_machine_as_test(
        TwoPartnersOnOneTenant,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
