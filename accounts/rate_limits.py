"""Rate limits per person or network address, counted for all web servers together.

A limit is so many tries in so many seconds, by the clock (`CPOR_LIMITS`). Each try takes the next free place of its
stretch in the cache: `add` is one step in Redis and in the database cache alike, whose `incr` may lose counts.
Sign-in and password links are counted by allauth, in the same cache, by the same address.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from ipaddress import IPv6Network, ip_address

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

LONGEST_WAIT_OF_SIGN_IN = 60
# The bits of an IPv6 address that name the subscriber, who is free to choose the others (RFC 6177); as in allauth.
SUBSCRIBER = 64

View = Callable[..., HttpResponse]


def address_of(request: HttpRequest) -> str:
    """Return the browser's network address, which a trusted proxy names; empty behind a socket file."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def network_of(request: HttpRequest) -> str:
    """Return what a limit counts as one address: an IPv4 address, or the /64 of IPv6 that one subscriber has."""
    address = address_of(request)
    if ":" not in address:
        return address
    return str(IPv6Network((int(ip_address(address)), SUBSCRIBER), strict=False))


def visitor(request: HttpRequest) -> str:
    """Return the key of a limit: the person, or the network address before a sign-in."""
    return f"person:{request.user.pk}" if request.user.is_authenticated else f"address:{network_of(request)}"


def posts(request: HttpRequest) -> bool:
    return request.method == "POST"


def limited(
    action: str,
    *,
    when: Callable[[HttpRequest], bool] = posts,
    by: Callable[[HttpRequest], str] = visitor,
) -> Callable[[View], View]:
    """Let *view* answer so often as `CPOR_LIMITS` allows for *action*; then say when to try again."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            wait = count_try(action, by(request), now=timezone.now()) if when(request) else 0
            return too_many(request, seconds=wait) if wait else view(request, *args, **kwargs)

        return answer

    return decorate


def count_try(action: str, who: str, *, now: datetime) -> int:
    """Count one try of *who* and return 0; if none is left, return the seconds to wait for the next."""
    tries, seconds = settings.CPOR_LIMITS[action]
    key = key_of(action, who, now=now)
    for place in range(cache.get(key, 0), tries):
        if cache.add(f"{key}:{place}", True, timeout=seconds):
            cache.set(key, place + 1, timeout=seconds)
            return 0
    return seconds_left(action, now=now)


def is_spent(action: str, who: str, *, now: datetime) -> bool:
    """Return whether *who* has no try left; counts nothing."""
    return bool(cache.get(key_of(action, who, now=now), 0) >= settings.CPOR_LIMITS[action][0])


def seconds_left(action: str, *, now: datetime) -> int:
    """Return the seconds until the count of tries of *action* starts again."""
    seconds: int = settings.CPOR_LIMITS[action][1]
    return seconds - int(now.timestamp()) % seconds


def key_of(action: str, who: str, *, now: datetime) -> str:
    return f"tries:{action}:{who}:{int(now.timestamp()) // settings.CPOR_LIMITS[action][1]}"


def too_many(request: HttpRequest, *, seconds: int = LONGEST_WAIT_OF_SIGN_IN) -> HttpResponse:
    """Say that it was too often, and when to try again."""
    return with_wait(render(request, "429.html", {"minutes": minutes_of(seconds)}, status=429), seconds=seconds)


def with_wait(response: HttpResponse, *, seconds: int) -> HttpResponse:
    """Return *response* with a Retry-After header."""
    response.headers["Retry-After"] = str(seconds)
    return response


def minutes_of(seconds: int) -> int:
    """Return whole minutes, which are never too few."""
    return -(-seconds // 60)
