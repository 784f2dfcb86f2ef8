"""The bell and the notices behind it: read, marked as read, put away (domain.md 5)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from associations.views.moments import in_own_zone
from associations.views.people import signed_in
from notifications import noticeboard
from notifications.models import Notice, NoticeQuerySet

PAGE_SIZE = 30
ALL, UNREAD, ARCHIVED = "", "unread", "archived"
FILTERS = {ALL: gettext_lazy("All"), UNREAD: gettext_lazy("Unread"), ARCHIVED: gettext_lazy("Archived")}


@dataclass(frozen=True)
class Line:
    """One notice as the list shows it."""

    notice: Notice
    words: str
    time_left: str

    @property
    def is_to_do(self) -> bool:
        """Whether the notice asks for something that is not done yet, so that it can't be put away."""
        return self.notice.is_mandatory and self.notice.done_at is None


def bell(request: HttpRequest) -> dict[str, object]:
    """Give the header the number of unread notices: one query, asked only where the bell is drawn."""
    return {"unread_notices": partial(unread_of, getattr(request, "user", AnonymousUser()))}


def unread_of(user: User | AnonymousUser) -> int:
    """Return how many notices *user* has not read; nobody tells anything to who is not signed in."""
    return Notice.objects.for_user(user).unread().count() if isinstance(user, User) else 0


@require_safe
@in_own_zone
def notice_list(request: HttpRequest) -> HttpResponse:
    """The person's notices, unread first, a page at a time."""
    show = asked_filter(request.GET)
    found = filtered(show, user=signed_in(request)).unread_first()
    page = asked_page(request.GET)
    notices = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
    now = timezone.now()
    context = {
        "lines": [Line(each, noticeboard.words_of(each), time_left(each, now=now)) for each in notices[:PAGE_SIZE]],
        "filters": [(list_url(value), label, value == show) for value, label in FILTERS.items()],
        "show": show,
        "previous_url": list_url(show, page=page - 1) if page > 1 else "",
        "next_url": list_url(show, page=page + 1) if len(notices) > PAGE_SIZE else "",
    }
    return render(request, "notices/list.html", context)


@require_POST
def notice_read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one notice as read, and go on to what it is about, or back to the list."""
    own = Notice.objects.for_user(signed_in(request))
    notice = get_object_or_404(own, pk=notice_id)
    own.unread().filter(pk=notice_id).update(read_at=timezone.now())
    return redirect(notice.url if "open" in request.POST else list_url(asked_filter(request.POST)))


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all of the person's notices as read."""
    Notice.objects.for_user(signed_in(request)).unread().update(read_at=timezone.now())
    return redirect(list_url(asked_filter(request.POST)))


@require_POST
def notice_archive(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Put one notice away, unless it asks for something that is not done yet."""
    own = Notice.objects.for_user(signed_in(request))
    notice = get_object_or_404(own, pk=notice_id)
    is_put_away = own.archivable().filter(pk=notice_id).update(archived_at=timezone.now())
    if not is_put_away and notice.archived_at is None:
        messages.error(request, _("This notice asks you for something. It can be archived once that is done."))
    return redirect(list_url(asked_filter(request.POST)))


def filtered(show: str, *, user: User) -> NoticeQuerySet:
    """Return the notices of *user* that the filter *show* leaves."""
    own = Notice.objects.for_user(user)
    if show == ARCHIVED:
        return own.archived()
    return own.unread() if show == UNREAD else own.active()


def asked_filter(asked: QueryDict) -> str:
    """Return the filter that *asked* names; an unknown one is none."""
    show = asked.get("show", ALL)
    return show if show in FILTERS else ALL


def asked_page(asked: QueryDict) -> int:
    """Return the number of the page that *asked* names; one that can't be read is the first."""
    text = asked.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return max(number, 1)


def list_url(show: str, *, page: int = 1) -> str:
    """Return the address of one page of the list."""
    query = ({"show": show} if show else {}) | ({"page": str(page)} if page > 1 else {})
    return reverse("notices") + (f"?{urlencode(query)}" if query else "")


def time_left(notice: Notice, *, now: datetime) -> str:
    """Return in words how long what *notice* asks for can still be done, or nothing where nothing is due."""
    if notice.due_at is None or notice.done_at is not None:
        return ""
    days = (notice.due_at - now).days
    if notice.due_at <= now:
        return _("Time is up")
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days} if days else _("Last day today")
