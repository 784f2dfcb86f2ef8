"""Erasing one person everywhere at once, on request, as far as nothing about them has to be kept (domain.md R17)."""

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.anonymizing import AccountInUse, erase_account
from accounts.models import User
from associations.choices import EventKind, NoticeAnswer
from associations.models import (
    Acknowledgement,
    Association,
    CalendarFeed,
    Claim,
    CommentMark,
    CommentReply,
    CustomerNotice,
    DigestLine,
    PartnerMember,
    ProofReading,
    RequestsLink,
    ReviewDraft,
    SavedView,
    SubmitRequest,
    SubscriptionWatch,
)
from associations.questions import NAMING_PEOPLE
from associations.rules import lifecycle
from associations.rules.actors import Role
from associations.rules.identifiers import claim_number
from associations.rules.proof_reading.findings import FileState
from associations.rules.retention import mentions
from associations.services.claim.disputes import is_disputable
from associations.services.claim.lifecycle import lock_claim
from associations.services.claim.search_columns import refresh_search_text
from associations.services.privacy.personal_data import (
    CLAIM_KEY,
    at,
    claims_about,
    imported_rows_about,
    mails_about,
    names_of,
)
from associations.services.privacy.retention import (
    NOBODY,
    forget_acknowledgement,
    forget_lines,
    forget_notice,
    forget_proof,
    mails_of,
)
from notifications import outbox
from notifications.models import Notification, OutboxEmail
from notifications.outbox import StillInFlight

logger = logging.getLogger(__name__)

OPEN_CLAIM = "everything, because the claim is not decided for good and needs its people until then"
APPROVAL = (
    "name and time, IP address, browser and message of the customer's approval,"
    " until the association that rests on it has ended"
)
ACKNOWLEDGEMENT = (
    "name, title, address and sealed document of the customer's acknowledgement,"
    " until the association that rests on it has ended: run the command again then"
)
UNREAD = "everything, because a reviewer has still to read what the customer wrote"
IN_FLIGHT = "everything, because a mail is being sent at this moment: run the command again"
ACCOUNT_IN_USE = "all of it, because somebody can sign in with it: make it inactive in the admin, then run this again"
SHORT_LIVED = "rows of imported sheets, which are deleted by themselves within 14 days"


# The file itself stays, and isn't read again: it shows as one that could not be read.
NO_TEXT: dict[str, Any] = {
    "parts": [],
    "evidence": {},
    "evidence_key": "",
    "state": FileState.UNREAD.value,
    "due_at": None,
}


@dataclass(frozen=True)
class Erasure:
    """The result of erasing in one place: what was erased, by kind, and what was kept, with the reason."""

    place: str
    erased: Mapping[str, int] = field(default_factory=dict)
    kept: Sequence[str] = ()


def erase_person(address: str, *, now: datetime) -> list[Erasure]:
    """Erase the person with *address* from every claim, email and account; return what was done and kept where.

    Each claim has a transaction of its own. The list is empty when there is nothing about the address.
    """
    people = names_of(address)
    outcomes = [erase_on_claim(claim_id, people=people, now=now) for claim_id in claims_about(address)]
    outcomes += [erase_other_mails(address, now=now), erase_links_of(address), erase_account_of(address)]
    if imported_rows_about(address).exists():
        outcomes.append(Erasure("imports", kept=(SHORT_LIVED,)))
    return [outcome for outcome in outcomes if outcome.erased or outcome.kept]


def erase_on_claim(claim_id: int, *, people: set[str], now: datetime) -> Erasure:
    """Erase *people*, the names and addresses of one person, from one claim; say what has to be kept, and why."""
    try:
        with transaction.atomic():
            claim = lock_claim(claim_id)
            if claim.status in lifecycle.REVIEWABLE or is_disputable(claim, now=now):
                return Erasure(claim.number, kept=(OPEN_CLAIM,))
            if claim.open_holds:
                return Erasure(claim.number, kept=(UNREAD,))
            return _erase_on(claim, people=people, now=now)
    except StillInFlight:
        return Erasure(claim_number(claim_id), kept=(IN_FLIGHT,))


def _erase_on(claim: Claim, *, people: set[str], now: datetime) -> Erasure:
    """Erase *people* from a locked claim that is a draft or decided.

    While an association of it is in force, who decided stays, and the link by which the customer can end it too.
    """
    is_in_force = rests_on(claim).exists()
    notices = claim.notices.filter(_is_one_of("contact_email", people))
    comments = [comment.pk for comment in claim.comments.all() if mentions(comment.text, people)]
    mails = [
        mail.key for mail in mails_of(claim).prefetch_related("incoming_emails") if mentions(words_of(mail), people)
    ]
    reasons = [hold.pk for hold in claim.holds.all() if mentions(hold.reason, people)]
    drafts = [draft.pk for draft in claim.review_drafts.all() if mentions(json_text(draft.answers), people)]
    pointers = [pointer.pk for pointer in claim.proof_pointers.all() if mentions(pointer.text, people)]
    texts = [text.pk for text in texts_of(claim) if mentions(json_text([text.parts, text.evidence]), people)]
    facts = [name for name in NAMING_PEOPLE if mentions(getattr(claim, name), people)]
    lines = [
        line
        for line in claim.events.all()
        if mentions(json_text(line.personal_facts), people)
        and not (is_in_force and line.actor_role == Role.CUSTOMER and line.kind != EventKind.HANDED_OVER)
    ]
    given = Acknowledgement.objects.filter(_is_one_of("signer_email", people), claim=claim).first()
    sealed = given.proof if given and not is_in_force else None
    if sealed:
        # The one file of which the portal knows whom it names.
        forget_proof(sealed, now=now)
    for notice in notices:
        if is_in_force and notice.answer not in {NoticeAnswer.OPTED_OUT, NoticeAnswer.HANDED_OVER}:
            forget_the_contact(notice)
        else:
            forget_notice(notice, now=now)
    erased = Counter(
        {
            "contacts": claim.contacts.filter(_is_one_of("email", people)).update(**NOBODY),
            "notices": len(notices),
            "acknowledgements": forget_acknowledgement(claim) if given and not is_in_force else 0,
            "comments": claim.comments.filter(pk__in=comments).update(text=""),
            "mails": outbox.forget(keys=mails, now=now),
            "reasons of reviewers": claim.holds.filter(pk__in=reasons).update(reason=""),
            "unsent reviews": claim.review_drafts.filter(pk__in=drafts).delete()[0],
            "texts of proofs": texts_of(claim).filter(pk__in=texts).update(**NO_TEXT),
            "places in proofs": claim.proof_pointers.filter(pk__in=pointers).delete()[0],
            "answers": len(facts),
            "lines of History": len(lines),
        }
    )
    if +erased:
        Claim.objects.filter(pk=claim.pk).update(**dict.fromkeys(facts, ""))
        refresh_search_text(claim)
        forget_lines(claim, lines, details={}, now=now)
    kept = [APPROVAL for notice in notices if is_in_force and notice.answer == NoticeAnswer.APPROVED]
    kept += [ACKNOWLEDGEMENT] if given and is_in_force else []
    return Erasure(claim.number, erased=+erased, kept=kept)


def texts_of(claim: Claim) -> QuerySet[ProofReading]:
    """Return the texts of the files of *claim*."""
    return ProofReading.objects.filter(proof__claim=claim)


def forget_the_contact(notice: CustomerNotice) -> None:
    """Erase the recipient of *notice*, but not who approved by it: `finish_erasures` does that later."""
    CustomerNotice.objects.filter(pk=notice.pk).update(
        contact_name="", contact_email="", covers=notice.covers | {"contact": ""}
    )


def finish_erasures(*, now: datetime) -> int:
    """Erase the names in answers of erased contacts, once no association depends on them; return how many."""
    waiting = CustomerNotice.objects.half_erased().order_by("pk")
    done = 0
    for notice_id in list(waiting.values_list("pk", flat=True)):
        try:
            done += finish_erasure(notice_id, now=now)
        except Exception:
            logger.exception("The erasure of notice %s was left for the next run.", notice_id)
    return done


@transaction.atomic
def finish_erasure(notice_id: int, *, now: datetime) -> bool:
    """Forget who answered one notice, in its claim's History too, unless an association still rests on it."""
    notice = CustomerNotice.objects.get(pk=notice_id)
    claim = lock_claim(notice.claim_id)
    if rests_on(claim).exists():
        return False
    forget_notice(notice, now=now)
    forget_lines(claim, claim.events.filter(actor_role=Role.CUSTOMER), details={}, now=now)
    return True


def rests_on(claim: Claim) -> QuerySet[Association]:
    """Return the associations in force that *claim* made official."""
    return Association.objects.active().filter(claimed_products__claim=claim)


def erase_other_mails(address: str, *, now: datetime) -> Erasure:
    """Erase the mails that are about no claim: invitations, overviews of the queue, links to all requests and more."""
    keys = [mail.key for mail in mails_about(address) if not CLAIM_KEY.match(mail.key)]
    try:
        count = outbox.forget(keys=keys, now=now)
    except StillInFlight:
        return Erasure("other mails", kept=(IN_FLIGHT,))
    return Erasure("other mails", erased={"mails": count} if count else {})


def erase_links_of(address: str) -> Erasure:
    """End the links to all requests that name *address*."""
    count, _per_model = RequestsLink.objects.filter(at(address, "address")).delete()
    return Erasure("links to all requests", erased={"links": count} if count else {})


@transaction.atomic
def erase_account_of(address: str) -> Erasure:
    """Erase the account with *address*, its roles and its notifications; one that is in use is kept."""
    account = User.objects.filter(at(address, "email")).first()
    if account is None:
        return Erasure("account")
    try:
        erase_account(account)
    except AccountInUse:
        return Erasure("account", kept=(ACCOUNT_IN_USE,))
    for theirs in (PartnerMember, CalendarFeed, Notification):
        theirs._default_manager.filter(user=account).delete()
    ReviewDraft.objects.filter(reviewer=account).delete()
    SavedView.objects.filter(owner=account, is_shared=False).delete()
    SubscriptionWatch.objects.filter(watcher=account, told_at=None).delete()
    CommentMark.objects.filter(user=account).delete()
    DigestLine.objects.filter(person=account).delete()
    CommentReply.objects.filter(person=account).update(person=None)
    SubmitRequest.objects.filter(Q(colleague=account) | Q(asked_by=account)).delete()
    return Erasure("account", erased={"name, address and roles": 1})


def words_of(mail: OutboxEmail) -> str:
    """Return the text and recipients of *mail*, and what came in about it."""
    facts = json_text([mail.to, mail.cc, mail.context])
    answers = [words for each in mail.incoming_emails.all() for words in (each.sender, each.subject, each.text)]
    return "\n".join([facts, mail.reply_to, mail.subject, mail.text, mail.last_error, *answers])


def json_text(facts: Any) -> str:
    """Return *facts* as text in which a name reads as it was typed."""
    return json.dumps(facts, ensure_ascii=False)


def _is_one_of(column: str, people: set[str]) -> Q:
    condition = Q(pk=None)
    for one in people:
        condition |= Q(**{f"{column}__iexact": one})
    return condition
