"""The bell and the notices: read, marked, put away, by their reader only."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from associations.views.notices import bell
from notifications.models import Notice
from tests.factories import MONDAY, NoticeFactory, UserFactory

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


def notices(client, query="", *, moment=TUESDAY):
    with time_machine.travel(moment, tick=False):
        return client.get(f"/notices/{query}")


def post(client, name, notice=None, **data):
    with time_machine.travel(TUESDAY, tick=False):
        return client.post(reverse(name, args=[notice.pk] if notice else []), data)


def test_the_list_shows_the_persons_notices_unread_first(client, reader):
    unread = NoticeFactory(user=reader)
    read = NoticeFactory(user=reader, read_at=MONDAY)
    NoticeFactory(user=reader, archived_at=MONDAY)
    NoticeFactory(context={"claim_number": "CA-2020-000002", "customer_name": "Elsewhere"})

    response = notices(client)

    assert [line.notice for line in response.context["lines"]] == [unread, read]
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
    NoticeFactory(user=reader, key="unread")
    NoticeFactory(user=reader, key="read", read_at=MONDAY)
    NoticeFactory(user=reader, key="archived", archived_at=MONDAY)

    assert {line.notice.key for line in notices(client, query).context["lines"]} == shown


def test_the_list_says_when_it_is_empty(client):
    assertContains(notices(client), "No notices here.")


def test_a_name_is_shown_as_it_is_written_and_never_as_markup(client, reader):
    NoticeFactory(user=reader, context={"claim_number": "CA-2020-000001", "customer_name": "<b>Smith & Sons</b>"})

    assertContains(notices(client), "&lt;b&gt;Smith &amp; Sons&lt;/b&gt;")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime.fromisoformat("2020-10-21T23:00:00+00:00"), "5 days left"),
        (datetime.fromisoformat("2020-10-25T12:00:00+00:00"), "1 day left"),
        (datetime.fromisoformat("2020-10-26T12:00:00+00:00"), "Last day today"),
        (datetime.fromisoformat("2020-10-26T23:00:00+00:00"), "Time is up"),
    ],
)
def test_a_notice_that_is_due_says_how_long_is_left(client, reader, moment, words):
    due_at = datetime.fromisoformat("2020-10-26T23:00:00+00:00")
    notice = NoticeFactory(user=reader, is_mandatory=True, due_at=due_at)

    assertContains(notices(client, moment=moment), words)

    Notice.objects.filter(pk=notice.pk).update(done_at=MONDAY)
    assertNotContains(notices(client, moment=moment), words)


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries_for_any_number_of_notices(client, reader, count, django_assert_num_queries):
    NoticeFactory.create_batch(count, user=reader)

    with django_assert_num_queries(LIST_QUERIES):
        assert len(notices(client).context["lines"]) == count


def test_the_list_goes_on_over_pages(client, reader):
    newest_last = NoticeFactory.create_batch(31, user=reader)

    first = notices(client, "?show=unread")
    second = notices(client, "?show=unread&page=2")

    assert [line.notice for line in first.context["lines"]] == newest_last[:0:-1]
    assert (first.context["previous_url"], first.context["next_url"]) == ("", "/notices/?show=unread&page=2")
    assert [line.notice for line in second.context["lines"]] == newest_last[:1]
    assert (second.context["previous_url"], second.context["next_url"]) == ("/notices/?show=unread", "")


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9" * 40])
def test_a_page_that_cannot_be_read_is_the_first(client, reader, page):
    notice = NoticeFactory(user=reader)

    assert [line.notice for line in notices(client, f"?page={page}").context["lines"]] == [notice]


def test_marking_one_as_read_leaves_the_others(client, reader):
    notice, other = NoticeFactory(user=reader), NoticeFactory(user=reader)

    assertRedirects(post(client, "notice_read", notice, show="unread"), "/notices/?show=unread")

    assert dict(Notice.objects.values_list("pk", "read_at")) == {notice.pk: TUESDAY, other.pk: None}


def test_a_notice_read_before_keeps_its_time(client, reader):
    notice = NoticeFactory(user=reader, read_at=MONDAY)

    post(client, "notice_read", notice)

    notice.refresh_from_db()
    assert notice.read_at == MONDAY


def test_opening_a_notice_reads_it_and_leads_to_the_claim(client, reader):
    notice = NoticeFactory(user=reader, url="/associations/")

    assertRedirects(post(client, "notice_read", notice, open="1"), "/associations/")

    notice.refresh_from_db()
    assert notice.read_at == TUESDAY


def test_marking_all_as_read_leaves_other_people_alone(client, reader):
    NoticeFactory.create_batch(2, user=reader)
    others = NoticeFactory()

    assertRedirects(post(client, "notices_read"), "/notices/")

    assert [notice.pk for notice in Notice.objects.filter(read_at=None)] == [others.pk]


def test_a_notice_can_be_put_away(client, reader):
    notice = NoticeFactory(user=reader)

    assertRedirects(post(client, "notice_archive", notice), "/notices/")

    notice.refresh_from_db()
    assert notice.archived_at == TUESDAY
    assert notices(client).context["lines"] == []


def test_a_mandatory_notice_stays_until_it_is_done(client, reader):
    notice = NoticeFactory(user=reader, is_mandatory=True)
    archive = f'action="{reverse("notice_archive", args=[notice.pk])}"'
    assertNotContains(notices(client), archive)

    refused = client.post(reverse("notice_archive", args=[notice.pk]), follow=True)

    assertContains(refused, "It can be archived once that is done.")
    notice.refresh_from_db()
    assert notice.archived_at is None

    Notice.objects.filter(pk=notice.pk).update(done_at=TUESDAY)
    assertContains(notices(client), archive)
    post(client, "notice_archive", notice)
    notice.refresh_from_db()
    assert notice.archived_at == TUESDAY


@pytest.mark.parametrize("name", ["notice_read", "notice_archive"])
def test_another_persons_notice_is_not_found(client, name):
    notice = NoticeFactory()

    assert post(client, name, notice).status_code == 404

    notice.refresh_from_db()
    assert (notice.read_at, notice.archived_at) == (None, None)


@pytest.mark.parametrize("path", ["/notices/read/", "/notices/1/read/", "/notices/1/archive/"])
def test_a_change_needs_a_post(client, path):
    assert client.get(path).status_code == 405


def test_the_bell_counts_what_is_unread(client, reader):
    NoticeFactory.create_batch(2, user=reader)
    NoticeFactory(user=reader, read_at=MONDAY)
    NoticeFactory(user=reader, archived_at=MONDAY)
    NoticeFactory()

    assertContains(client.get("/help/"), "2 unread notices")


def test_the_bell_says_when_nothing_is_unread(client):
    assertContains(client.get("/help/"), "No unread notices")


def test_the_bell_asks_nothing_about_who_is_not_signed_in(django_assert_num_queries, rf):
    request = rf.get("/")
    with django_assert_num_queries(0):
        page = Template("{{ unread_notices }}").render(Context(bell(request)))

    assert page == "0"
