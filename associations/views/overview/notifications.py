"""The bell and the notifications behind it: read, marked as read, put away (domain.md 5)."""

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
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.post_only import post_only
from associations.views.actor import signed_in
from associations.views.zones import in_own_zone
from notifications import in_app
from notifications.models import Notification, NotificationQuerySet

PAGE_SIZE = 30
ALL, UNREAD, ARCHIVED = "", "unread", "archived"
FILTERS = {
    ALL: pgettext_lazy("notifications", "All"),
    UNREAD: gettext_lazy("Unread"),
    ARCHIVED: gettext_lazy("Archived"),
}


@dataclass(frozen=True)
class NotificationLine:
    """One notification as the list shows it."""

    notification: Notification
    words: str
    time_left: str

    @property
    def is_to_do(self) -> bool:
        """Return whether the notification asks for something that isn't done yet; it can't be archived before."""
        return self.notification.is_mandatory and self.notification.done_at is None


def bell(request: HttpRequest) -> dict[str, object]:
    """Give the header the number of unread notifications: one query, asked only where the bell is drawn."""
    return {"unread_notifications": partial(unread_of, getattr(request, "user", AnonymousUser()))}


def unread_of(user: User | AnonymousUser) -> int:
    """Return how many notifications *user* has not read; 0 if nobody is signed in."""
    return Notification.objects.for_user(user).unread().count() if isinstance(user, User) else 0


@require_safe
@in_own_zone
def notification_list(request: HttpRequest) -> HttpResponse:
    """The person's notifications, unread first, a page at a time."""
    show = asked_filter(request.GET)
    found = filtered(show, user=signed_in(request)).unread_first()
    page = asked_page(request.GET)
    notifications = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
    now = timezone.now()
    context = {
        "lines": [
            NotificationLine(each, in_app.words_of(each), time_left(each, now=now))
            for each in notifications[:PAGE_SIZE]
        ],
        "filters": [(list_url(value), label, value == show) for value, label in FILTERS.items()],
        "show": show,
        "previous_url": list_url(show, page=page - 1) if page > 1 else "",
        "next_url": list_url(show, page=page + 1) if len(notifications) > PAGE_SIZE else "",
    }
    return render(request, "notifications/list.html", context)


@post_only("notifications")
def notification_read(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Mark one notification as read, and go on to what it is about, or back to the list."""
    own = Notification.objects.for_user(signed_in(request))
    notification = get_object_or_404(own, pk=notification_id)
    own.unread().filter(pk=notification_id).update(read_at=timezone.now())
    return redirect(notification.url if "open" in request.POST else list_url(asked_filter(request.POST)))


@post_only("notifications")
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark all of the person's notifications as read."""
    Notification.objects.for_user(signed_in(request)).unread().update(read_at=timezone.now())
    return redirect(list_url(asked_filter(request.POST)))


@post_only("notifications")
def notification_archive(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Put one notification away, unless it asks for something that is not done yet."""
    own = Notification.objects.for_user(signed_in(request))
    notification = get_object_or_404(own, pk=notification_id)
    is_put_away = own.archivable().filter(pk=notification_id).update(archived_at=timezone.now())
    if not is_put_away and notification.archived_at is None:
        messages.error(request, _("This notification asks you to do something. You can archive it once that is done."))
    return redirect(list_url(asked_filter(request.POST)))


def filtered(show: str, *, user: User) -> NotificationQuerySet:
    """Return the notifications of *user* that the filter *show* leaves."""
    own = Notification.objects.for_user(user)
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
    return reverse("notifications") + (f"?{urlencode(query)}" if query else "")


def time_left(notification: Notification, *, now: datetime) -> str:
    """Return in words how long what *notification* asks for can still be done, or nothing where nothing is due."""
    if notification.due_at is None or notification.done_at is not None:
        return ""
    days = (notification.due_at - now).days
    if notification.due_at <= now:
        return _("Time is up")
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days} if days else _("Last day today")
