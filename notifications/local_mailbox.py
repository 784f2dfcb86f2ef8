"""The mailbox of the embedded mode: each email is a file, and pages show them. Production has none."""

import os
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage as ParsedMessage
from email.parser import BytesParser
from pathlib import Path
from typing import cast

from csp.constants import SELF
from csp.decorators import csp, csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import re_path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.text.email_addresses import on_the_wire
from notifications.email_preview import MAIL_POLICY, leading_out

NAME = r"(?P<name>\d{20}-[0-9a-f]{8})"
EMAILS_PER_PAGE = 50


class EmailBackend(BaseEmailBackend):
    """Puts each message into ``MAILBOX_DIR`` as a file whose name sorts by time."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder().mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            write_whole(folder() / f"{new_name()}.eml", message.message().as_bytes())
        return len(email_messages)


def folder() -> Path:
    """Return the folder of the emails; raise ImproperlyConfigured if emails go to a server instead."""
    if settings.MAILBOX_DIR is None:
        raise ImproperlyConfigured("MAILBOX_DIR is not set: only the embedded mode has a mailbox.")
    return settings.MAILBOX_DIR


def new_name() -> str:
    """Return a unique name that sorts after all earlier ones."""
    return f"{time.time_ns():020d}-{secrets.token_hex(4)}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that no reader ever sees a part of it."""
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


@dataclass(frozen=True, slots=True)
class MailboxEntry:
    """A row of the list of emails."""

    name: str
    to: str
    cc: str
    subject: str
    date: datetime | None


@login_not_required
@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the emails to everybody or to one recipient, newest first."""
    recipient = request.GET.get("to", "").strip()
    page = Paginator(entries_for(recipient), EMAILS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "mailbox/list.html", {"page": page, "recipient": recipient})


@login_not_required
@never_cache
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # its type knows no view with arguments
@require_safe
def mailbox_message(request: HttpRequest, name: str) -> HttpResponse:
    """Show one email: headers, the HTML in a frame of its own, and the text."""
    message = find_message(name)
    facts = {
        "name": name,
        "entry": entry_for(name, message),
        "headers": message.items(),
        "text": part_of(message, "plain"),
        "html": part_of(message, "html"),
    }
    return render(request, "mailbox/message.html", facts)


@login_not_required
@never_cache
@xframe_options_sameorigin
@csp(MAIL_POLICY)  # type: ignore[arg-type]  # its type knows no view with arguments
@require_safe
def mailbox_html(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the HTML of one email, for a sandboxed frame that its links leave."""
    return HttpResponse(leading_out(part_of(find_message(name), "html")))


def entries_for(recipient: str) -> list[MailboxEntry]:
    """Return the emails whose To or Cc contains *recipient*, newest first."""
    paths = sorted(folder().glob("*.eml"), reverse=True)
    entries = (entry_for(path.stem, read_message(path)) for path in paths)
    wanted = on_the_wire(recipient).lower()
    return [entry for entry in entries if wanted in f"{entry.to} {entry.cc}".lower()]


def entry_for(name: str, message: ParsedMessage) -> MailboxEntry:
    """Return the row of one email in the list."""
    return MailboxEntry(
        name=name,
        to=str(message["To"] or ""),
        cc=str(message["Cc"] or ""),
        subject=str(message["Subject"] or ""),
        date=date_of(message),
    )


def date_of(message: ParsedMessage) -> datetime | None:
    """Return the date of an email; "-0000" means UTC, which the parser leaves out."""
    header = message["Date"]
    if header is None or header.datetime is None:
        return None
    made = cast(datetime, header.datetime)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def find_message(name: str) -> ParsedMessage:
    """Return the email with that name, or raise Http404. Only a name in our own format becomes a path."""
    path = folder() / f"{name}.eml"
    if not re.fullmatch(NAME, name) or not path.is_file():
        raise Http404
    return read_message(path)


def read_message(path: Path) -> ParsedMessage:
    """Return the email in a file."""
    with path.open("rb") as file:
        return BytesParser(policy=policy.default).parse(file)


def part_of(message: ParsedMessage, subtype: str) -> str:
    """Return the plain or the HTML body of an email, or an empty text."""
    part = message.get_body(preferencelist=(subtype,))
    return str(part.get_content()) if part else ""


def mailbox_link(request: HttpRequest) -> dict[str, str]:
    """Give every page the address of the mailbox, if there is one."""
    return {"mailbox_url": reverse("mailbox")} if settings.MAILBOX_DIR else {}


urlpatterns = [
    re_path(r"^$", mailbox, name="mailbox"),
    re_path(rf"^{NAME}/$", mailbox_message, name="mailbox_message"),
    re_path(rf"^{NAME}/html/$", mailbox_html, name="mailbox_html"),
]
