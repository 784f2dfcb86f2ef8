"""The notificationboard: told once, in the reader's words, and settled when it is done."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from notifications import in_app
from notifications.models import Notification
from tests.factories import MONDAY, NotificationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]

TUESDAY = MONDAY + timedelta(days=1)
FACTS = {"claim_number": "CA-2020-000001", "customer_name": "Adventure Works"}
CLAIM = "/associations/1/"


def post(*users, key="claim:1:approved", kind="claim_approved", **facts):
    in_app.post(key=key, users=users, kind=kind, context=FACTS, url=CLAIM, now=MONDAY, **facts)


def test_each_person_is_told_once_per_key():
    anna, bruno = UserFactory(), UserFactory()

    post(anna)
    post(anna, bruno)
    post(anna, key="claim:2:approved")

    assert sorted(Notification.objects.values_list("user", "key")) == [
        (anna.pk, "claim:1:approved"),
        (anna.pk, "claim:2:approved"),
        (bruno.pk, "claim:1:approved"),
    ]


def test_a_notification_keeps_what_it_was_told():
    anna = UserFactory()

    post(anna, kind="action_required", due_at=TUESDAY, is_mandatory=True)

    notification = Notification.objects.get()
    assert (notification.user, notification.kind, notification.context, notification.url) == (
        anna,
        "action_required",
        FACTS,
        CLAIM,
    )
    assert (notification.due_at, notification.is_mandatory, notification.created_at) == (TUESDAY, True, MONDAY)
    assert (notification.read_at, notification.done_at, notification.archived_at) == (None, None, None)


@pytest.mark.parametrize("count", [1, 30])
def test_telling_takes_one_statement_however_many_are_told(count, django_assert_num_queries):
    people = UserFactory.create_batch(count)

    with django_assert_num_queries(1):
        post(*people)


def test_settling_ends_what_is_to_be_done_about_one_claim_and_leaves_the_rest():
    todo = NotificationFactory(kind="action_required", is_mandatory=True, url=CLAIM)
    seen = NotificationFactory(kind="action_required", is_mandatory=True, url=CLAIM, read_at=MONDAY)
    NotificationFactory(kind="action_required", is_mandatory=True, url="/associations/2/")
    NotificationFactory(kind="notice_bounced", is_mandatory=True, url=CLAIM)
    NotificationFactory(kind="action_required", url=CLAIM)

    assert in_app.settle(kind="action_required", urls=[CLAIM], now=TUESDAY) == 2
    assert in_app.settle(kind="action_required", urls=[CLAIM], now=TUESDAY + timedelta(days=1)) == 0

    done = Notification.objects.filter(done_at=TUESDAY).order_by("pk")
    assert list(done.values_list("pk", "read_at")) == [(todo.pk, TUESDAY), (seen.pk, MONDAY)]


def test_phrases_sort_the_notifications_of_one_person():
    anna = UserFactory()
    read = NotificationFactory(user=anna, read_at=MONDAY)
    unread = NotificationFactory(user=anna)
    archived = NotificationFactory(user=anna, archived_at=MONDAY)
    todo = NotificationFactory(user=anna, is_mandatory=True)
    done = NotificationFactory(user=anna, is_mandatory=True, done_at=MONDAY, read_at=TUESDAY)
    NotificationFactory()

    own = Notification.objects.for_user(anna)
    assert list(own.unread_first().active()) == [todo, unread, done, read]
    assert set(own.unread()) == {unread, todo}
    assert list(own.archived()) == [archived]
    assert set(own.archivable()) == {read, unread, done}


def test_the_database_keeps_a_mandatory_notification_until_it_is_done():
    notification = NotificationFactory(is_mandatory=True)

    with pytest.raises(IntegrityError, match="archived_mandatory_notice_is_done"), transaction.atomic():
        Notification.objects.filter(pk=notification.pk).update(archived_at=TUESDAY)

    assert Notification.objects.filter(pk=notification.pk).update(archived_at=TUESDAY, done_at=TUESDAY) == 1


def test_a_notification_is_named_by_its_key():
    assert str(NotificationFactory(key="claim:1:approved")) == "claim:1:approved"


DATED = {"due_on": "2020-10-30", "first_end_on": "2020-12-18", "dispute_until_on": None}
WORDS = {
    "action_required": "CA-2020-000001: the reviewer asks for more on your claim for Smith & Sons."
    " Reply by the end of 30 October 2020, or the claim is rejected.",
    "answer_reminder": "CA-2020-000001: the reviewer is still waiting for your reply."
    " Reply by the end of 30 October 2020, or the claim is rejected.",
    "association_ended": "CA-2020-000001: your association with Smith & Sons has ended.",
    "claim_approved": "CA-2020-000001: your association with Smith & Sons is official.",
    "claim_rejected": "CA-2020-000001: your claim for Smith & Sons was rejected. This decision is final.",
    "competing_found": "CA-2020-000001: a competing claim for Smith & Sons. Add your most recent proof of execution.",
    "customer_message": "CA-2020-000001: Smith & Sons approved the association, with a message for you.",
    "notice_bounced": "CA-2020-000001: the notice to Smith & Sons did not arrive."
    " Correct the contact, or send it again.",
    "reviewer_commented": "CA-2020-000001: a reviewer commented on your claim for Smith & Sons.",
    "subscription_ending": "CA-2020-000001: a subscription of Smith & Sons ends on 18 December 2020."
    " A renewed one needs a new claim.",
}


@pytest.mark.parametrize("kind", WORDS)
def test_the_words_are_plain_text_with_names_and_dates(kind):
    facts = FACTS | DATED | {"customer_name": "Smith & Sons"}

    assert in_app.words_of(NotificationFactory(kind=kind, context=facts)) == WORDS[kind]


@pytest.mark.parametrize("kind", ["action_required", "answer_reminder", "claim_rejected"])
def test_a_day_on_which_something_ends_is_told_with_its_zone(kind):
    facts = FACTS | DATED | {"dispute_until_on": "2020-10-30", "day_zone": "CET"}

    assert "the end of 30 October 2020 (CET)" in in_app.words_of(NotificationFactory(kind=kind, context=facts))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"is_customers_decision": True}, "CA-2020-000001: Adventure Works opted out, so your claim was rejected."),
        (
            {"dispute_until_on": "2020-11-18"},
            "CA-2020-000001: your claim for Adventure Works was rejected."
            " You can dispute that until the end of 18 November 2020.",
        ),
    ],
)
def test_a_rejection_says_who_decided_and_what_is_left(facts, words):
    assert in_app.words_of(NotificationFactory(kind="claim_rejected", context=FACTS | facts)) == words


def test_the_words_come_in_the_language_of_the_reader():
    notification = NotificationFactory(kind="action_required", context=FACTS | DATED)

    with translation.override("it"):
        assert "30 ottobre 2020" in in_app.words_of(notification)
