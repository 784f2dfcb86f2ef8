"""Collects the data that the portal holds about one email address (domain.md R17)."""

import json
import re
from collections.abc import Sequence
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.text.email_addresses import wire_address
from accounts.text.readable import readable_address
from associations.models import (
    Acknowledgement,
    AcknowledgementCode,
    ClaimEvent,
    ClaimHold,
    Comment,
    CommentMark,
    CommentReply,
    Contact,
    CustomerNotice,
    DigestLine,
    JobRow,
    PartnerMember,
    ProofPointer,
    ProofReading,
    RequestsLink,
    ReviewDraft,
    SavedView,
)
from notifications.models import IncomingEmail, Notification, OutboxEmail

CONTACT_FACTS = ("claim_id", "kind", *Contact.FIELDS)
NOTICE_FACTS = (
    "claim_id",
    "number",
    "contact_name",
    "contact_email",
    "language",
    "queued_at",
    "opens_at",
    "closes_at",
    "opened_at",
    "answer",
    "answered_at",
    "answered_by_name",
    "answer_reason",
    "answer_text",
    "answer_ip",
    "answer_user_agent",
)
ACKNOWLEDGEMENT_FACTS = (
    "claim_id",
    "given_at",
    "signer_name",
    "signer_title",
    "signer_email",
    "signer_ip",
    "signer_user_agent",
    "code_number",
    "code_sent_at",
    "statement",
    "sealed_at",
    "stamped_at",
    "proof__name",
)
CODE_FACTS = ("notice__claim_id", "notice__number", "number", "sent_at", "expires_at", "tries")
LINK_FACTS = ("address", "created_at", "expires_at")
MAIL_FACTS = ("key", "to", "cc", "status", "created_at", "sent_at", "context", "subject", "text", "last_error")
INCOMING_FACTS = ("email__key", "kind", "sender", "subject", "text", "received_at")
HOLD_FACTS = ("claim_id", "kind", "opened_at", "settled_at", "outcome", "reason")
DRAFT_FACTS = ("claim_id", "form", "answers", "saved_at")
EVENT_FACTS = ("claim_id", "at", "kind", "actor_role", "actor_name", "note", "details")
COMMENT_FACTS = ("claim_id", "at", "author_role", "text")
MARK_FACTS = ("claim_id", "last_read_id", "read_at")
TEXT_FACTS = ("proof__claim_id", "proof__name", "read_at", "parts")
POINTER_FACTS = ("claim_id", "about", "text", "told_at")
REPLY_FACTS = ("claim_id", "outcome", "handled_at")
DIGEST_FACTS = ("claim_id", "association_id", "kind", "noted_at")
ROW_FACTS = ("job__created_at", "number", "cells")
ACCOUNT_FACTS = (
    "email",
    "full_name",
    "language",
    "time_zone",
    "muted_mails",
    "has_weekly_digest",
    "list_columns",
    "date_joined",
    "last_login",
    "is_active",
)
SIGN_IN_FACTS = ("created_at", "last_seen_at", "ip", "user_agent")
VIEW_FACTS = ("name", "query", "is_shared")
ROLE_FACTS = ("partner__name", "role")
NOTIFICATION_FACTS = ("kind", "context", "url", "created_at", "read_at")

CLAIM_KEY = re.compile(r"claim:(\d+):")


def personal_data_of(address: str) -> dict[str, list[dict[str, Any]]]:
    """Return everything that the portal holds about *address*, by kind; a kind of which it holds nothing is empty."""
    account = User.objects.filter(at(address, "email"))
    return {
        "account": rows(account, ACCOUNT_FACTS),
        "roles": rows(PartnerMember.objects.filter(user__in=account), ROLE_FACTS),
        "sign-ins": rows(UserSession.objects.filter(user__in=account), SIGN_IN_FACTS),
        "saved views": rows(SavedView.objects.filter(owner__in=account), VIEW_FACTS),
        "contacts": rows(Contact.objects.filter(at(address, "email")), CONTACT_FACTS),
        "decisions": rows(CustomerNotice.objects.filter(at(address, "contact_email")), NOTICE_FACTS),
        "acknowledgements": rows(acknowledgements_of(address), ACKNOWLEDGEMENT_FACTS),
        "codes of acknowledgements": rows(
            AcknowledgementCode.objects.filter(at(address, "notice__contact_email")), CODE_FACTS
        ),
        "links to all requests": rows(RequestsLink.objects.filter(at(address, "address")), LINK_FACTS),
        "mails": rows(mails_about(address), MAIL_FACTS),
        "incoming mails": rows(incoming_from(address), INCOMING_FACTS),
        "holds": rows(ClaimHold.objects.filter(naming(address, "reason") | Q(settled_by__in=account)), HOLD_FACTS),
        "unsent reviews": rows(drafts_about(address) | ReviewDraft.objects.filter(reviewer__in=account), DRAFT_FACTS),
        "events": rows(events_about(address) | ClaimEvent.objects.filter(actor__in=account), EVENT_FACTS),
        "comments": rows(comments_about(address) | Comment.objects.filter(author__in=account), COMMENT_FACTS),
        "comments read": rows(CommentMark.objects.filter(user__in=account), MARK_FACTS),
        "waiting for the weekly digest": rows(DigestLine.objects.filter(person__in=account), DIGEST_FACTS),
        "replies to comments": rows(CommentReply.objects.filter(person__in=account), REPLY_FACTS),
        "notifications": rows(Notification.objects.filter(user__in=account), NOTIFICATION_FACTS),
        "texts of proofs": rows(texts_about(address), TEXT_FACTS),
        "places in proofs": rows(
            pointers_about(address) | ProofPointer.objects.filter(told_by__in=account), POINTER_FACTS
        ),
        "imported rows": rows(imported_rows_about(address), ROW_FACTS),
    }


def names_of(address: str) -> set[str]:
    """Return *address* and the names by which the portal knows who has it."""
    notices = CustomerNotice.objects.filter(at(address, "contact_email"))
    names = {*spellings_of(address), *Contact.objects.filter(at(address, "email")).values_list("name", flat=True)}
    names.update(*notices.values_list("contact_name", "answered_by_name"))
    names.update(acknowledgements_of(address).values_list("signer_name", flat=True))
    names.update(User.objects.filter(at(address, "email")).values_list("full_name", flat=True))
    return names - {""}


def claims_about(address: str) -> list[int]:
    """Return the claims of which anything is about *address*, by their keys."""
    claims: set[int] = set(Contact.objects.filter(at(address, "email")).values_list("claim", flat=True))
    claims.update(CustomerNotice.objects.filter(at(address, "contact_email")).values_list("claim", flat=True))
    claims.update(acknowledgements_of(address).values_list("claim", flat=True))
    claims.update(events_about(address).values_list("claim", flat=True))
    claims.update(comments_about(address).values_list("claim", flat=True))
    keys = mails_about(address).values_list("key", flat=True)
    claims.update(ClaimHold.objects.filter(naming(address, "reason")).values_list("claim", flat=True))
    claims.update(texts_about(address).values_list("proof__claim", flat=True))
    claims.update(pointers_about(address).values_list("claim", flat=True))
    claims.update(drafts_about(address).values_list("claim", flat=True))
    claims.update(int(found[1]) for key in keys if (found := CLAIM_KEY.match(key)))
    return sorted(claims)


def acknowledgements_of(address: str) -> QuerySet[Acknowledgement]:
    """Return the acknowledgements of work that came from *address*."""
    return Acknowledgement.objects.filter(at(address, "signer_email"))


def mails_about(address: str) -> QuerySet[OutboxEmail]:
    """Return the mails that went to *address*, name it, or were answered from it or by its name."""
    columns = ("to", "cc", "context", "text", "reply_to", "last_error")
    answered = Q(pk__in=incoming_from(address).values("email"))
    return OutboxEmail.objects.filter(naming(address, *columns) | answered).order_by("pk")


def incoming_from(address: str) -> QuerySet[IncomingEmail]:
    """Return what came in from *address*, or names it."""
    return IncomingEmail.objects.filter(naming(address, "sender", "subject", "text")).order_by("pk")


def events_about(address: str) -> QuerySet[ClaimEvent]:
    """Return the lines of any History that name *address*."""
    return ClaimEvent.objects.filter(naming(address, "details", "note", "actor_name"))


def comments_about(address: str) -> QuerySet[Comment]:
    """Return the comments that name *address*."""
    return Comment.objects.filter(naming(address, "text"))


def drafts_about(address: str) -> QuerySet[ReviewDraft]:
    """Return what reviewers have written about a claim and not sent, if it names *address*."""
    return ReviewDraft.objects.filter(naming(address, "answers"))


def texts_about(address: str) -> QuerySet[ProofReading]:
    """Return the texts of proofs that name *address*."""
    return ProofReading.objects.filter(naming(address, "parts"))


def pointers_about(address: str) -> QuerySet[ProofPointer]:
    """Return the places that partners told in words that name *address*."""
    return ProofPointer.objects.filter(naming(address, "text"))


def imported_rows_about(address: str) -> QuerySet[JobRow]:
    """Return the rows of imported sheets that name *address*."""
    return JobRow.objects.filter(naming(address, "cells"))


def naming(address: str, *columns: str) -> Q:
    """Return the condition that one of *columns* contains *address*, however it is spelled, in JSON too."""
    spellings = spellings_of(address)
    spellings |= {json.dumps(spelling)[1:-1] for spelling in spellings}
    condition = Q()
    for column in columns:
        for spelling in spellings:
            condition |= Q(**{f"{column}__icontains": spelling})
    return condition


def at(address: str, column: str) -> Q:
    """Return the condition that *column* is *address*, however it is spelled."""
    condition = Q()
    for spelling in spellings_of(address):
        condition |= Q(**{f"{column}__iexact": spelling})
    return condition


def spellings_of(address: str) -> set[str]:
    """Return *address* as it is typed, as it goes over the wire, and with its domain in its own letters."""
    on_the_wire = wire_address(address)
    return {address, on_the_wire, readable_address(on_the_wire)}


def rows(found: QuerySet[Any], facts: Sequence[str]) -> list[dict[str, Any]]:
    """Return *facts* of everything that was found, oldest first."""
    return list(found.order_by("pk").values(*facts))
