"""**Acknowledge the work**: the customer reads a text, names themselves, and enters a code (domain.md D26).

Only the POST of the right code acknowledges. A robot that opens every link and presses every button types no name, so
it doesn't even cause a code to be sent.
"""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.text.readable import address_in_full
from associations.forms.acknowledgement import CodeForm, SignerForm
from associations.models import CustomerNotice
from associations.rules.customer.acknowledgement import WAIT_FOR_A_NEW_CODE, NoAcknowledgement
from associations.services.claim.answers import version_of
from associations.services.customer import acknowledgement as acknowledging
from associations.services.customer.acknowledgement import (
    AcknowledgementRefused,
    TextChanged,
    TooSoon,
    WrongCode,
)
from associations.services.customer.acknowledgement_text import statement_of
from associations.templatetags.dates import minute
from associations.views.claim.proofs import file_response
from associations.views.customer.content import zone_of
from associations.views.customer.pages import (
    answerer_of,
    discreet,
    page,
    show_how_it_stands,
    too_often,
    wait_of,
)
from associations.views.customer.session_links import keep_typed, opened_notice, typed
from associations.wording.acknowledgement import why_not_acknowledged
from associations.wording.facts import Fact

TYPED = "acknowledgement"


@login_not_required
@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def customer_acknowledge(request: HttpRequest) -> HttpResponse:
    """Show the text and ask who acknowledges it; a valid answer sends a code, and acknowledges nothing."""
    notice = opened_notice(request)
    if wait := wait_of(request, notice):
        return too_often(request, notice, wait=wait)
    if reason := acknowledging.what_forbids(notice, now=timezone.now()):
        return refuse(request, notice, reason)
    form = SignerForm(
        request.POST if request.method == "POST" else None, initial=typed(request, notice).get(TYPED, {})
    )
    if request.method != "POST" or not form.is_valid():
        return page(request, "customer/acknowledge.html", notice, {"form": form, **text_of(notice)})
    keep_typed(request, notice, typed(request, notice) | {TYPED: form.cleaned_data})
    try:
        acknowledging.send_code(notice_id=notice.pk, now=timezone.now())
    except AcknowledgementRefused as refused:
        return refuse(request, notice, refused.reason)
    except TooSoon as too_soon:
        messages.warning(request, wait_in_words(too_soon.wait))
    else:
        messages.success(request, _("We sent a code to %(address)s.") % {"address": shown_address(notice)})
    return redirect("customer_acknowledge_code")


@login_not_required
@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def customer_acknowledge_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; only its POST with the right one acknowledges."""
    notice = opened_notice(request)
    if wait := wait_of(request, notice):
        return too_often(request, notice, wait=wait)
    if reason := acknowledging.what_forbids(notice, now=timezone.now()):
        return refuse(request, notice, reason)
    signer = SignerForm(typed(request, notice).get(TYPED, {}))
    if not signer.is_valid():
        return redirect("customer_acknowledge")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            give(request, notice, signer.cleaned_data, code=form.cleaned_data["code"])
        except WrongCode:
            form.refuse()
        except TextChanged:
            messages.warning(request, _("The text has changed since you opened the page. Read it again."))
        except AcknowledgementRefused as refused:
            return refuse(request, notice, refused.reason)
        else:
            return redirect("customer_acknowledged")
    shown = {"form": form, "signer": signer, "address": shown_address(notice), "who": signer.cleaned_data}
    return page(request, "customer/acknowledge_code.html", notice, shown | text_of(notice))


@login_not_required
@discreet
@require_safe
def customer_acknowledged(request: HttpRequest) -> HttpResponse:
    """Show the acknowledgement on record, and the sealed document once it is written."""
    notice = opened_notice(request)
    given = acknowledging.acknowledgement_of(notice.claim)
    if given is None or given.given_at is None or given.notice_id != notice.pk:
        return redirect("customer_decision")
    facts = [
        Fact(_("Claim number"), notice.claim.number),
        Fact(_("Acknowledged by"), lines=[given.signer_name, given.signer_title]),
        Fact(_("Acknowledged on"), minute(given.given_at.astimezone(zone_of(notice.claim)))),
    ]
    has_document = bool(given.proof and given.proof.is_usable)
    return page(request, "customer/acknowledged.html", notice, {"recorded": facts, "has_document": has_document})


@login_not_required
@discreet
@require_safe
def customer_acknowledgement_document(request: HttpRequest) -> HttpResponseBase:
    """Serve the sealed document to the person who gave the acknowledgement on this link."""
    notice = opened_notice(request)
    given = acknowledging.acknowledgement_of(notice.claim)
    if given is None or given.notice_id != notice.pk or given.proof is None or not given.proof.name:
        raise Http404
    return file_response(request, given.proof)


def give(request: HttpRequest, notice: CustomerNotice, who: dict[str, Any], *, code: str) -> None:
    """Hand name, title and code to the service; raise as it does."""
    acknowledging.acknowledge(
        notice_id=notice.pk,
        answerer=answerer_of(request, name=who["name"]),
        title=who["title"],
        code=code,
        version=request.POST.get("version", ""),
        language=translation.get_language() or notice.language,
        now=timezone.now(),
    )


def text_of(notice: CustomerNotice) -> dict[str, Any]:
    """Return the text that is acknowledged, as the pages show it, and its fingerprint."""
    statement = statement_of(notice.claim)
    facts = [Fact(label, lines=lines) for label, lines in statement["facts"]]
    return {"statement": statement, "acknowledged_facts": facts, "version": version_of(statement)}


def shown_address(notice: CustomerNotice) -> str:
    """Return the address to which codes go, which whoever has the link knows: it is on the page already."""
    return address_in_full(notice.contact_email)


def wait_in_words(wait: timedelta) -> str:
    """Return when the next code can be sent."""
    if wait <= WAIT_FOR_A_NEW_CODE:
        return _("No new code was sent: the last one was sent less than a minute ago. Ask again in a minute.")
    return _("No new code was sent: too many were sent today. Ask again tomorrow.")


def refuse(request: HttpRequest, notice: CustomerNotice, reason: NoAcknowledgement) -> HttpResponse:
    """Explain why the work can't be acknowledged, and redirect to what is possible."""
    if reason is NoAcknowledgement.GIVEN:
        return redirect("customer_acknowledged")
    if reason is NoAcknowledgement.HANDED_OVER:
        return show_how_it_stands(request, notice)
    messages.warning(request, why_not_acknowledged(reason))
    return redirect("customer_decision")
