"""How a claim's opt-out window stands, in words and dates (domain.md 6.1, 6.2, D1)."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from associations.choices import (
    ClaimStatus,
    ConsentStatus,
    NoticeAnswer,
    OptOutReason,
    ReviewOutcome,
    UndeliveredReason,
)
from associations.models import Claim, CustomerNotice
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.opt_out import ApprovalFacts, Hold, what_holds
from associations.rules.undelivered import can_mend, why_undelivered, words_of_a_server
from associations.views.moments import Deadline, deadline_of, moment_in_words
from notifications.models import EmailStatus

UNDELIVERED = frozenset({EmailStatus.FAILED, EmailStatus.BOUNCED})

HOLDS: dict[Hold, Promise] = {
    Hold.STATUS: gettext_lazy("The reviewer waits for your answer."),
    Hold.COMPETING_CLAIM: gettext_lazy(
        "Another partner holds or claims one of these items. Microsoft compares the proofs of execution and decides."
    ),
    Hold.NOTICE_NOT_DELIVERED: gettext_lazy("The notice has not reached the customer yet."),
    Hold.VALIDATION_MISSING: gettext_lazy("This incentive program needs a Microsoft reviewer's validation."),
    Hold.WINDOW_OPEN: gettext_lazy("The customer can still opt out."),
    Hold.DECLINED: gettext_lazy("The customer opted out."),
}


@dataclass(frozen=True)
class Window:
    """One line about the customer's window: a word, and the end that goes with it."""

    status: str
    label: str
    deadline: Deadline | None = None


@dataclass(frozen=True)
class MailStep:
    """One stop of the notice's mail on its way, as the status tracker draws it."""

    label: str
    state: str
    at: datetime | None = None
    note: str = ""


def window_of(claim: Claim, *, mail_status: str, now: datetime) -> Window:
    """Return how the window of *claim* stands; *mail_status* is that of its current notice's mail, or empty."""
    consent = ConsentStatus(claim.consent_status)
    is_undecided = claim.status in lifecycle.UNDECIDED
    if consent is ConsentStatus.OPEN and claim.opt_out_closes_at and is_undecided:
        deadline = deadline_of(claim, claim.opt_out_closes_at, now=now)
        return Window(consent.value, _("Open"), deadline)
    if is_undecided and (consent is ConsentStatus.BOUNCED or mail_status in UNDELIVERED):
        return Window(ConsentStatus.BOUNCED.value, _("Notice not delivered"))
    if consent is ConsentStatus.NOT_SENT:
        return Window(consent.value, _("Not started"))
    if consent in {ConsentStatus.QUEUED, ConsentStatus.OPEN, ConsentStatus.BOUNCED} and not is_undecided:
        return Window("ended", _("Closed with the claim"))
    if consent is ConsentStatus.QUEUED:
        return Window(consent.value, _("Notice on its way"))
    return Window(consent.value, str(consent.label))


def holds_of(claim: Claim) -> list[str]:
    """Return in words what keeps *claim* from becoming official now; nothing once it is decided (D1)."""
    if claim.status not in lifecycle.UNDECIDED:
        return []
    facts = ApprovalFacts(
        status=claim.status,
        consent=claim.consent_status,
        has_competing_claim=claim.has_competing_claim,
        requires_validation=claim.requires_validation,
        is_validated=claim.review_outcome == ReviewOutcome.VALIDATED,
    )
    return [str(HOLDS[hold]) for hold in what_holds(facts)]


def next_for(claim: Claim) -> str:
    """Return in one sentence what comes next for a claim that is not decided, or disputes its rejection."""
    if claim.status == ClaimStatus.DISPUTED:
        return _(
            "If the dispute is accepted, the review goes on; a customer whose period was cut short gets a new notice."
        )
    if claim.status not in lifecycle.UNDECIDED:
        return ""
    if claim.status == ClaimStatus.ACTION_REQUIRED:
        return _("Until you answer, the claim can't become official, even when the customer period ends.")
    if claim.consent_status == ConsentStatus.BOUNCED:
        return _("The customer period has stopped. It begins anew when a new notice arrives.")
    if claim.has_competing_claim:
        return _("Until a reviewer has decided between the partners, the claim can't become official.")
    if claim.requires_validation:
        return _(
            "The association becomes official when the customer period has ended and a reviewer has validated it."
        )
    return _("Without an opt-out the association becomes official by itself when the customer period ends.")


def answer_in_words(notice: CustomerNotice) -> str:
    """Return who answered the notice, how, why and with which message, or nothing."""
    if notice.answered_at is None:
        return ""
    facts = {"name": notice.answered_by_name or _("The customer"), "moment": moment_in_words(notice.answered_at)}
    if notice.answer == NoticeAnswer.APPROVED:
        parts = [_("%(name)s approved the association: %(moment)s.") % facts]
    else:
        parts = [_("%(name)s opted out: %(moment)s.") % facts]
    if notice.answer_reason:
        parts.append(_("Reason: %(reason)s.") % {"reason": OptOutReason(notice.answer_reason).label})
    if notice.answer_text:
        parts.append(_("Message: %(text)s") % {"text": notice.answer_text})
    return " ".join(parts)


def end_in_words(claim: Claim, *, now: datetime) -> str:
    """Return how a window that nobody answered is over, or nothing while it can still be answered."""
    if claim.consent_status == ConsentStatus.NO_OBJECTION and claim.opt_out_closes_at:
        deadline = deadline_of(claim, claim.opt_out_closes_at, now=now)
        return _("Ended without an opt-out: %(deadline)s.") % {"deadline": deadline.in_words}
    if claim.status not in lifecycle.UNDECIDED:
        return _("The request is closed. Nothing is left for the customer to do.")
    return ""


def bounce_reason_of(notice: CustomerNotice) -> str:
    """Return why the notice did not arrive, and what the mail server said; nothing while it may still be heard."""
    if notice.email.status not in UNDELIVERED:
        return ""
    reason = UndeliveredReason(why_undelivered(notice.email.last_error)).label
    said = words_of_a_server(notice.email.last_error)
    if not said:
        return _("%(reason)s.") % {"reason": reason}
    return _("%(reason)s. The mail server said: %(said)s") % {"reason": reason, "said": said}


def mending_of(claim: Claim, notice: CustomerNotice, *, actor: Actor) -> dict[str, str]:
    """Return why the notice did not arrive, and the pages on which *actor* may mend it."""
    is_mendable = can_mend(claim.status, consent=claim.consent_status, role=actor.role)
    return {
        "bounce_reason": bounce_reason_of(notice),
        "correct_url": reverse("claim_correct_contact", args=[claim.public_id]) if is_mendable else "",
        "resend_url": reverse("claim_resend", args=[claim.public_id]) if is_mendable else "",
    }


def mail_steps_of(notice: CustomerNotice) -> list[MailStep]:
    """Return how far the notice's mail has come."""
    mail = notice.email
    queued = MailStep(_("Queued"), "done", notice.queued_at)
    if mail.status == EmailStatus.QUEUED:
        note = _("The mail server did not take it yet; the portal tries again.") if mail.attempts else ""
        return [MailStep(_("Queued"), "now", notice.queued_at, note), MailStep(_("Sent"), "next")]
    if mail.status == EmailStatus.SENDING:
        return [queued, MailStep(_("Being sent"), "now", mail.sending_since)]
    if mail.status == EmailStatus.SENT and mail.delivered_at:
        sent = MailStep(_("Sent: the mail server took it"), "done", mail.sent_at)
        return [queued, sent, MailStep(_("Delivered"), "done", mail.delivered_at)]
    if mail.status == EmailStatus.SENT:
        return [queued, MailStep(_("Sent: the mail server took it"), "done", mail.sent_at)]
    if mail.status == EmailStatus.BOUNCED:
        return [
            queued,
            MailStep(_("Sent: the mail server took it"), "done", mail.sent_at),
            MailStep(_("Came back"), "now", mail.bounced_at),
        ]
    if mail.status == EmailStatus.CANCELLED:
        return [queued, MailStep(_("Stopped before it left"), "now", mail.cancelled_at)]
    return [queued, MailStep(_("Not sent: the mail server refused it"), "now")]
