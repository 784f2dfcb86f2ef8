"""The bell and the notifications: read, marked, put away, by their reader only."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.views.overview.notifications import bell
from notifications.models import Notification
from tests.factories import MONDAY, NotificationFactory, UserFactory

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + timedelta(days=1)
LIST_QUERIES = 4


@pytest.fixture
def reader():
    return UserFactory()


@pytest.fixture
def client(reader):
    client = Client()
    client.force_login(reader)
    return client


def notifications(client, query="", *, moment=TUESDAY):
    with time_machine.travel(moment, tick=False):
        return client.get(f"/notifications/{query}")


def post(client, name, notification=None, **data):
    with time_machine.travel(TUESDAY, tick=False):
        return client.post(reverse(name, args=[notification.pk] if notification else []), data)


def test_the_list_shows_the_persons_notifications_unread_first(client, reader):
    unread = NotificationFactory(user=reader)
    read = NotificationFactory(user=reader, read_at=MONDAY)
    NotificationFactory(user=reader, archived_at=MONDAY)
    NotificationFactory(context={"claim_number": "CA-2020-000002", "customer_name": "Elsewhere"})

    response = notifications(client)

    assert [line.notification for line in response.context["lines"]] == [unread, read]
    assertContains(response, "CA-2020-000001: your association with Adventure Works is official.")
    assertNotContains(response, "Elsewhere")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"read", "unread"}),
        ("?show=unread", {"unread"}),
        ("?show=archived", {"archived"}),
        ("?show=x", {"read", "unread"}),
    ],
)
def test_the_filter_leaves_what_it_says(client, reader, query, shown):
    NotificationFactory(user=reader, key="unread")
    NotificationFactory(user=reader, key="read", read_at=MONDAY)
    NotificationFactory(user=reader, key="archived", archived_at=MONDAY)

    assert {line.notification.key for line in notifications(client, query).context["lines"]} == shown


def test_the_list_says_when_it_is_empty(client):
    assertContains(notifications(client), "No notifications here.")


def test_a_name_is_shown_as_it_is_written_and_never_as_markup(client, reader):
    NotificationFactory(
        user=reader, context={"claim_number": "CA-2020-000001", "customer_name": "<b>Smith & Sons</b>"}
    )

    assertContains(notifications(client), "&lt;b&gt;Smith &amp; Sons&lt;/b&gt;")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime.fromisoformat("2020-10-21T23:00:00+00:00"), "5 days left"),
        (datetime.fromisoformat("2020-10-25T12:00:00+00:00"), "1 day left"),
        (datetime.fromisoformat("2020-10-26T12:00:00+00:00"), "Last day today"),
        (datetime.fromisoformat("2020-10-26T23:00:00+00:00"), "Time is up"),
    ],
)
def test_a_notification_that_is_due_says_how_long_is_left(client, reader, moment, words):
    due_at = datetime.fromisoformat("2020-10-26T23:00:00+00:00")
    notification = NotificationFactory(user=reader, is_mandatory=True, due_at=due_at)

    assertContains(notifications(client, moment=moment), words)

    Notification.objects.filter(pk=notification.pk).update(done_at=MONDAY)
    assertNotContains(notifications(client, moment=moment), words)


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries_for_any_number_of_lines(client, reader, count, django_assert_num_queries):
    NotificationFactory.create_batch(count, user=reader)

    with django_assert_num_queries(LIST_QUERIES):
        assert len(notifications(client).context["lines"]) == count


def test_the_list_goes_on_over_pages(client, reader):
    newest_last = NotificationFactory.create_batch(31, user=reader)

    first = notifications(client, "?show=unread")
    second = notifications(client, "?show=unread&page=2")

    assert [line.notification for line in first.context["lines"]] == newest_last[:0:-1]
    assert (first.context["previous_url"], first.context["next_url"]) == ("", "/notifications/?show=unread&page=2")
    assert [line.notification for line in second.context["lines"]] == newest_last[:1]
    assert (second.context["previous_url"], second.context["next_url"]) == ("/notifications/?show=unread", "")


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9" * 40])
def test_a_page_that_cannot_be_read_is_the_first(client, reader, page):
    notification = NotificationFactory(user=reader)

    assert [line.notification for line in notifications(client, f"?page={page}").context["lines"]] == [notification]


def test_marking_one_as_read_leaves_the_others(client, reader):
    notification, other = NotificationFactory(user=reader), NotificationFactory(user=reader)

    assertRedirects(post(client, "notification_read", notification, show="unread"), "/notifications/?show=unread")

    assert dict(Notification.objects.values_list("pk", "read_at")) == {notification.pk: TUESDAY, other.pk: None}


def test_a_notification_read_before_keeps_its_time(client, reader):
    notification = NotificationFactory(user=reader, read_at=MONDAY)

    post(client, "notification_read", notification)

    notification.refresh_from_db()
    assert notification.read_at == MONDAY


def test_opening_a_notification_reads_it_and_leads_to_the_claim(client, reader):
    notification = NotificationFactory(user=reader, url="/associations/")

    assertRedirects(post(client, "notification_read", notification, open="1"), "/associations/")

    notification.refresh_from_db()
    assert notification.read_at == TUESDAY


def test_marking_all_as_read_leaves_other_people_alone(client, reader):
    NotificationFactory.create_batch(2, user=reader)
    others = NotificationFactory()

    assertRedirects(post(client, "notifications_read"), "/notifications/")

    assert [notification.pk for notification in Notification.objects.filter(read_at=None)] == [others.pk]


def test_a_notification_can_be_put_away(client, reader):
    notification = NotificationFactory(user=reader)

    assertRedirects(post(client, "notification_archive", notification), "/notifications/")

    notification.refresh_from_db()
    assert notification.archived_at == TUESDAY
    assert notifications(client).context["lines"] == []


def test_a_mandatory_notification_stays_until_it_is_done(client, reader):
    notification = NotificationFactory(user=reader, is_mandatory=True)
    archive = f'action="{reverse("notification_archive", args=[notification.pk])}"'
    assertNotContains(notifications(client), archive)

    refused = client.post(reverse("notification_archive", args=[notification.pk]), follow=True)

    assertContains(refused, "You can archive it once that is done.")
    notification.refresh_from_db()
    assert notification.archived_at is None

    Notification.objects.filter(pk=notification.pk).update(done_at=TUESDAY)
    assertContains(notifications(client), archive)
    post(client, "notification_archive", notification)
    notification.refresh_from_db()
    assert notification.archived_at == TUESDAY


@pytest.mark.parametrize("name", ["notification_read", "notification_archive"])
def test_another_persons_notification_is_not_found(client, name):
    notification = NotificationFactory()

    assert post(client, name, notification).status_code == 404

    notification.refresh_from_db()
    assert (notification.read_at, notification.archived_at) == (None, None)


@pytest.mark.parametrize("path", ["/notifications/read/", "/notifications/1/read/", "/notifications/1/archive/"])
def test_a_change_needs_a_post(client, path):
    assert client.get(path).status_code == 302


def test_the_bell_counts_what_is_unread(client, reader):
    NotificationFactory.create_batch(2, user=reader)
    NotificationFactory(user=reader, read_at=MONDAY)
    NotificationFactory(user=reader, archived_at=MONDAY)
    NotificationFactory()

    assertContains(client.get("/help/"), "2 unread notifications")


def test_the_bell_says_when_nothing_is_unread(client):
    assertContains(client.get("/help/"), "No unread notifications")


def test_the_bell_asks_nothing_about_who_is_not_signed_in(django_assert_num_queries, rf):
    request = rf.get("/")
    with django_assert_num_queries(0):
        page = Template("{{ unread_notifications }}").render(Context(bell(request)))

    assert page == "0"
