"""The status of a claim as people read it: one word, the holds, one sentence with its date (domain.md D23, D24)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from associations.choices import ClaimStatus, ConsentStatus, EndReason, OfficialBy
from associations.models import Claim
from associations.rules import lifecycle
from associations.rules.customer.opt_out import Hold, holds_beside_the_status, what_holds
from associations.rules.shown_status import ReviewStage, ShownStatus, shown_status
from associations.status_words.deadlines import Deadline, closing_day_in_words, deadline_of
from associations.status_words.holds import HOLD_NAMES, HOLDS, READ_BY_A_REVIEWER

LABELS: dict[ShownStatus, Promise] = {
    ShownStatus.DRAFT: gettext_lazy("Draft"),
    ShownStatus.SUBMITTED: pgettext_lazy("claim status", "Submitted"),
    ShownStatus.OPT_OUT_PERIOD: gettext_lazy("Opt-out period"),
    ShownStatus.ON_HOLD: pgettext_lazy("claim status", "On hold"),
    ShownStatus.ACTION_REQUIRED: gettext_lazy("Action required"),
    ShownStatus.DISPUTED: gettext_lazy("Disputed"),
    ShownStatus.OFFICIAL: gettext_lazy("Official"),
    ShownStatus.ENDED: pgettext_lazy("association", "Ended"),
    ShownStatus.REJECTED: pgettext_lazy("claim status", "Rejected"),
    ShownStatus.WITHDRAWN: pgettext_lazy("claim status", "Withdrawn"),
}
REVIEWS: dict[ReviewStage, Promise] = {
    ReviewStage.WAITING: gettext_lazy("Waiting for review"),
    ReviewStage.RUNNING: gettext_lazy("Under review"),
    ReviewStage.VALIDATED: gettext_lazy("Validated"),
}
# Stored statuses that a History tells in the words of the review.
REVIEWED = {
    ClaimStatus.UNDER_REVIEW: ReviewStage.RUNNING,
    ClaimStatus.AWAITING_CUSTOMER: ReviewStage.VALIDATED,
}
OFFICIAL_BY: dict[OfficialBy, Promise] = {
    OfficialBy.NO_REPLY: gettext_lazy("Official by no reply"),
    OfficialBy.APPROVAL: gettext_lazy("Official by approval"),
}


@dataclass(frozen=True, slots=True)
class StatusInWords:
    """A claim's status in words.

    *code* is that of `ShownStatus`, and *review_code* that of `ReviewStage`, for their badges. *holds* are short
    names, *review* is empty where no review runs or counts, *due* is by when partner or customer may answer, if one
    of them may.
    """

    code: str
    label: str
    holds: tuple[str, ...]
    sentence: str
    review: str
    review_code: str
    due: Deadline | None = None


def status_in_words(claim: Claim, *, now: datetime) -> StatusInWords:
    """Return the status of *claim* as every page, email and file says it, for partners and reviewers alike."""
    shown = claim.shown_status
    return StatusInWords(
        code=shown.value,
        label=str(LABELS[shown]),
        holds=hold_names_of(claim),
        sentence=sentence_of(claim, shown, now=now),
        review=review_in_words(claim),
        review_code=claim.review_stage or "",
        due=due_of(claim, shown, now=now),
    )


def sentence_of(claim: Claim, shown: ShownStatus, *, now: datetime) -> str:
    """Return the sentence of the status, and by when a reviewer decides on what holds an undecided claim."""
    sentence, due_at = SENTENCES[shown](claim, now), claim.decision_due_at
    if due_at is None or claim.status not in lifecycle.UNDECIDED or shown is ShownStatus.ON_HOLD:
        return sentence
    decision = _("A Microsoft reviewer decides on the hold by %(deadline)s.")
    return f"{sentence} {decision % {'deadline': closing_day_in_words(claim, due_at)}}"


def review_in_words(claim: Claim) -> str:
    """Return the stage of the review, or nothing where no review runs or counts."""
    stage = claim.review_stage
    return str(REVIEWS[stage]) if stage else ""


def official_by_in_words(claim: Claim) -> str:
    """Return by which consent *claim* became official; nothing if it never did (domain.md D24)."""
    return str(OFFICIAL_BY[OfficialBy(claim.official_by)]) if claim.official_by else ""


def reached_in_words(status: str) -> tuple[str, str]:
    """Return the code and the word for a stored *status* that a claim reached, as its History says it."""
    stored = ClaimStatus(status)
    if stored in REVIEWED:
        return REVIEWED[stored].value, str(REVIEWS[REVIEWED[stored]])
    if stored is ClaimStatus.REJECTED_FINAL:
        return stored.value, str(stored.label)
    shown = shown_status(status, consent=ConsentStatus.NOT_SENT, is_in_force=True)
    return shown.value, str(LABELS[shown])


def hold_names_of(claim: Claim) -> tuple[str, ...]:
    """Return the short names of what holds *claim*, apart from what its status says already."""
    return tuple(str(HOLD_NAMES[hold]) for hold in holds_beside_the_status(claim.approval_facts))


def due_of(claim: Claim, shown: ShownStatus, *, now: datetime) -> Deadline | None:
    """Return by when the partner's reply is due, or until when the customer can opt out; None in other statuses."""
    ends = {ShownStatus.ACTION_REQUIRED: claim.answer_due_at, ShownStatus.OPT_OUT_PERIOD: claim.opt_out_closes_at}
    end = ends.get(shown)
    return deadline_of(claim, end, now=now) if end else None


def day_of(moment: datetime | None) -> str:
    """Return the day of *moment* in the zone of the page: "Fri 30 Oct 2020"."""
    if moment is None:
        return ""
    return date_format(moment.astimezone(timezone.get_current_timezone()), pgettext("date format", "D j M Y"))


def _draft(claim: Claim, now: datetime) -> str:
    return _("Last changed on %(day)s.") % {"day": day_of(claim.changed_at)}


def _submitted(claim: Claim, now: datetime) -> str:
    return _("Submitted on %(day)s. The notice to the customer is on its way.") % {"day": day_of(claim.submitted_at)}


def _opt_out_period(claim: Claim, now: datetime) -> str:
    closes_at = claim.opt_out_closes_at
    if closes_at is None:
        return ""
    until = {"deadline": closing_day_in_words(claim, closes_at)}
    if closes_at <= now:
        # Replies that came in before the end are read first (domain.md D20).
        return _("The opt-out period ended: %(deadline)s. Emails from the customer are being checked.") % until
    return _("The customer can opt out until %(deadline)s.") % until


def _on_hold(claim: Claim, now: datetime) -> str:
    if claim.consent_status == ConsentStatus.BOUNCED:
        return _("The notice did not reach the customer. The opt-out period has stopped.")
    held = what_holds(claim.approval_facts)
    if not held:
        return _("The opt-out period has ended. The claim becomes official with the next check.")
    due_at = claim.hold_due_at if held[0] in READ_BY_A_REVIEWER else claim.review_due_at
    if held[0] is Hold.CONTACT_NOT_CONFIRMED:
        due_at = claim.contact_due_at
    if due_at is None:
        return str(HOLDS[held[0]])
    words = {"hold": HOLDS[held[0]], "deadline": closing_day_in_words(claim, due_at)}
    return _("%(hold)s Due: %(deadline)s.") % words


def _action_required(claim: Claim, now: datetime) -> str:
    if claim.answer_due_at is None:
        return ""
    return _("Reply due by %(deadline)s.") % {"deadline": closing_day_in_words(claim, claim.answer_due_at)}


def _disputed(claim: Claim, now: datetime) -> str:
    if claim.review_due_at is None:
        return _("A reviewer decides on the dispute.")
    words = {"deadline": closing_day_in_words(claim, claim.review_due_at)}
    return _("A reviewer decides on the dispute by %(deadline)s.") % words


def _official(claim: Claim, now: datetime) -> str:
    since = {"day": day_of(claim.closed_at)}
    if claim.official_by == OfficialBy.APPROVAL:
        return _("Official since %(day)s: the customer approved.") % since
    if claim.official_by == OfficialBy.NO_REPLY:
        return _("Official since %(day)s: the customer did not opt out.") % since
    return _("Official since %(day)s.") % since


def _ended(claim: Claim, now: datetime) -> str:
    words = {"day": day_of(claim.ended_at), "reason": EndReason(claim.end_reason).label}
    return _("Ended on %(day)s. %(reason)s.") % words


def _rejected(claim: Claim, now: datetime) -> str:
    words = {"day": day_of(claim.closed_at), "reasons": "; ".join(claim.reasons)}
    if not claim.reason_codes:
        return _("Rejected on %(day)s.") % words
    return _("Rejected on %(day)s. %(reasons)s.") % words


def _withdrawn(claim: Claim, now: datetime) -> str:
    words = {"day": day_of(claim.closed_at)}
    if claim.submitted_at is None:
        return _("Draft deleted on %(day)s.") % words
    return _("Withdrawn on %(day)s.") % words


SENTENCES: dict[ShownStatus, Callable[[Claim, datetime], str]] = {
    ShownStatus.DRAFT: _draft,
    ShownStatus.SUBMITTED: _submitted,
    ShownStatus.OPT_OUT_PERIOD: _opt_out_period,
    ShownStatus.ON_HOLD: _on_hold,
    ShownStatus.ACTION_REQUIRED: _action_required,
    ShownStatus.DISPUTED: _disputed,
    ShownStatus.OFFICIAL: _official,
    ShownStatus.ENDED: _ended,
    ShownStatus.REJECTED: _rejected,
    ShownStatus.WITHDRAWN: _withdrawn,
}
