"""Sweeps of the clocks, the refusals that people may meet, and what sweeps log."""

import logging
from collections.abc import Callable
from typing import Any

from associations.rules.lifecycle import ActionNotAllowed
from associations.services.association import approval, association
from associations.services.association.association import NothingToEnd
from associations.services.claim.disputes import DisputeClosed
from associations.services.claim.eligibility import ClaimIneligible
from associations.services.customer import confirmation, opt_out_period, reminders, undelivered_notice
from associations.services.customer import holds as hearing
from associations.services.customer.answer import BadLink, NothingToAnswer
from associations.services.customer.confirmation import NothingToConfirm
from associations.services.customer.undelivered_notice import ContactNotReplaceable, NoticeNotCorrectable
from associations.services.review import overdue_answers
from associations.services.review.arbitration import NothingToDecide
from associations.services.review.holds import HoldSettled, OutcomeNotPossible

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


class WorkerDied(Exception):
    """The process ended before it could commit."""


class Stumbles(logging.Handler):
    """Keeps what a sweep logged and left for the next run: here nothing may fail."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(f"{record.getMessage()} {record.exc_info[1] if record.exc_info else ''}")
