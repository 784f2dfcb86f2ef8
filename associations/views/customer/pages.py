"""The customer's side: the link in the notice, the answer, its receipt; and what these notices are.

Mail scanners open every link and some press buttons, so no GET and no HEAD changes anything, and an answer takes a
choice and a second page whose button names the act (ADR 10).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import rate_limits
from accounts.kept_input.session import keep
from accounts.post_only import post_only
from accounts.views import in_language
from associations import emails
from associations.choices import HoldKind, NoticeAnswer, OptOutReason
from associations.forms.customer_answer import CustomerAnswerForm
from associations.models import CustomerNotice
from associations.rules.claim_rules import rules_of
from associations.services.customer import acknowledgement as acknowledging
from associations.services.customer import answer as answering
from associations.services.customer import hand_over as handing_over
from associations.services.customer.answer import Answerer, BadLink, NothingToAnswer
from associations.views.customer.content import (
    closes_at,
    explanation_for,
    facts_to_check,
    outcome_of,
    receipt_facts,
    request_facts,
    why_not_handed_over,
    zone_of,
)
from associations.views.customer.session_links import forget_typed, keep_typed, opened_notice, remember, typed
from guides.editions import edition_in_force

View = Callable[..., HttpResponseBase]


def discreet(view: View) -> View:
    """Forbid caching, indexing and referrers for *view*; answer every bad link with the same neutral page."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except BadLink:
            keep_answer(request)
            # Switching the language must not print the address of this page, which may hold a token.
            elsewhere = {"return_url": reverse("customers_page")}
            response = render(request, "customer/bad_link.html", elsewhere, status=404)
        # The pages allow their own forms to name this origin, which the protection against forged requests needs.
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


def keep_answer(request: HttpRequest) -> None:
    """Keep a typed answer after its session has ended until the same link is opened again, within the rate limit."""
    has_ended = request.method == "POST" and settings.SESSION_COOKIE_NAME in request.COOKIES
    if has_ended and not rate_limits.count_try("answer", rate_limits.address_of(request), now=timezone.now()):
        own = reverse("customer_decision")
        keep(request, owner=request.user.pk or 0, address=own, may_begin=True)


@login_not_required
@discreet
@require_safe
def customer_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take a good token out of the address: remember its notice in the session and go on without it.

    Only bad tokens are counted: the scanners of a mail service open good ones for many customers. The
    email links to the page in each other language: *language* in the address is kept as the switch keeps it.
    """
    address, now = rate_limits.network_of(request), timezone.now()
    if rate_limits.is_spent("bad_link", address, now=now):
        return rate_limits.too_many(request, seconds=rate_limits.seconds_left("bad_link", now=now))
    try:
        remember(request, answering.find_notice(token))
        # Whoever planted the session in this browser is left outside, as after a sign-in.
        request.session.cycle_key()
    except BadLink:
        rate_limits.count_try("bad_link", address, now=now)
        raise
    return in_language(redirect("customer_decision"), request.GET.get("language", ""))


@login_not_required
@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def customer_decision(request: HttpRequest) -> HttpResponse:
    """Show the request and take the answer as far as the check page; nothing is decided here."""
    notice = opened_notice(request)
    if wait := wait_of(request, notice):
        return too_often(request, notice, wait=wait)
    answers = open_answers(notice)
    if not answers:
        return redirect("customer_receipt") if notice.answer else page(request, "customer/closed.html", notice)
    likely = {"name": notice.contact_name} | typed(request, notice)
    form = CustomerAnswerForm(request.POST if request.method == "POST" else None, answers=answers, initial=likely)
    if request.method != "POST" or not form.is_valid():
        reason = handing_over.what_forbids(notice, now=timezone.now())
        return page(
            request, "customer/decision.html", notice, {"form": form, "no_hand_over": why_not_handed_over(reason)}
        )
    keep_typed(request, notice, typed(request, notice) | form.cleaned_data)
    answering.note_opened(notice.pk, now=timezone.now())
    is_handed_over = form.cleaned_data["answer"] == NoticeAnswer.HANDED_OVER
    return redirect("customer_hand_over" if is_handed_over else "customer_confirm")


@login_not_required
@post_only("customer_decision")
@discreet
def customer_opened(request: HttpRequest) -> HttpResponse:
    """Note that a person is on the page: its script says so at their first touch, key or move of the mouse."""
    answering.note_opened(opened_notice(request).pk, now=timezone.now())
    return HttpResponse(status=204)


@login_not_required
@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def customer_confirm(request: HttpRequest) -> HttpResponse:
    """Ask once more, with a button that names the act; only its POST gives the answer."""
    notice = opened_notice(request)
    if wait := wait_of(request, notice):
        return too_often(request, notice, wait=wait)
    is_given = request.method == "POST"
    form = CustomerAnswerForm(request.POST if is_given else typed(request, notice), answers=open_answers(notice))
    if not form.is_valid():
        return show_how_it_stands(request, notice) if is_given else redirect("customer_decision")
    if form.cleaned_data["answer"] == NoticeAnswer.HANDED_OVER:
        return redirect("customer_hand_over")
    if not is_given:
        return check_page(request, notice, form)
    try:
        give_answer(request, notice, form.cleaned_data)
    except NothingToAnswer:
        return show_how_it_stands(request, notice)
    forget_typed(request, notice)
    return redirect("customer_receipt")


@login_not_required
@discreet
@require_safe
def customer_receipt(request: HttpRequest) -> HttpResponse:
    """Show the recorded answer: the number of the claim, what was answered, when and by whom."""
    notice = opened_notice(request)
    if not notice.answer:
        return redirect("customer_decision")
    facts = {"recorded": receipt_facts(notice), "can_still_opt_out": answering.can_opt_out(notice)}
    if notice.answer == NoticeAnswer.HANDED_OVER:
        return page(request, "customer/handed_over.html", notice, facts)
    return page(request, "customer/receipt.html", notice, facts)


@login_not_required
@require_safe
def customers_page(request: HttpRequest) -> HttpResponse:
    """Say in plain words what the notices are."""
    days = rules_of(edition_in_force(now=timezone.now()).activities).opt_out_business_days
    return render(request, "customer/about.html", {"portal_url": settings.PORTAL_URL, "days": days})


def open_answers(notice: CustomerNotice) -> list[NoticeAnswer]:
    """Return the answers that would still change something."""
    possible = {
        NoticeAnswer.APPROVED: answering.can_approve(notice),
        NoticeAnswer.OPTED_OUT: answering.can_opt_out(notice),
        NoticeAnswer.HANDED_OVER: handing_over.what_forbids(notice, now=timezone.now()) is None,
    }
    return [answer for answer, is_open in possible.items() if is_open]


def give_answer(request: HttpRequest, notice: CustomerNotice, facts: dict[str, Any]) -> None:
    """Hand the checked answer to its service; raise BadLink or NothingToAnswer."""
    answerer, now = answerer_of(request, name=facts["name"]), timezone.now()
    if facts["answer"] == NoticeAnswer.APPROVED:
        answering.approve_by_customer(notice_id=notice.pk, answerer=answerer, text=facts["text"], now=now)
        return
    reason = OptOutReason(facts["reason"])
    answering.opt_out(notice_id=notice.pk, answerer=answerer, reason=reason, text=facts["text"], now=now)


def answerer_of(request: HttpRequest, *, name: str) -> Answerer:
    """Return who answers, with the evidence of where the answer came from."""
    return Answerer(
        name=name, ip=rate_limits.address_of(request) or None, user_agent=request.headers.get("User-Agent", "")[:300]
    )


def wait_of(request: HttpRequest, notice: CustomerNotice) -> int:
    """Count this POST for the address and for the link, and return the seconds to wait if it is one too many."""
    if request.method != "POST":
        return 0
    now = timezone.now()
    by_address = rate_limits.count_try("answer", rate_limits.network_of(request), now=now)
    by_link = rate_limits.count_try("answer_link", str(notice.pk), now=now)
    return max(by_address, by_link)


def too_often(request: HttpRequest, notice: CustomerNotice, *, wait: int) -> HttpResponse:
    """Say when to try again."""
    facts = {"minutes": rate_limits.minutes_of(wait)}
    return rate_limits.with_wait(page(request, "customer/too_many.html", notice, facts, status=429), seconds=wait)


def show_how_it_stands(request: HttpRequest, notice: CustomerNotice) -> HttpResponse:
    """Send a second answer to the first one, and an answer that came too late to what is still possible."""
    if CustomerNotice.objects.filter(pk=notice.pk).exclude(answer="").exists():
        messages.info(request, _("This request was answered already. This is the answer on record."))
        return redirect("customer_receipt")
    messages.warning(request, _("The request has changed in the meantime. Nothing was changed by your answer."))
    return redirect("customer_decision")


def check_page(request: HttpRequest, notice: CustomerNotice, form: CustomerAnswerForm) -> HttpResponse:
    """Return the page whose button names the act."""
    is_opt_out = form.cleaned_data["answer"] == NoticeAnswer.OPTED_OUT
    facts = {"form": form, "to_check": facts_to_check(notice, form.cleaned_data), "is_opt_out": is_opt_out}
    return page(request, "customer/confirm.html", notice, facts)


def acknowledgement_offer(notice: CustomerNotice) -> dict[str, bool] | None:
    """Return whether the work was acknowledged on this link, or else can be; None if neither."""
    given = acknowledging.acknowledgement_of(notice.claim)
    if given and given.given_at and given.notice_id == notice.pk:
        return {"is_given": True}
    return None if acknowledging.what_forbids(notice, now=timezone.now()) else {"is_given": False}


def page(
    request: HttpRequest,
    template: str,
    notice: CustomerNotice,
    more: Mapping[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Return a page about the notice's claim that tells the time of the customer's zone."""
    closing, is_official = closes_at(notice), answering.is_official(notice.claim)
    is_over = closing <= timezone.now()
    facts = {
        "notice": notice,
        "claim": notice.claim,
        "facts": request_facts(notice.claim),
        "products": emails.item_names(notice.claim),
        "last_minute_at": closing - timedelta(minutes=1),
        "is_over": is_over,
        "explanation": None if is_over or is_official else explanation_for(notice),
        "is_official": is_official,
        "has_written": HoldKind.CUSTOMER_WROTE in notice.claim.open_holds,
        "outcome": outcome_of(notice, is_official=is_official),
        "acknowledgement": acknowledgement_offer(notice),
    }
    with timezone.override(zone_of(notice.claim)):
        return render(request, template, {**facts, **(more or {})}, status=status)
