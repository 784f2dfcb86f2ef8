"""All my requests: a link by email, and behind it every request that names its reader (domain.md 5, ADR 10).

The page that asks for the address answers the same for every address. No GET changes anything but the session: the
link moves into it, as the one in a notice does, and a request opens as with its notice's link.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts import rate_limits
from accounts.rate_limits import limited, network_of
from accounts.text.email_addresses import account_name
from accounts.text.readable import address_in_full
from associations import link_tokens
from associations.forms.requests_link import RequestsLinkForm
from associations.models import CustomerNotice, RequestsLink
from associations.services.customer.answer import BadLink
from associations.services.customer.requests_link import ask_for_requests_link, find_requests_link
from associations.views.customer.all_requests_content import sections_of
from associations.views.customer.pages import discreet
from associations.views.customer.session_links import remember

KEY = "requests_link"
View = Callable[..., HttpResponseBase]


def behind_the_link(view: View) -> View:
    """Answer with one page, which offers a new link, where *view* finds no link that works."""

    @discreet
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except BadLink:
            # Switching the language must not print the address of this page, which may hold a token.
            elsewhere = {"return_url": reverse("requests_ask")}
            return render(request, "customer/requests_bad_link.html", elsewhere, status=404)

    return answer


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("requests_link", by=network_of)
def requests_ask(request: HttpRequest) -> HttpResponse:
    """Ask for an address, to which a clock sends the link if a notice went there; say and do the same either way."""
    form = RequestsLinkForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "customer/requests_ask.html", {"form": form})
    address, now = form.cleaned_data["address"], timezone.now()
    own = link_tokens.digest(account_name(address))
    if not rate_limits.count_try("requests_link_of_address", own, now=now):
        ask_for_requests_link(address, language=get_language() or "", now=now)
    return redirect("requests_sent")


@login_not_required
@require_safe
def requests_sent(request: HttpRequest) -> HttpResponse:
    """Say that an email is on its way if the address is known."""
    return render(request, "customer/requests_sent.html")


@login_not_required
@behind_the_link
@require_safe
def requests_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take a good token out of the address: remember its link in the session and go on without it."""
    network, now = network_of(request), timezone.now()
    if rate_limits.is_spent("bad_link", network, now=now):
        return rate_limits.too_many(request, seconds=rate_limits.seconds_left("bad_link", now=now))
    try:
        link = find_requests_link(token, now=now)
    except BadLink:
        rate_limits.count_try("bad_link", network, now=now)
        raise
    request.session[KEY] = link.pk
    # Whoever planted the session in this browser is left outside, as after a sign-in.
    request.session.cycle_key()
    return redirect("requests_list")


@login_not_required
@behind_the_link
@require_safe
def requests_list(request: HttpRequest) -> HttpResponse:
    """Show every request that names the reader of the link, with its state and the way to its own page."""
    link = opened_link(request)
    facts = {
        "address": address_in_full(link.address),
        "sections": sections_of(link.address, now=timezone.now()),
        "expires_at": link.expires_at,
    }
    return render(request, "customer/requests_list.html", facts)


@login_not_required
@behind_the_link
@require_safe
def request_open(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Go to the page of a current notice to the reader of the link; raise BadLink for any other notice."""
    link = opened_link(request)
    found = CustomerNotice.objects.current().sent_to(link.address).select_related("claim").filter(pk=notice_id).first()
    if found is None:
        raise BadLink
    remember(request, found)
    return redirect("customer_decision")


def opened_link(request: HttpRequest) -> RequestsLink:
    """Return the link that this browser opened; raise BadLink if there is none or it has expired."""
    link = RequestsLink.objects.working(timezone.now()).filter(pk=request.session.get(KEY, 0)).first()
    if link is None:
        raise BadLink
    return link
