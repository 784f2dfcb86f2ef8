"""Typed input that could not be sent, kept in the session until the person puts it back into its form.

It is kept when the session ended before the form was sent, when the page was from an earlier sign-in, and while the
language is switched. Only whoever typed it gets it back: a sealed cookie remembers who has signed in with this
browser, because an ended session no longer tells. Kept are the fields of one form, encrypted, for an hour; never
files, never what belongs to signing in, never more than a form is long.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.kept_input.encryption import seal, unseal

LIFE = timedelta(hours=1)
LONGEST = 100_000
MOST_FIELDS = 300
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# Fields that belong to signing in, wherever they stand; and the addresses of the libraries that ask for them.
SECRET = re.compile(r"passw|secret|credential|otp|recovery|^code$", re.IGNORECASE)
SIGNING_IN = re.compile(r"^(account|mfa|socialaccount|openid_connect|usersessions)_|^admin:(login|logout)$")
# What many forms have and nobody typed; and the language, which its switch has just changed.
COMMON = frozenset({"csrfmiddlewaretoken", "next", "language"})

KEPT = "typed"
PEOPLE = "typed_by"
DAYS_OF_PEOPLE = 30
MOST_PEOPLE = 8


@dataclass(frozen=True)
class Typed:
    """The fields of one form: who typed them (0: nobody who signs in), where it posts to, when it was kept (ISO).

    *is_wanted* says that the next page that has the form shows them in it.
    """

    owner: int
    address: str
    fields: list[list[str]]
    had_files: bool
    is_wanted: bool
    at: str

    @property
    def texts(self) -> list[str]:
        """Return the typed values that are text, to show where no form takes them any more."""
        return [value for _name, value in self.fields if " " in value.strip() or "\n" in value.strip()]


def fields_of(request: HttpRequest) -> list[list[str]]:
    """Return the fields of a posted form, if they may be held; none of one that asks for secrets, or is too long."""
    if request.method != "POST" or request.content_type not in FORMS:
        return []
    fields = [[name, value] for name, values in request.POST.lists() for value in values]
    is_secret = any(SECRET.search(name) for name, _value in fields) or belongs_to_signing_in(request)
    is_long = len(fields) > MOST_FIELDS or sum(len(name) + len(value) for name, value in fields) > LONGEST
    return [] if is_secret or is_long else fields


def belongs_to_signing_in(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and SIGNING_IN.match(match.view_name or "") is not None


def keep(
    request: HttpRequest, *, owner: int, address: str = "", is_wanted: bool = False, may_begin: bool = False
) -> bool:
    """Keep what *request* posts for *owner*, instead of what was kept before; return whether there is anything.

    What a script sends while somebody types is not kept: the form is still on the page. For nobody in particular only
    a session that holds something already keeps more, unless it *may_begin*: strangers must not fill the database.
    """
    if not (owner or may_begin or request.session.keys()):
        return False
    fields = [[name, value] for name, value in fields_of(request) if name not in COMMON]
    had_files = bool(request.FILES)
    is_by_script = "application/json" in request.headers.get("Accept", "") or ["then", "quiet"] in fields
    if is_by_script or not (had_files or any(value.strip() for _name, value in fields)):
        return False
    address = address or request.get_full_path()
    at = timezone.now().isoformat()
    put(request, Typed(owner, address, fields, had_files=had_files, is_wanted=is_wanted, at=at))
    return True


def put(request: HttpRequest, typed: Typed) -> None:
    request.session[KEPT] = seal(asdict(typed), purpose=KEPT, now=timezone.now())


def kept(request: HttpRequest) -> Typed | None:
    """Return what the person of *request* typed and may put back; forget what is somebody else's, or too old."""
    session = getattr(request, "session", None)
    if session is None or KEPT not in session:
        return None
    facts = unseal(session[KEPT], purpose=KEPT, life=LIFE, now=timezone.now())
    typed = Typed(**facts) if facts else None
    if typed and typed.owner == (request.user.pk or 0):
        return typed
    if typed is None or request.user.is_authenticated:
        forget(request)
    return None


def want(request: HttpRequest, typed: Typed) -> None:
    """Let the next page with the form show what was typed in it."""
    put(request, replace(typed, is_wanted=True))


def put_aside(request: HttpRequest, typed: Typed) -> None:
    """Offer what was typed again: the page that it was wanted on has no form for it."""
    put(request, replace(typed, is_wanted=False))


def offer(request: HttpRequest) -> dict[str, object]:
    """Context processor: what the person may put back, for the pages that offer it."""
    return {"typed_offer": SimpleLazyObject(lambda: offered(request))}


def offered(request: HttpRequest) -> Typed | None:
    typed = kept(request)
    return None if typed is None or typed.is_wanted else typed


def owner_of_old_page(request: HttpRequest) -> int | None:
    """Return who typed on a page that is from before the last sign-in; None when that is not certain.

    It is the person of now, if nobody else has signed in with this browser, and no other site sent it.
    """
    people, own = people_of(request), request.user.pk
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}":
        return None
    if len(people) == 1 and own in (None, people[0]):
        return people[0]
    match = request.resolver_match
    is_public = match is not None and not getattr(match.func, "login_required", True)
    return (own or 0) if is_public else None


def forget(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def people_of(request: HttpRequest) -> list[int]:
    """Return who has signed in with this browser lately, the last one last."""
    life = timedelta(days=DAYS_OF_PEOPLE)
    people = unseal(request.COOKIES.get(PEOPLE), purpose=PEOPLE, life=life, now=timezone.now())
    return list(people or [])


def remember_person(request: HttpRequest, response: HttpResponseBase) -> None:
    """Add the person of *request* to those who have signed in with this browser, unless they are the last already."""
    people = people_of(request)
    if people[-1:] == [request.user.pk]:
        return
    others: Iterable[int] = (pk for pk in people if pk != request.user.pk)
    now = timezone.now()
    response.set_cookie(
        PEOPLE,
        seal([*others, request.user.pk][-MOST_PEOPLE:], purpose=PEOPLE, now=now),
        max_age=timedelta(days=DAYS_OF_PEOPLE),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
