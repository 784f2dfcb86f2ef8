"""The state of a claim's opt-out period, in words and dates (domain.md 6.1, 6.2, D1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from associations.choices import (
    ClaimStatus,
    ConsentStatus,
    HoldKind,
    NoticeAnswer,
    OptOutReason,
    UndeliveredReason,
)
from associations.models import Claim, CustomerNotice
from associations.rules import lifecycle
from associations.rules.actors import Actor
from associations.rules.customer.opt_out import Hold, what_holds, what_outlasts_the_window
from associations.rules.customer.undelivered import (
    MOST_REPLACEMENTS,
    can_correct,
    can_replace,
    can_replace_again,
    is_undelivered,
    why_undelivered,
)
from associations.services.customer.undelivered_notice import replacements_of, said_about
from associations.status_words.deadlines import Deadline, deadline_of, moment_in_words
from associations.status_words.holds import HOLDS, READ_BY_A_REVIEWER
from notifications.models import UNDELIVERED_STATUSES, EmailStatus


@dataclass(frozen=True)
class CustomerPeriod:
    """The state of a claim's opt-out period: a status, its words, and the end while it runs."""

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


def period_of(claim: Claim, *, mail_status: str, now: datetime) -> CustomerPeriod:
    """Return the state of the opt-out period; *mail_status* is that of the current notice's email, or empty."""
    consent = ConsentStatus(claim.consent_status)
    is_undecided = claim.status in lifecycle.UNDECIDED
    if consent is ConsentStatus.OPEN and claim.opt_out_closes_at and is_undecided:
        deadline = deadline_of(claim, claim.opt_out_closes_at, now=now)
        return CustomerPeriod(consent.value, _("Customer can answer"), deadline)
    if is_undelivered(claim.status, consent=consent, is_email_lost=mail_status in UNDELIVERED_STATUSES):
        return CustomerPeriod(ConsentStatus.BOUNCED.value, _("Notice not delivered"))
    if consent is ConsentStatus.NOT_SENT:
        return CustomerPeriod(consent.value, _("Not started"))
    if consent in {ConsentStatus.QUEUED, ConsentStatus.OPEN, ConsentStatus.BOUNCED} and not is_undecided:
        return CustomerPeriod("ended", _("Closed with the claim"))
    if consent is ConsentStatus.QUEUED:
        return CustomerPeriod(consent.value, _("Notice on its way"))
    return CustomerPeriod(consent.value, str(consent.label))


def holds_of(claim: Claim, *, now: datetime, words_for: Mapping[Hold, Promise] = HOLDS) -> list[str]:
    """Return what keeps *claim* from becoming official now, for partners or reviewers; nothing once decided (D1).

    What waits for a reviewer says by when.
    """
    if claim.status not in lifecycle.UNDECIDED:
        return []
    return [hold_in_words(claim, hold, now=now, words_for=words_for) for hold in what_holds(claim.approval_facts)]


def hold_in_words(claim: Claim, hold: Hold, *, now: datetime, words_for: Mapping[Hold, Promise]) -> str:
    """Return what *hold* of *claim* is, with the due date if a reviewer decides on it."""
    if hold in READ_BY_A_REVIEWER:
        due_at = claim.hold_due_at
    else:
        due_at = claim.contact_due_at if hold is Hold.CONTACT_NOT_CONFIRMED else None
    if due_at is None:
        return str(words_for[hold])
    deadline = deadline_of(claim, due_at, now=now).in_words
    return _("%(hold)s Due: %(deadline)s.") % {"hold": words_for[hold], "deadline": deadline}


def lasting_holds_of(claim: Claim) -> list[str]:
    """Return in words what keeps an undecided *claim* from becoming official although nobody opts out."""
    return [str(HOLDS[hold]) for hold in what_outlasts_the_window(claim.approval_facts)]


def next_for(claim: Claim) -> str:
    """Return in one sentence what comes next for a claim that is not decided, or disputes its rejection."""
    if claim.status == ClaimStatus.DISPUTED:
        return _(
            "If the dispute is accepted, the review goes on; a customer whose period was cut short gets a new notice."
        )
    if claim.status not in lifecycle.UNDECIDED:
        return ""
    if claim.status == ClaimStatus.ACTION_REQUIRED:
        return _("Until you answer, the claim can't become official, even when the opt-out period ends.")
    if claim.consent_status == ConsentStatus.BOUNCED:
        return _("The opt-out period has stopped. It begins anew when a new notice arrives.")
    if HoldKind.CUSTOMER_WROTE in claim.open_holds:
        return _("Until a Microsoft reviewer has read what the customer wrote, the claim can't become official.")
    if HoldKind.DELIVERY_UNCLEAR in claim.open_holds:
        return _("Until a Microsoft reviewer knows whether the notice arrived, the claim can't become official.")
    if claim.is_contact_held:
        return _("Until the contact is confirmed, the claim can't become official. An opt-out counts all the same.")
    if claim.has_competing_claim:
        return _("Until a reviewer has decided between the partners, the claim can't become official.")
    if claim.requires_validation:
        return _("The association becomes official when the opt-out period has ended and a reviewer has validated it.")
    return _("Without an opt-out the association becomes official by itself when the opt-out period ends.")


def answer_in_words(notice: CustomerNotice) -> str:
    """Return who answered the notice, how, why and with which message, or nothing."""
    if notice.answered_at is None:
        return ""
    facts = {"name": notice.answered_by_name or _("The customer"), "moment": moment_in_words(notice.answered_at)}
    if notice.answer == NoticeAnswer.APPROVED:
        parts = [_("%(name)s approved the association: %(moment)s.") % facts]
    elif notice.answer == NoticeAnswer.HANDED_OVER:
        parts = [_("%(name)s handed the request over to a colleague: %(moment)s.") % facts]
    elif notice.answer_reason == OptOutReason.WRITTEN:
        return _("The customer wrote to Microsoft, and a reviewer recorded an opt-out: %(moment)s.") % facts
    else:
        parts = [_("%(name)s opted out: %(moment)s.") % facts]
    if notice.answer_reason:
        parts.append(_("Reason: %(reason)s.") % {"reason": OptOutReason(notice.answer_reason).label})
    if notice.answer_text:
        parts.append(_("Message: %(text)s") % {"text": notice.answer_text})
    return " ".join(parts)


def end_in_words(claim: Claim, *, now: datetime) -> str:
    """Return how a window that nobody answered is over or was stopped, or nothing while it can still be answered."""
    if claim.consent_status == ConsentStatus.NO_OBJECTION and claim.opt_out_closes_at:
        deadline = deadline_of(claim, claim.opt_out_closes_at, now=now)
        return _("Ended without an opt-out: %(deadline)s.") % {"deadline": deadline.in_words}
    if claim.status not in lifecycle.UNDECIDED:
        return _("The request is closed. Nothing is left for the customer to do.")
    if claim.consent_status == ConsentStatus.BOUNCED:
        return _("The opt-out period has stopped. It begins anew when a new notice arrives.")
    return ""


def bounce_reason_of(notice: CustomerNotice) -> str:
    """Return why the notice did not arrive, with the mail server's reply; empty while it may still arrive."""
    if notice.email.status not in UNDELIVERED_STATUSES:
        return ""
    reason = UndeliveredReason(why_undelivered(notice.email.last_error)).label
    said = said_about(notice)
    if not said:
        return _("%(reason)s.") % {"reason": reason}
    return _("%(reason)s. The mail server said: %(said)s") % {"reason": reason, "said": said}


def correction_of(claim: Claim, notice: CustomerNotice, *, actor: Actor) -> dict[str, str]:
    """Return why the notice did not arrive, and the pages on which *actor* may correct it or name another contact.

    Instead of the last page, `replaced_often` says that the contact was replaced too often.
    """
    may_correct = can_correct(claim.status, consent=claim.consent_status, role=actor.role)
    is_held = claim.is_contact_held
    may_replace = can_replace(claim.status, consent=claim.consent_status, is_contact_held=is_held, role=actor.role)
    is_too_often = may_replace and not can_replace_again(replacements_of(claim))
    return {
        "bounce_reason": bounce_reason_of(notice),
        "correct_url": reverse("claim_correct_contact", args=[claim.public_id]) if may_correct else "",
        "resend_url": reverse("claim_resend", args=[claim.public_id]) if may_correct else "",
        "replace_url": reverse("claim_replace_contact", args=[claim.public_id])
        if may_replace and not is_too_often
        else "",
        "replaced_often": replaced_often() if is_too_often else "",
    }


def replaced_often() -> str:
    """Return that a contact can't be replaced once more, and what is left."""
    return _(
        "The contact of this claim was replaced %(count)s times and can't be replaced again. A Microsoft reviewer can"
        " still confirm the current contact. If it is the wrong person, withdraw the claim and file it again."
    ) % {"count": MOST_REPLACEMENTS}


def mail_steps_of(notice: CustomerNotice) -> list[MailStep]:
    """Return how far the notice's mail has come."""
    mail = notice.email
    queued = MailStep(pgettext("email", "Queued"), "done", notice.queued_at)
    if mail.status == EmailStatus.QUEUED:
        note = _("Not accepted yet. We'll try again.") if mail.attempts else ""
        return [
            MailStep(pgettext("email", "Queued"), "now", notice.queued_at, note),
            MailStep(pgettext("email", "Sent"), "next"),
        ]
    if mail.status == EmailStatus.SENDING:
        return [queued, MailStep(_("Being sent"), "now", mail.sending_since)]
    if mail.status == EmailStatus.SENT and mail.delivered_at:
        sent = MailStep(_("Sent: accepted by the mail server"), "done", mail.sent_at)
        return [queued, sent, MailStep(_("Delivered"), "done", mail.delivered_at)]
    if mail.status == EmailStatus.SENT:
        return [queued, MailStep(_("Sent: accepted by the mail server"), "done", mail.sent_at)]
    if mail.status == EmailStatus.BOUNCED:
        return [
            queued,
            MailStep(_("Sent: accepted by the mail server"), "done", mail.sent_at),
            MailStep(_("Came back"), "now", mail.bounced_at),
        ]
    if mail.status == EmailStatus.CANCELLED:
        return [queued, MailStep(_("Canceled before sending"), "now", mail.cancelled_at)]
    return [queued, MailStep(_("Not sent: the mail server refused it"), "now")]
