"""Answers to anybody with a claim number and a code whether the notice is ours (domain.md 5); takes sealed PDFs too.

The form posts what was typed, which keeps it out of addresses and logs. Nothing is written. An unknown claim number
and a wrong code get the same answer.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.rate_limits import limited
from accounts.text.readable import masked_address
from associations.forms.verify_notice import VerifyDocumentForm, VerifyForm
from associations.models import CustomerNotice
from associations.models.notices import REMINDER
from associations.templatetags.dates import day
from associations.views.customer.content import zone_of
from associations.views.customer.sealed_documents import finding_on_document
from associations.views.customer.verification_result import VerificationResult
from associations.views.uploads import files_of
from associations.wording.facts import Fact

DOCUMENT = "document"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify")
def verify_notice(request: HttpRequest) -> HttpResponse:
    """Take a claim number and a code and say whether we sent that notice, or a PDF and say whether we sealed it."""
    is_posted = request.method == "POST"
    is_document = is_posted and request.POST.get("check") == DOCUMENT
    form = VerifyForm(request.POST if is_posted and not is_document else None)
    document_form = VerifyDocumentForm(request.POST, files_of(request)) if is_document else VerifyDocumentForm()
    finding = finding_on(form.cleaned_data["number"], form.cleaned_data["code"]) if form.is_valid() else None
    if document_form.is_valid():
        finding = finding_on_document(document_form.cleaned_data["document"].read())
    shown = {"form": form, "document_form": document_form, "finding": finding, "is_document": is_document}
    return render(request, "customer/verify.html", shown)


def finding_on(claim_id: int, code: str) -> VerificationResult:
    """Return the answer to a claim number and a code, which is empty where the email prints none."""
    if not code:
        return without_code()
    notice = CustomerNotice.objects.with_code(claim_id=claim_id, code=code)
    return genuine(notice) if notice else not_ours()


def genuine(notice: CustomerNotice) -> VerificationResult:
    """Return the day, the masked address and the partner; the address is missing once the person is forgotten."""
    zone = zone_of(notice.claim)
    sent_at = (notice.email.sent_at or notice.queued_at).astimezone(zone)
    later = [(email.template, day(email.sent_at.astimezone(zone))) for email in notice.later_emails() if email.sent_at]
    reminded = [day_sent for template, day_sent in later if template == REMINDER]
    others = dict.fromkeys(day_sent for template, day_sent in reversed(later) if template != REMINDER)
    facts = [
        Fact(_("Notice sent"), day(sent_at)),
        Fact(_("Reminder sent"), reminded[0] if reminded else ""),
        # The days alone: what they say is between us and their reader.
        Fact(_("Later emails with this code"), ", ".join(others)),
        Fact(_("Sent to"), masked_address(notice.contact_email)),
        Fact(_("Requested by"), notice.claim.partner.name),
        Fact(_("Its link begins with"), f"{settings.PORTAL_URL}/c/", mono=True),
    ]
    text = _(
        "A forged email can repeat the code of a genuine one: compare what is below with your email before you open "
        "its link. Or answer without that link:"
    )
    return VerificationResult("success", _("We sent this notice"), text, [fact for fact in facts if fact.value])


def not_ours() -> VerificationResult:
    """Return the one answer to a wrong code and to an unknown claim number."""
    text = _(
        "No notice of ours has this claim number and this code. Check both against the email. If they are the same "
        "there, the email isn't from us: don't open its links and don't reply to it. What is really asked of you is "
        "on a page of ours:"
    )
    return VerificationResult("error", _("We didn't send this notice"), text)


def without_code() -> VerificationResult:
    """Return the answer to who has no code, the same for every claim number."""
    text = _(
        "We can't check an email without a code. It was sent before our notices had codes, or it isn't from us. "
        "Don't open its links. All requests that name you are on a page of ours:"
    )
    return VerificationResult("warning", _("The email has no code"), text)
