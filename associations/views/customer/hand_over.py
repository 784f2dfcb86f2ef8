"""**I'm not the right person**: the customer's contact names a colleague, who is asked instead (domain.md D21)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from associations.choices import NoticeAnswer
from associations.forms.customer_answer import CustomerAnswerForm
from associations.forms.hand_over import HandOverForm
from associations.models import CustomerNotice
from associations.rules.customer.hand_over import NoHandOver
from associations.services.customer import hand_over as handing_over
from associations.services.customer.hand_over import ColleagueRefused, HandOverRefused
from associations.views.customer.content import colleague_to_check, why_not_handed_over
from associations.views.customer.pages import (
    answerer_of,
    discreet,
    page,
    show_how_it_stands,
    too_often,
    wait_of,
)
from associations.views.customer.session_links import forget_typed, keep_typed, opened_notice, typed


@login_not_required
@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def customer_hand_over(request: HttpRequest) -> HttpResponse:
    """Ask who the right person is; nothing is handed over here."""
    notice = opened_notice(request)
    if wait := wait_of(request, notice):
        return too_often(request, notice, wait=wait)
    if reason := handing_over.what_forbids(notice, now=timezone.now()):
        return refuse(request, notice, reason)
    if not has_chosen(request, notice):
        return redirect("customer_decision")
    facts = {"colleague_language": notice.language} | typed(request, notice)
    form = HandOverForm(request.POST if request.method == "POST" else None, notice=notice, initial=facts)
    if request.method != "POST" or not form.is_valid():
        return page(request, "customer/hand_over.html", notice, {"form": form})
    keep_typed(request, notice, typed(request, notice) | form.cleaned_data)
    return redirect("customer_hand_over_confirm")


@login_not_required
@discreet
@require_http_methods(["GET", "HEAD", "POST"])
def customer_hand_over_confirm(request: HttpRequest) -> HttpResponse:
    """Ask once more, with a button that names the act; only its POST hands the request over."""
    notice = opened_notice(request)
    if wait := wait_of(request, notice):
        return too_often(request, notice, wait=wait)
    if reason := handing_over.what_forbids(notice, now=timezone.now()):
        return refuse(request, notice, reason)
    facts = request.POST if request.method == "POST" else typed(request, notice)
    given, form = CustomerAnswerForm(facts, answers=[NoticeAnswer.HANDED_OVER]), HandOverForm(facts, notice=notice)
    if not given.is_valid() or not form.is_valid():
        return redirect("customer_hand_over")
    if request.method != "POST":
        to_check = colleague_to_check(notice, given.cleaned_data | form.cleaned_data)
        return page(
            request, "customer/hand_over_confirm.html", notice, {"form": form, "given": given, "to_check": to_check}
        )
    try:
        handing_over.hand_over(
            notice_id=notice.pk,
            answerer=answerer_of(request, name=given.cleaned_data["name"]),
            colleague=form.colleague(),
            text=given.cleaned_data["text"],
            now=timezone.now(),
        )
    except HandOverRefused as refused:
        return refuse(request, notice, refused.reason)
    except ColleagueRefused:
        return redirect("customer_hand_over")
    forget_typed(request, notice)
    return redirect("customer_receipt")


def has_chosen(request: HttpRequest, notice: CustomerNotice) -> bool:
    """Return whether the person chose this answer, with their name, on the page before."""
    return CustomerAnswerForm(typed(request, notice), answers=[NoticeAnswer.HANDED_OVER]).is_valid()


def refuse(request: HttpRequest, notice: CustomerNotice, reason: NoHandOver) -> HttpResponse:
    """Explain why the request can't be handed over, and redirect to what is possible."""
    if reason in {NoHandOver.DECIDED, NoHandOver.ANSWERED}:
        return show_how_it_stands(request, notice)
    messages.warning(request, why_not_handed_over(reason))
    return redirect("customer_decision")
