"""Renders an email in its language and time zone, and makes the message that is sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.charset import QP, Charset
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.utils import timezone, translation
from django.utils.html import escape

from notifications import own_addresses
from notifications.models import OutboxEmail

# Stand for the personal link or the code while an email is rendered, so that the text we keep never held the secret.
SECRET_PLACEHOLDER = "https://personal-link.invalid/kept-out-of-the-outbox/"  # noqa: S105
CODE_PLACEHOLDER = "[code-kept-out-of-the-outbox]"

# To Exchange: no receipts, absence notes and automatic answers. "All" would also suppress the report that a notice did
# not arrive (MS-OXCMAIL 2.1.3.2.20).
NO_ANSWERS = "RN, NRN, OOF, AutoReply"
IN_SEVEN_BITS = Charset("utf-8")
IN_SEVEN_BITS.body_encoding = QP

# Tags, conditions and indentation of a template leave these behind in a text.
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """An email in its reader's language, with a placeholder where the personal link or the code goes."""

    subject: str
    text: str
    html: str

    def with_link(self, shown: str) -> "RenderedEmail":
        """Return the email with what is *shown*, the link or the code, in place of the placeholder."""
        return RenderedEmail(
            subject=filled_in(self.subject, shown),
            text=filled_in(self.text, shown),
            html=filled_in(self.html, escape(shown)),
        )


def filled_in(text: str, shown: str) -> str:
    return text.replace(SECRET_PLACEHOLDER, shown).replace(CODE_PLACEHOLDER, shown)


def shown_secret(email: OutboxEmail) -> str:
    """Return what the reader gets in place of the placeholder: the address of a path, or a code as it is."""
    return email.secret if email.secret.isdecimal() else settings.PORTAL_URL + email.secret


def render(email: OutboxEmail) -> RenderedEmail:
    """Return the email in its language and zone, with the placeholder for the personal link or the code."""
    zone = email.context.get("zone")
    with translation.override(email.locale), timezone.override(ZoneInfo(zone) if zone else None):
        context = {
            **with_dates(email.context),
            "portal_url": settings.PORTAL_URL,
            "help_email": settings.CPOR_HELP_EMAIL,
            "secret_link": SECRET_PLACEHOLDER if email.secret else "",
            "secret_code": CODE_PLACEHOLDER if email.secret else "",
            "replies_are_read": email.hears_replies and own_addresses.replies_are_read(),
        }
        subject = " ".join(rendered_part(email, "subject.txt", context).split())
        context["subject"] = subject
        return RenderedEmail(
            subject=subject,
            text=BLANK_LINES.sub("\n\n", rendered_part(email, "layout.txt", context)),
            html=rendered_part(email, "layout.html", context),
        )


def rendered_part(email: OutboxEmail, layout: str, context: Mapping[str, Any]) -> str:
    """Return the email's template in the layout of one part, escaped only where that is HTML."""
    is_html = layout.endswith(".html")
    template = Engine.get_default().get_template(f"emails/{email.template}.html")
    facts = {**context, "layout": f"emails/parts/{layout}", "is_html": is_html}
    return template.render(Context(facts, autoescape=is_html)).strip() + "\n"


def with_dates(value: Any, name: str = "") -> Any:
    """Return *value* with datetimes for its ``_at`` values and dates for its ``_on`` values, at any depth.

    Raise ValueError for one that isn't in ISO format.
    """
    if isinstance(value, dict):
        return {key: with_dates(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [with_dates(item, name) for item in value]
    if isinstance(value, str) and name.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and name.endswith("_on"):
        return date.fromisoformat(value)
    return value


def message_for(email: OutboxEmail, rendered: RenderedEmail) -> EmailMultiAlternatives:
    """Return the message with both bodies and the headers that keep robots from answering it.

    Both bodies are quoted-printable: no server on the way has to be able to take eight bits. Raise OwnAddressTrouble.
    """
    reply_to = own_addresses.reply_address(email) or email.reply_to
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=str(own_addresses.from_address()),
        to=email.to,
        cc=email.cc,
        reply_to=[reply_to] if reply_to else None,
        headers={
            "Message-ID": email.message_id,
            "Content-Language": email.locale,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": NO_ANSWERS,
        },
    )
    message.attach_alternative(rendered.html, "text/html")
    message.encoding = IN_SEVEN_BITS
    return message
