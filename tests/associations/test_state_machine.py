"""Claims of two partners to the same items, driven at random, and what must hold after every step.

People, clocks, mail servers and workers act in any order, on claims chosen at random. A refusal by name is an answer
like any other, as long as it changes nothing.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from associations.choices import (
    ClaimAction,
    ClaimStatus,
    ConsentStatus,
    ContactKind,
    EventKind,
    HoldOutcome,
    OptOutReason,
    ReasonCode,
    SubscriptionState,
    WithdrawalReason,
)
from associations.models import (
    Association,
    Claim,
    ClaimEvent,
    ClaimHold,
    Contact,
    CustomerNotice,
    IncentiveProgram,
    Subscription,
)
from associations.rules import lifecycle
from associations.rules.customer.opt_out import ApprovalFacts, what_holds
from associations.rules.lifecycle import ActionNotAllowed
from associations.services.association import approval, association
from associations.services.association.association import NothingToEnd
from associations.services.claim import disputes, submission
from associations.services.claim.disputes import DisputeClosed
from associations.services.claim.eligibility import ClaimIneligible
from associations.services.claim.withdrawal import cancel_draft, withdraw_claim
from associations.services.customer import answer, confirmation, opt_out_period, reminders, undelivered_notice
from associations.services.customer import holds as hearing
from associations.services.customer.answer import Answerer, BadLink, NothingToAnswer
from associations.services.customer.confirmation import NothingToConfirm
from associations.services.customer.undelivered_notice import ContactNotReplaceable, NoticeNotCorrectable
from associations.services.review import arbitration, overdue_answers
from associations.services.review import decisions as review
from associations.services.review import holds as holding
from associations.services.review.arbitration import NothingToDecide
from associations.services.review.holds import HoldSettled, OutcomeNotPossible
from notifications.models import EmailStatus, IncomingEmail, IncomingKind, OutboxEmail
from tests import stories
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
    IncomingEmailFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.both]

REFUSALS = (
    ActionNotAllowed,
    BadLink,
    ClaimIneligible,
    ContactNotReplaceable,
    DisputeClosed,
    HoldSettled,
    NothingToAnswer,
    NothingToConfirm,
    NothingToDecide,
    NothingToEnd,
    NoticeNotCorrectable,
    OutcomeNotPossible,
)
SWEEPS: dict[str, Callable[..., Any]] = {
    "windows open": opt_out_period.open_windows,
    "bounces are noted": undelivered_notice.note_undelivered_notices,
    "emails are heard": hearing.hear_incoming_emails,
    "dates are renewed": opt_out_period.renew_promised_dates,
    "silence approves": approval.approve_unopposed_claims,
    "contacts are looked up": confirmation.confirm_known_contacts,
    "answers expire": overdue_answers.expire_answers,
    "associations expire": association.expire_associations,
    "reminders leave": reminders.send_due_reminders,
}
# Which lines of the History say that a decision was made, and the mail that tells the partner.
DECISIONS = {
    "claim_approved": (EventKind.APPROVED,),
    "claim_rejected": (
        EventKind.REJECTED,
        EventKind.DECLINED,
        EventKind.ANSWER_EXPIRED,
        EventKind.ITEM_LOST,
        EventKind.REJECTION_UPHELD,
    ),
    "association_ended": (EventKind.ASSOCIATION_ENDED,),
}
CONSENT_AFTER = {
    EventKind.NOTICE_QUEUED: ConsentStatus.QUEUED,
    EventKind.WINDOW_OPENED: ConsentStatus.OPEN,
    EventKind.WINDOW_CLOSED: ConsentStatus.NO_OBJECTION,
    EventKind.CUSTOMER_APPROVED: ConsentStatus.ACKNOWLEDGED,
    EventKind.DECLINED: ConsentStatus.DECLINED,
}
CONTACT_EVENTS = (EventKind.NOTICE_QUEUED, EventKind.CONTACT_UNCONFIRMED, EventKind.CONTACT_CONFIRMED)
UNVALIDATING = (EventKind.ACTION_REQUESTED, EventKind.RESUBMITTED, EventKind.REJECTED, EventKind.DISPUTE_ACCEPTED)
MOST_CLAIMS = 5
TICK = timedelta(milliseconds=1)
TEXT = "The statement of work does not name the product."
CUSTOMER = Answerer(name="Carla Bianchi")

which = st.integers(0, MOST_CLAIMS - 1)
partners = st.integers(0, 1)
# Workloads, or a Dynamics 365 subscription where none is named.
works = st.sampled_from([("TEAMS",), ("EXO",), ("EXO", "TEAMS"), ()])
UNDECIDED = tuple(lifecycle.UNDECIDED)
# The customer's own, and one who has to be confirmed.
contacts = st.sampled_from(["", "carla@elsewhere.example"])


class WorkerDied(Exception):
    """The process ended before it could commit."""


class Stumbles(logging.Handler):
    """Keeps what a sweep logged and left for the next run: here nothing may fail."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(f"{record.getMessage()} {record.exc_info[1] if record.exc_info else ''}")


def is_there(*statuses: ClaimStatus) -> Callable[[Any], Any]:
    """Let a rule run only when a claim is in one of *statuses*."""
    return precondition(lambda machine: bool(machine.among(statuses)))


class TwoPartnersOnOneTenant(RuleBasedStateMachine):
    """Everything that can happen to the claims of two partners who want the same items of one customer."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.stumbles = Stumbles()
        logging.getLogger("associations").addHandler(self.stumbles)
        self.now = MONDAY
        self.claims: dict[int, Claim] = {}
        self.approved: set[int] = set()

    @initialize(first=works, second=works, requires_validation=st.booleans())
    def two_partners_meet(self, first: tuple[str, ...], second: tuple[str, ...], requires_validation: bool) -> None:
        self.tenant = CustomerTenantFactory()
        self.locations = [PartnerLocationFactory(), PartnerLocationFactory()]
        self.people = [PartnerMemberFactory(partner=location.partner).user for location in self.locations]
        self.reviewer = stories.reviewer()
        for partner, products in enumerate((first, second)):
            self.file_a_claim(partner, products, requires_validation, is_heard=True)

    def teardown(self) -> None:
        logging.getLogger("associations").removeHandler(self.stumbles)
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def among(self, statuses: Iterable[ClaimStatus]) -> list[Claim]:
        wanted = {status.value for status in statuses}
        return [claim for claim in self.claims.values() if claim.status in wanted]

    def pick(self, number: int, *statuses: ClaimStatus) -> Claim:
        """Return one of the claims in *statuses*."""
        found = self.among(statuses)
        return found[number % len(found)]

    def attempt(self, step: Callable[..., Any], **arguments: Any) -> None:
        """Take a *step*; one that is refused changes nothing."""
        before = self.traces()
        try:
            step(**arguments, now=self.now)
        except REFUSALS:
            assert self.traces() == before, "A refusal left something behind."

    def traces(self) -> tuple[list[Any], ...]:
        return (
            list(
                Claim.objects.order_by("pk").values_list("status", "consent_status", "review_outcome", "history_head")
            ),
            list(OutboxEmail.objects.order_by("pk").values_list("key", "status")),
            list(Association.objects.order_by("pk").values_list("pk", "ended_at")),
            list(ClaimHold.objects.order_by("pk").values_list("pk", "outcome")),
        )

    # The partner

    @precondition(lambda self: len(self.claims) < MOST_CLAIMS)
    @rule(
        partner=partners,
        products=works,
        requires_validation=st.booleans(),
        is_heard=st.booleans(),
        contact=contacts,
    )
    def file_a_claim(
        self,
        partner: int,
        products: tuple[str, ...],
        requires_validation: bool,
        is_heard: bool,
        contact: str = "",
    ) -> None:
        IncentiveProgram.objects.update(requires_validation=requires_validation)
        drafted: dict[str, Any] = {
            "at": self.now,
            "tenant": self.tenant,
            "location": self.locations[partner],
            "created_by": self.people[partner],
        }
        draft = (
            stories.complete_claim(products=products, **drafted)
            if products
            else stories.complete_dynamics_claim(**drafted)
        )
        if contact:
            draft.contacts.filter(kind=ContactKind.CUSTOMER).update(email=contact)
        by = stories.admin_of(draft)
        self.attempt(submission.submit_claim, claim_id=draft.pk, acknowledged=True, by=by)
        if is_heard:
            self.deliver_the_outbox(opens_windows=True)

    @is_there(ClaimStatus.DRAFT)
    @rule(which=which, is_given_up=st.booleans())
    def come_back_to_a_draft(self, which: int, is_given_up: bool) -> None:
        draft = self.pick(which, ClaimStatus.DRAFT)
        by = stories.admin_of(draft)
        if is_given_up:
            self.attempt(cancel_draft, claim_id=draft.pk, by=by)
        else:
            self.attempt(submission.submit_claim, claim_id=draft.pk, acknowledged=True, by=by)

    @precondition(lambda self: len(self.among(UNDECIDED)) > 1)
    @rule(which=which)
    def withdraw(self, which: int) -> None:
        claim = self.pick(which, *UNDECIDED)
        self.attempt(
            withdraw_claim,
            claim_id=claim.pk,
            reason=WithdrawalReason.WRONG_ACTIVITY,
            by=stories.admin_of(claim),
        )

    @is_there(ClaimStatus.ACTION_REQUIRED)
    @rule(which=which, change=st.sampled_from(["nothing", "contact", "fewer items"]))
    def resubmit(self, which: int, change: str) -> None:
        claim = self.pick(which, ClaimStatus.ACTION_REQUIRED)
        if change == "contact":
            Contact.objects.filter(claim=claim, kind=ContactKind.CUSTOMER).update(email=f"new@{claim.domain_name}")
        if change == "fewer items" and claim.items.count() > 1:
            claim.items.all()[0].delete()
        by = stories.admin_of(claim)
        self.attempt(submission.resubmit_claim, claim_id=claim.pk, reply="See page 3.", by=by)

    @is_there(ClaimStatus.REJECTED)
    @rule(which=which)
    def dispute(self, which: int) -> None:
        claim = self.pick(which, ClaimStatus.REJECTED)
        self.attempt(
            disputes.open_dispute,
            claim_id=claim.pk,
            justification="Page 3 names it.",
            proofs=[],
            max_files=10,
            by=stories.admin_of(claim),
        )

    @is_there(ClaimStatus.APPROVED)
    @rule(which=which)
    def disassociate(self, which: int) -> None:
        claim = self.pick(which, ClaimStatus.APPROVED)
        by = stories.admin_of(claim)
        self.attempt(association.disassociate, claim_id=claim.pk, reason="We work no longer with them.", by=by)

    @is_there(*UNDECIDED)
    @rule(which=which)
    def send_the_notice_again(self, which: int) -> None:
        claim = self.pick(which, *UNDECIDED)
        self.attempt(undelivered_notice.resend_notice, claim_id=claim.pk, by=stories.admin_of(claim))

    @is_there(*UNDECIDED)
    @rule(which=which, is_known=st.booleans())
    def replace_the_contact(self, which: int, is_known: bool) -> None:
        claim = self.pick(which, *UNDECIDED)
        email = f"dario@{claim.domain_name if is_known else 'elsewhere.example'}"
        facts = {"name": "Dario Conti", "title": "CIO", "email": email, "language": "it"}
        by = stories.admin_of(claim)
        self.attempt(undelivered_notice.replace_contact, claim_id=claim.pk, facts=facts, by=by)

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

    @rule(opens_windows=st.booleans())
    def deliver_the_outbox(self, opens_windows: bool) -> None:
        OutboxEmail.objects.due(self.now).update(status=EmailStatus.SENT, sent_at=self.now, secret="")
        if opens_windows:
            opt_out_period.open_windows(now=self.now)

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


def items_of(claim: Claim) -> set[tuple[int, int | None]]:
    return {(item.product_id, item.subscription_id) for item in claim.items.all()}


def check_associations() -> None:
    """No item has two active associations."""
    active = Association.objects.active().order_by()
    per_item = active.values("tenant", "product", "subscription").annotate(count=Count("pk"))
    assert [item for item in per_item if item["count"] > 1] == []


def check_windows(claims: Iterable[Claim]) -> None:
    """An open window has both ends."""
    is_open = [claim for claim in claims if claim.consent_status == ConsentStatus.OPEN]
    assert [claim for claim in is_open if not (claim.opt_out_opens_at and claim.opt_out_closes_at)] == []


def check_holds(claims: Iterable[Claim]) -> None:
    """What the sweep asks of a claim is what its holds say."""
    unsettled = ClaimHold.objects.unsettled().filter(claim__in=[claim.pk for claim in claims])
    due = dict(unsettled.order_by("-due_at").values_list("claim", "due_at"))
    kinds = {(hold.claim_id, hold.kind) for hold in unsettled}
    assert {claim.pk: claim.hold_due_at for claim in claims if claim.hold_due_at} == due
    assert {(claim.pk, kind.value) for claim in claims for kind in claim.open_holds} == kinds


def check_ends(claims: Iterable[Claim]) -> None:
    """An approved claim says by which consent it is official, and has ended when nothing of it is in force."""
    approved = [claim for claim in claims if claim.status == ClaimStatus.APPROVED]
    assert all(bool(claim.official_by) == (claim in approved) for claim in claims)
    for claim in approved:
        held = Association.objects.filter(claimed_products__claim=claim)
        last = held.order_by("-ended_at").values_list("ended_at", flat=True).exclude(ended_at=None).first()
        assert claim.ended_at == (None if held.active().exists() else last)


def check_moves(claim: Claim, history: list[ClaimEvent]) -> None:
    """Every status was reached by the table, and the last one is the claim's."""
    status = ClaimStatus.DRAFT
    for line in history:
        if line.to_status:
            assert line.from_status == status
            assert lifecycle.TRANSITIONS[status, ClaimAction(line.kind)] == line.to_status
            status = ClaimStatus(line.to_status)
    assert claim.status == status


def check_chain(claim: Claim, history: list[ClaimEvent]) -> None:
    """Each line carries the hash of the line before it, and the claim the last one's."""
    head = ""
    for line in history:
        assert (line.previous_hash, line.holds()) == (head, True)
        head = line.hash
    assert claim.history_head == head


def check_approval(claim: Claim, history: list[ClaimEvent]) -> None:
    """Nothing held the claim when it became official, as far as its History tells."""
    for position, line in enumerate(history):
        if line.kind == EventKind.APPROVED:
            facts = facts_after(history[:position], requires_validation=claim.requires_validation, now=line.at)
            assert what_holds(facts) == ()


def facts_after(history: list[ClaimEvent], *, requires_validation: bool, now: datetime) -> ApprovalFacts:
    """Return what an approval at *now* depended on, told again from the lines before it."""
    status, consent, closes_at = ClaimStatus.DRAFT, ConsentStatus.NOT_SENT, None
    has_competing_claim = is_validated = is_contact_held = False
    holds: list[str] = []
    for line in history:
        kind = EventKind(line.kind)
        if kind in (EventKind.CUSTOMER_WROTE, EventKind.DELIVERY_UNCLEAR):
            holds.append(line.details["hold"])
        if kind == EventKind.HOLD_SETTLED:
            holds.remove(line.details["hold"])
        if kind in CONTACT_EVENTS:
            is_contact_held = kind == EventKind.CONTACT_UNCONFIRMED
        consent = CONSENT_AFTER.get(kind, consent)
        if kind == EventKind.NOTICE_BOUNCED and status in lifecycle.UNDECIDED:
            consent = ConsentStatus.BOUNCED
        if kind == EventKind.WINDOW_OPENED:
            closes_at = datetime.fromisoformat(line.details["closes_at"])
        if kind in (EventKind.COMPETING_FOUND, EventKind.COMPETING_SETTLED):
            has_competing_claim = kind == EventKind.COMPETING_FOUND
        is_validated = kind == EventKind.VALIDATED or (is_validated and kind not in UNVALIDATING)
        status = ClaimStatus(line.to_status or status)
    if consent == ConsentStatus.OPEN and closes_at is not None and closes_at <= now:
        consent = ConsentStatus.NO_OBJECTION
    return ApprovalFacts(
        status=status,
        consent=consent,
        has_competing_claim=has_competing_claim,
        requires_validation=requires_validation,
        is_validated=is_validated,
        is_contact_held=is_contact_held,
        open_holds=holds,
    )


def check_mails(claim: Claim, history: list[ClaimEvent], mails: list[OutboxEmail]) -> None:
    """Each decision has one mail to the partner, and no mail tells of another."""
    decided = {name: sum(line.kind in kinds for line in history) for name, kinds in DECISIONS.items()}
    told = [mail for mail in mails if mail.key.startswith(f"claim:{claim.pk}:")]
    assert {name: sum(mail.template == name for mail in told) for name in DECISIONS} == decided
    assert all(f"paolo{claim.pk}@partner.example" in mail.to for mail in told)


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
