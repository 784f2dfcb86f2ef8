"""Addresses that only take what a form sends, and the page to which each belongs."""

from collections.abc import Callable
from functools import wraps

from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

View = Callable[..., HttpResponseBase]


def post_only(page: str, *places: str, part: str = "") -> Callable[[View], View]:
    """Let a view take posts, and send whoever opens its address to *page*.

    People get there without a form by loading again, by going back, and by signing in after their session ended.
    *page* is the name of an address, *places* are those parts of the view's own address that it needs, and *part* is
    the id of the section of it. A good `next` in the address goes before. The page decides who may see it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            own = reverse(page, kwargs={place: kwargs[place] for place in places})
            return HttpResponseRedirect(get_next_redirect_url(request) or own + (f"#{part}" if part else ""))

        return answer

    return decorate
