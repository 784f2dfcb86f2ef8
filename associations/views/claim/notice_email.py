"""Shows the partner the email to the customer: as it would leave today, and once queued as it is or was sent."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import ParamSpec, cast
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp, csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from associations import emails
from associations.choices import ClaimStatus
from associations.models import CustomerNotice
from associations.questions import missing_facts
from associations.rules.customer.notice_codes import printed_code
from associations.services.claim.programs import fix_rules
from associations.services.deadlines import customer_window
from associations.views.wizard.visit import Visit, begin_visit
from associations.views.zones import in_own_zone
from notifications.email_preview import MAIL_POLICY, leading_out
from notifications.models import OutboxEmail
from notifications.sending import rendering
from notifications.sending.rendering import RenderedEmail

P = ParamSpec("P")


def frames_emails(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Let the page that *view* returns show an email of this portal in a frame."""
    # The library's type knows no view with arguments.
    return cast(Callable[P, HttpResponse], csp_update({"frame-src": [SELF]})(view))  # type: ignore[arg-type]


@require_safe
@xframe_options_sameorigin
@csp(MAIL_POLICY)  # type: ignore[arg-type]  # its type knows no view with arguments
@in_own_zone
def notice_email(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer with the HTML of the newest notice, for a sandboxed frame; raise 404 without one to show."""
    visit = begin_visit(request, public_id)
    notice = visit.claim.notices.select_related("email").order_by("number").last()
    if notice is not None:
        html = html_of(notice)
    elif visit.claim.status == ClaimStatus.DRAFT and not missing_facts(visit.claim):
        html = preview_of(visit)["html"]
    else:
        raise Http404
    return HttpResponse(leading_out(html))


def html_of(notice: CustomerNotice) -> str:
    """Return the HTML of a notice without what is the customer's alone: the link and the code. Raise 404 if erased."""
    email = notice.email
    if not email.to:
        raise Http404
    if not email.html:
        html = rendered(email).html
    else:
        with translation.override(email.locale):
            html = without_links(email.html, to=escape(_("[personal link removed]")))
    return html.replace(printed_code(notice.code), emails.NO_CODE) if notice.code else html


def preview_of(visit: Visit) -> dict[str, str]:
    """Return the notice of a complete draft as it would leave today: language, subject, text and HTML.

    Its rules are those of its edition. Words in the email's language stand for the personal link.
    """
    claim = visit.claim
    fix_rules(claim)
    window = customer_window(claim, visit.now, days=claim.opt_out_business_days)
    email = emails.preview_customer_notice(claim, window=window, now=visit.now)
    mail = rendered(email)
    return {"language": email.locale, "subject": mail.subject, "text": mail.text, "html": mail.html}


def rendered(email: OutboxEmail) -> RenderedEmail:
    """Return the email with words in its own language for the personal link, which HTML shows on the button."""
    email.secret = email.secret or "/"
    with translation.override(email.locale):
        words = _("[personal link of the customer]")
    mail = rendering.render(email)
    html = without_links(mail.html, to=rendering.SECRET_PLACEHOLDER)
    return replace(mail, html=html).with_link(words)


def without_links(html: str, *, to: str) -> str:
    """Return *html* with a title in place of each link *to* the personal page, which leads nowhere here."""
    return re.sub(rf'href="{re.escape(to)}[^"]*"', f'title="{to}"', html)
