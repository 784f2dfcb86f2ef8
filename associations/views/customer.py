"""The customer's side: the link in the notice, the answer, its receipt; and what these notices are.

Mail scanners open every link and some press buttons, so no GET and no HEAD changes anything, and an answer takes a
choice, a typed name and a second page whose button names the act (architecture.md 7).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from associations.choices import NoticeAnswer, OptOutReason
from associations.forms.customer import DecisionForm
from associations.models import CustomerNotice
from associations.services import answering
from associations.services.answering import Answerer, BadLink, NothingToAnswer
from associations.views.customer_facts import (
    closes_at,
    facts_of,
    facts_to_check,
    outcome_of,
    recorded_facts,
    zone_of,
)
from associations.views.opened_links import forget_typed, keep_typed, opened_notice, remember, typed

View = Callable[..., HttpResponse]


def discreet(view: View) -> View:
    """Let nobody keep, index or pass on what *view* answers; a link that leads nowhere gets one neutral page."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except BadLink:
            # Switching the language must not print the address of this page, which may hold a token.
            elsewhere = {"return_url": reverse("customers_page")}
            response = render(request, "customer/bad_link.html", elsewhere, status=404)
        # The pages allow their own forms to name this origin, which the protection against forged requests needs.
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


@login_not_required
@discreet
@require_safe
def customer_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take a good token out of the address: remember its notice in the session and go on without it.

    Only tokens that lead nowhere are counted: the scanners of a mail service open good ones for many customers.
    """
    address, now = limits.address_of(request), timezone.now()
    if limits.is_spent("bad_link", address, now=now):
        return limits.too_many(request, seconds=limits.seconds_left("bad_link", now=now))
    try:
        remember(request, answering.find_notice(token))
        # Whoever planted the session in this browser is left outside, as after a sign-in.
        request.session.cycle_key()
    except BadLink:
        limits.seconds_to_wait("bad_link", address, now=now)
        raise
    return redirect("customer_decision")


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
    if request.method != "POST":
        form = DecisionForm(answers=answers, initial=typed(request, notice))
        return page(request, "customer/decision.html", notice, {"form": form})
    form = DecisionForm(request.POST, answers=answers)
    if not form.is_valid():
        return page(request, "customer/decision.html", notice, {"form": form})
    keep_typed(request, notice, form.cleaned_data)
    return redirect("customer_confirm")


@login_not_required
@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def customer_confirm(request: HttpRequest) -> HttpResponse:
    """Ask once more, with a button that names the act; only its POST gives the answer."""
    notice = opened_notice(request)
    if wait := wait_of(request, notice):
        return too_often(request, notice, wait=wait)
    is_given = request.method == "POST"
    form = DecisionForm(request.POST if is_given else typed(request, notice), answers=open_answers(notice))
    if not form.is_valid():
        return show_how_it_stands(request, notice) if is_given else redirect("customer_decision")
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
    facts = {"recorded": recorded_facts(notice), "can_still_opt_out": answering.can_opt_out(notice)}
    return page(request, "customer/receipt.html", notice, facts)


@login_not_required
@require_safe
def customers_page(request: HttpRequest) -> HttpResponse:
    """Say in plain words what the notices are."""
    return render(request, "customer/about.html", {"portal_url": settings.PORTAL_URL})


def open_answers(notice: CustomerNotice) -> list[NoticeAnswer]:
    """Return the answers that would still change something."""
    possible = ((NoticeAnswer.APPROVED, answering.can_approve), (NoticeAnswer.OPTED_OUT, answering.can_opt_out))
    return [answer for answer, is_open in possible if is_open(notice)]


def give_answer(request: HttpRequest, notice: CustomerNotice, facts: dict[str, Any]) -> None:
    """Hand the checked answer to its service; raise BadLink or NothingToAnswer."""
    answerer, now = answerer_of(request, name=facts["name"]), timezone.now()
    if facts["answer"] == NoticeAnswer.APPROVED:
        answering.approve_by_customer(notice_id=notice.pk, answerer=answerer, now=now)
        return
    reason = OptOutReason(facts["reason"])
    answering.opt_out(notice_id=notice.pk, answerer=answerer, reason=reason, text=facts["text"], now=now)


def answerer_of(request: HttpRequest, *, name: str) -> Answerer:
    """Return who answers, with the evidence of where the answer came from."""
    return Answerer(
        name=name, ip=limits.address_of(request) or None, user_agent=request.headers.get("User-Agent", "")[:300]
    )


def wait_of(request: HttpRequest, notice: CustomerNotice) -> int:
    """Count this POST for the address and for the link, and return the seconds to wait if it is one too many."""
    if request.method != "POST":
        return 0
    now = timezone.now()
    by_address = limits.seconds_to_wait("answer", limits.address_of(request), now=now)
    by_link = limits.seconds_to_wait("answer_link", str(notice.pk), now=now)
    return max(by_address, by_link)


def too_often(request: HttpRequest, notice: CustomerNotice, *, wait: int) -> HttpResponse:
    """Say when to try again."""
    facts = {"minutes": limits.minutes_of(wait)}
    return limits.with_wait(page(request, "customer/too_many.html", notice, facts, status=429), seconds=wait)


def show_how_it_stands(request: HttpRequest, notice: CustomerNotice) -> HttpResponse:
    """Send a second answer to the first one, and an answer that came too late to what is still possible."""
    if CustomerNotice.objects.filter(pk=notice.pk).exclude(answer="").exists():
        messages.info(request, _("This request was answered already. This is the answer on record."))
        return redirect("customer_receipt")
    messages.warning(request, _("The request has changed in the meantime. Nothing was changed by your answer."))
    return redirect("customer_decision")


def check_page(request: HttpRequest, notice: CustomerNotice, form: DecisionForm) -> HttpResponse:
    """Return the page whose button names the act."""
    is_opt_out = form.cleaned_data["answer"] == NoticeAnswer.OPTED_OUT
    facts = {"form": form, "to_check": facts_to_check(notice, form.cleaned_data), "is_opt_out": is_opt_out}
    return page(request, "customer/confirm.html", notice, facts)


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
    facts = {
        "notice": notice,
        "claim": notice.claim,
        "facts": facts_of(notice.claim),
        "last_minute_at": closing - timedelta(minutes=1),
        "is_over": closing <= timezone.now(),
        "is_official": is_official,
        "outcome": outcome_of(notice, is_official=is_official),
    }
    with timezone.override(zone_of(notice.claim)):
        return render(request, template, {**facts, **(more or {})}, status=status)
