"""Two partners who claim the same items of one customer, and everything that partners do, for the state machine."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from associations.choices import (
    ClaimStatus,
    ContactKind,
    WithdrawalReason,
)
from associations.models import (
    Association,
    Claim,
    ClaimHold,
    Contact,
)
from associations.rules import lifecycle
from associations.services.association import association
from associations.services.claim import disputes, submission
from associations.services.claim.withdrawal import cancel_draft, withdraw_claim
from associations.services.customer import opt_out_period, undelivered_notice
from associations.services.customer.answer import Answerer
from guides.editions import forget_kept
from notifications.models import EmailStatus, OutboxEmail
from tests import stories
from tests.associations.sweeps import REFUSALS, Stumbles
from tests.factories import (
    MONDAY,
    CustomerTenantFactory,
    PartnerLocationFactory,
    PartnerMemberFactory,
)
from tests.factories.rules import rules_are

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


def is_there(*statuses: ClaimStatus) -> Callable[[Any], Any]:
    """Let a rule run only when a claim is in one of *statuses*."""
    return precondition(lambda machine: bool(machine.among(statuses)))


class PartnersActs(RuleBasedStateMachine):
    """Two partners who meet at one customer, and what they do with their claims."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.stumbles = Stumbles()
        logging.getLogger("associations").addHandler(self.stumbles)
        self.now = MONDAY
        self.claims: dict[int, Claim] = {}
        self.requires_validation = False
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
        forget_kept()

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
        if requires_validation != self.requires_validation:
            rules_are(needs_validation=requires_validation)
            self.requires_validation = requires_validation
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

    @rule(opens_windows=st.booleans())
    def deliver_the_outbox(self, opens_windows: bool) -> None:
        OutboxEmail.objects.due(self.now).update(status=EmailStatus.SENT, sent_at=self.now, secret="")
        if opens_windows:
            opt_out_period.open_windows(now=self.now)

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
