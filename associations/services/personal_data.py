"""What the portal holds about one e-mail address (domain.md R17)."""

import json
import re
from collections.abc import Sequence
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet

from accounts.models import User
from associations.models import ClaimEvent, Comment, Contact, CustomerNotice, JobRow, PartnerMember, SavedView
from notifications.models import Notice, OutboxEmail

CONTACT_FACTS = ("claim_id", "kind", "name", "title", "email", "language", "mismatch_reason")
NOTICE_FACTS = (
    "claim_id",
    "number",
    "contact_name",
    "contact_email",
    "language",
    "queued_at",
    "opens_at",
    "closes_at",
    "answer",
    "answered_at",
    "answered_by_name",
    "answer_reason",
    "answer_text",
    "answer_ip",
    "answer_user_agent",
)
MAIL_FACTS = ("key", "to", "cc", "status", "created_at", "sent_at", "context", "subject", "text", "last_error")
EVENT_FACTS = ("claim_id", "at", "kind", "actor_role", "actor_name", "note", "details")
COMMENT_FACTS = ("claim_id", "at", "author_role", "text")
ROW_FACTS = ("job__created_at", "number", "cells")
ACCOUNT_FACTS = (
    "email",
    "full_name",
    "language",
    "time_zone",
    "muted_mails",
    "date_joined",
    "last_login",
    "is_active",
)
SIGN_IN_FACTS = ("created_at", "last_seen_at", "ip", "user_agent")
VIEW_FACTS = ("name", "query", "is_shared")
ROLE_FACTS = ("partner__name", "role")
NOTICE_IN_PORTAL_FACTS = ("kind", "context", "url", "created_at", "read_at")

CLAIM_KEY = re.compile(r"claim:(\d+):")


def personal_data_of(address: str) -> dict[str, list[dict[str, Any]]]:
    """Return everything that the portal holds about *address*, by kind; a kind of which it holds nothing is empty."""
    account = User.objects.filter(email__iexact=address)
    return {
        "account": rows(account, ACCOUNT_FACTS),
        "roles": rows(PartnerMember.objects.filter(user__in=account), ROLE_FACTS),
        "sign-ins": rows(UserSession.objects.filter(user__in=account), SIGN_IN_FACTS),
        "saved views": rows(SavedView.objects.filter(owner__in=account), VIEW_FACTS),
        "contacts": rows(Contact.objects.filter(email__iexact=address), CONTACT_FACTS),
        "decisions": rows(CustomerNotice.objects.filter(contact_email__iexact=address), NOTICE_FACTS),
        "mails": rows(mails_about(address), MAIL_FACTS),
        "events": rows(events_about(address) | ClaimEvent.objects.filter(actor__in=account), EVENT_FACTS),
        "comments": rows(comments_about(address) | Comment.objects.filter(author__in=account), COMMENT_FACTS),
        "notices": rows(Notice.objects.filter(user__in=account), NOTICE_IN_PORTAL_FACTS),
        "imported rows": rows(imported_rows_about(address), ROW_FACTS),
    }


def names_of(address: str) -> set[str]:
    """Return *address* and the names by which the portal knows who has it."""
    notices = CustomerNotice.objects.filter(contact_email__iexact=address)
    names = {address, *Contact.objects.filter(email__iexact=address).values_list("name", flat=True)}
    names.update(*notices.values_list("contact_name", "answered_by_name"))
    names.update(User.objects.filter(email__iexact=address).values_list("full_name", flat=True))
    return names - {""}


def claims_about(address: str) -> list[int]:
    """Return the claims of which anything is about *address*, by their keys."""
    claims: set[int] = set(Contact.objects.filter(email__iexact=address).values_list("claim", flat=True))
    claims.update(CustomerNotice.objects.filter(contact_email__iexact=address).values_list("claim", flat=True))
    claims.update(events_about(address).values_list("claim", flat=True))
    claims.update(comments_about(address).values_list("claim", flat=True))
    keys = mails_about(address).values_list("key", flat=True)
    claims.update(int(found[1]) for key in keys if (found := CLAIM_KEY.match(key)))
    return sorted(claims)


def mails_about(address: str) -> QuerySet[OutboxEmail]:
    """Return the mails that went to *address*, or name it."""
    columns = ("to", "cc", "context", "text", "reply_to", "last_error")
    return OutboxEmail.objects.filter(naming(address, *columns)).order_by("pk")


def events_about(address: str) -> QuerySet[ClaimEvent]:
    """Return the lines of any History that name *address*."""
    return ClaimEvent.objects.filter(naming(address, "details", "note", "actor_name"))


def comments_about(address: str) -> QuerySet[Comment]:
    """Return the comments that name *address*."""
    return Comment.objects.filter(naming(address, "text"))


def imported_rows_about(address: str) -> QuerySet[JobRow]:
    """Return the rows of imported sheets that name *address*."""
    return JobRow.objects.filter(naming(address, "cells"))


def naming(address: str, *columns: str) -> Q:
    """Return the condition that one of *columns* contains *address*, as it is typed or as JSON spells it."""
    spellings = {address, json.dumps(address)[1:-1]}
    condition = Q()
    for column in columns:
        for spelling in spellings:
            condition |= Q(**{f"{column}__icontains": spelling})
    return condition


def rows(found: QuerySet[Any], facts: Sequence[str]) -> list[dict[str, Any]]:
    """Return *facts* of everything that was found, oldest first."""
    return list(found.order_by("pk").values(*facts))
