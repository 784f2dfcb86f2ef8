"""The customer's acknowledgement of the work: asked by the partner, given on the link with a code (domain.md D26)."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac

from associations import emails
from associations.choices import EventKind, NoticeAnswer
from associations.files.seals import keys
from associations.files.waking import SEAL_ACKNOWLEDGEMENTS, wake
from associations.models import Acknowledgement, AcknowledgementCode, Claim, CustomerNotice
from associations.rules.actors import Actor
from associations.rules.customer.acknowledgement import (
    CODE_LIFETIME,
    DIGITS,
    ONE_DAY,
    NoAcknowledgement,
    is_code_usable,
    wait_for_a_new_code,
    what_forbids_an_acknowledgement,
)
from associations.services.claim.answers import version_of
from associations.services.claim.history import Entry, record
from associations.services.claim.lifecycle import lock_for_edit
from associations.services.customer.acknowledgement_text import statement_of
from associations.services.customer.answer import Answerer, customer_actor, lock_current_notice


class AcknowledgementRefused(Exception):
    """The work can't be acknowledged on this link now, or the customer can't be asked; `reason` says why."""

    def __init__(self, reason: NoAcknowledgement) -> None:
        super().__init__(reason)
        self.reason = reason


class TooSoon(Exception):
    """The last code was sent a moment ago, or too many today; `wait` says how long it is until the next."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class WrongCode(Exception):
    """The code is wrong, late, of somebody else or tried too often, and never said which."""


class TextChanged(Exception):
    """The partner changed the claim after the customer read the text, which says something else now."""


def acknowledgement_of(claim: Claim) -> Acknowledgement | None:
    """Return the acknowledgement that the customer was asked for, with or without an answer; None if not asked."""
    return getattr(claim, "acknowledgement", None)


def is_offered() -> bool:
    """Return whether partners can ask for an acknowledgement: the portal has a key to seal it with."""
    return keys.is_configured()


def current_notice(claim: Claim) -> CustomerNotice | None:
    """Return the notice with the link that works now."""
    return claim.notices.current().first() if claim.submitted_at else None


def can_be_asked(claim: Claim, notice: CustomerNotice | None, *, now: datetime) -> bool:
    """Return whether asking the customer now would lead to an acknowledgement: not after the end of the window."""
    return notice is None or what_forbids(notice, is_asked=True, claim=claim, now=now) is None


@transaction.atomic
def ask(*, claim_id: int, by: Actor, now: datetime) -> None:
    """Ask the customer to acknowledge the work: the notice says so, and the page behind its link offers it.

    A customer who already has the notice gets a separate email. Raise ClaimLocked, or
    AcknowledgementRefused once it is too late.
    """
    claim = lock_for_edit(claim_id, group="proof", by=by)
    if Acknowledgement.objects.filter(claim=claim).exists():
        return
    notice = current_notice(claim)
    if notice and (reason := what_forbids(notice, is_asked=True, claim=claim, now=now)):
        raise AcknowledgementRefused(reason)
    Acknowledgement.objects.create(claim=claim, asked_at=now, asked_by_id=by.account_id)
    record([claim], EventKind.ACKNOWLEDGEMENT_ASKED, by=by, now=now)
    if notice:
        emails.acknowledgement_asked(claim, notice=notice, now=now)


@transaction.atomic
def stop_asking(*, claim_id: int, by: Actor, now: datetime) -> None:
    """Take the question back, unless the customer has answered; raise ClaimLocked."""
    claim = lock_for_edit(claim_id, group="proof", by=by)
    if Acknowledgement.objects.filter(claim=claim, given_at=None).delete()[0]:
        record([claim], EventKind.ACKNOWLEDGEMENT_NOT_ASKED, by=by, now=now)


def what_forbids(
    notice: CustomerNotice, *, now: datetime, is_asked: bool | None = None, claim: Claim | None = None
) -> NoAcknowledgement | None:
    """Return why the work can't be acknowledged on the link of *notice* at *now*, or None if it can."""
    claim = claim or notice.claim
    asked = acknowledgement_of(claim)
    return what_forbids_an_acknowledgement(
        claim.status,
        is_asked=bool(asked) if is_asked is None else is_asked,
        is_given=bool(asked and asked.given_at),
        is_handed_over=notice.answer == NoticeAnswer.HANDED_OVER,
        has_approved=notice.answer == NoticeAnswer.APPROVED,
        closes_at=claim.opt_out_closes_at,
        now=now,
    )


@transaction.atomic
def send_code(*, notice_id: int, now: datetime) -> None:
    """Send a new code to the address of the notice; earlier ones end.

    Raise BadLink, AcknowledgementRefused, or TooSoon.
    """
    claim, notice = lock_current_notice(notice_id)
    if reason := what_forbids(notice, now=now):
        raise AcknowledgementRefused(reason)
    codes = notice.acknowledgement_codes.order_by("number")
    sent = list(codes.filter(sent_at__gt=now - ONE_DAY).values_list("sent_at", flat=True))
    if wait := wait_for_a_new_code(sent, now=now):
        raise TooSoon(wait)
    last = codes.last()
    number = last.number + 1 if last else 1
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    AcknowledgementCode.objects.create(
        notice=notice,
        number=number,
        digest=digest_of(code, notice_id=notice.pk, number=number),
        sent_at=now,
        expires_at=now + CODE_LIFETIME,
    )
    emails.acknowledgement_code(
        claim, notice=notice, number=number, code=code, expires_at=now + CODE_LIFETIME, now=now
    )


def acknowledge(
    *, notice_id: int, answerer: Answerer, title: str, code: str, version: str, language: str, now: datetime
) -> Acknowledgement:
    """Take the acknowledgement of who read the code; the portal seals it as a proof soon after.

    *version* is the fingerprint of the text that the customer read (ADR 1). Raise BadLink, AcknowledgementRefused,
    TextChanged, or WrongCode, which counts as a try.
    """
    given = _acknowledge(
        notice_id=notice_id,
        answerer=answerer,
        title=title,
        code=code,
        version=version,
        language=language,
        now=now,
    )
    if given is None:
        raise WrongCode
    return given


@transaction.atomic
def _acknowledge(
    *, notice_id: int, answerer: Answerer, title: str, code: str, version: str, language: str, now: datetime
) -> Acknowledgement | None:
    """Return the acknowledgement, or None after a wrong code, so that the try is counted."""
    claim, notice = lock_current_notice(notice_id)
    if reason := what_forbids(notice, now=now):
        raise AcknowledgementRefused(reason)
    with translation.override(language):
        statement = statement_of(claim)
    if version_of(statement) != version:
        raise TextChanged
    entered = notice.acknowledgement_codes.order_by("number").last()
    if entered is None or not is_right(entered, code, now=now):
        return None
    given = Acknowledgement.objects.select_for_update().get(claim=claim)
    given.notice, given.given_at, given.seal_due_at = notice, now, now
    given.signer_name, given.signer_title, given.signer_email = answerer.name, title, notice.contact_email
    given.signer_ip, given.signer_user_agent = answerer.ip, answerer.user_agent[:300]
    given.language, given.statement = language, statement
    given.code_number, given.code_sent_at = entered.number, entered.sent_at
    given.save()
    notice.acknowledgement_codes.all().delete()
    details = {"notice": notice.number, "to": notice.contact_email}
    record([claim], EventKind.WORK_ACKNOWLEDGED, Entry(details=details), by=customer_actor(answerer), now=now)
    emails.work_acknowledged(claim, acknowledgement=given, now=now)
    transaction.on_commit(lambda: wake(SEAL_ACKNOWLEDGEMENTS), robust=True)
    return given


def is_right(entered: AcknowledgementCode, code: str, *, now: datetime) -> bool:
    """Count the try, and return whether *code* is the one that was sent."""
    if not is_code_usable(tries=entered.tries, expires_at=entered.expires_at, now=now):
        return False
    entered.tries += 1
    entered.save(update_fields=["tries"])
    return constant_time_compare(entered.digest, digest_of(code, notice_id=entered.notice_id, number=entered.number))


def digest_of(code: str, *, notice_id: int, number: int) -> str:
    """Return the keyed digest of a code, which is of no use for another notice."""
    text = f"{notice_id}:{number}:{code}"
    return salted_hmac("associations.acknowledgement-code", text, algorithm="sha256").hexdigest()


def discard_old_codes(*, now: datetime) -> int:
    """Delete the codes by which no limit counts any more, and return how many."""
    return AcknowledgementCode.objects.filter(sent_at__lte=now - ONE_DAY).delete()[0]
