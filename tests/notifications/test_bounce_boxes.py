"""Reports are fetched from an IMAP folder and marked there; a mailbox out of reach says why."""

import socket

import pytest
from django.core.management import CommandError, call_command

from notifications.bounce_boxes import BoxUnreachable, configured_box
from notifications.bounces import ReportCounts, read_bounces
from notifications.models import OutboxEmail
from notifications.tasks import read_bounces as read_bounces_task
from tests.notifications.delivery_reports import out_of_office, returned
from tests.notifications.imap_server import imap_server
from tests.notifications.notices import NOW
from tests.notifications.test_bounces import sent_mail

PASSWORD = "p%40ss%20word"


@pytest.mark.django_db
def test_unseen_messages_of_the_folder_are_read_once_and_marked_as_seen(settings):
    email = sent_mail()
    with imap_server({7: returned(email.message_id), 9: out_of_office(email.message_id)}) as server:
        settings.BOUNCE_IMAP_URL = (
            f"imap://bounces@portal.example:{PASSWORD}@127.0.0.1:{server.port}/Delivery%20reports"
        )

        first = read_bounces(now=NOW)
        second = read_bounces(now=NOW)

    assert (first, second) == (ReportCounts(noted=1, ignored=1), ReportCounts())
    assert server.seen == {7, 9}
    assert 'SELECT "Delivery reports"' in server.asked
    assert "UID FETCH 7 (BODY.PEEK[]<0.262144>)" in server.asked
    assert server.asked[-1] == "LOGOUT"
    assert OutboxEmail.objects.get().status == "bounced"


def test_without_a_folder_the_inbox_is_read(settings):
    with imap_server({}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces:{PASSWORD}@127.0.0.1:{server.port}"

        read_bounces(now=NOW)

    assert 'SELECT "INBOX"' in server.asked


def test_a_message_deleted_by_somebody_else_is_passed_over(settings):
    with imap_server({3: b""}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces:{PASSWORD}@127.0.0.1:{server.port}"

        assert read_bounces(now=NOW) == ReportCounts()


@pytest.mark.parametrize(
    ("password", "folder", "said"), [("guess", "INBOX", "wrong password"), (PASSWORD, "Sent", "no such folder")]
)
def test_a_mailbox_that_does_not_open_says_why_and_never_the_password(settings, password, folder, said):
    with imap_server({}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces:{password}@127.0.0.1:{server.port}/{folder}"

        with pytest.raises(BoxUnreachable, match=said) as refusal:
            read_bounces(now=NOW)

    assert password not in str(refusal.value)


def test_a_server_that_is_down_is_said(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.BOUNCE_IMAP_URL = f"imap://bounces:{PASSWORD}@127.0.0.1:{port}/INBOX"

    with pytest.raises(BoxUnreachable, match="cannot be opened"):
        read_bounces(now=NOW)


def test_an_encrypted_connection_is_not_made_to_a_server_without_encryption(settings):
    settings.EMAIL_TIMEOUT = 1
    with imap_server({}) as server:
        settings.BOUNCE_IMAP_URL = f"imaps://bounces:{PASSWORD}@127.0.0.1:{server.port}/INBOX"

        with pytest.raises(BoxUnreachable, match="cannot be opened"):
            read_bounces(now=NOW)

    assert [command for command in server.asked if "LOGIN" in command] == []


@pytest.mark.parametrize("url", ["https://portal.example/bounces", "imaps:///INBOX", "bounces"])
def test_an_address_of_no_use_is_said(settings, url):
    settings.BOUNCE_IMAP_URL = url

    with pytest.raises(BoxUnreachable, match="BOUNCE_IMAP_URL"):
        configured_box()


def test_the_command_says_that_no_mailbox_is_set():
    with pytest.raises(CommandError, match="No bounce mailbox is set"):
        call_command("read_bounces")


def test_the_command_says_that_the_mailbox_is_out_of_reach(settings, tmp_path):
    settings.BOUNCE_MAILDIR = str(tmp_path / "nowhere")

    with pytest.raises(CommandError, match="is no Maildir"):
        call_command("read_bounces")


@pytest.mark.django_db
def test_the_command_says_what_it_found(settings, capsys):
    email = sent_mail()
    with imap_server({1: returned(email.message_id), 2: returned(email.message_id)}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces:{PASSWORD}@127.0.0.1:{server.port}"

        call_command("read_bounces")

    assert capsys.readouterr().out == "1 noted, 1 of no news, 0 left for the next run\n"


@pytest.mark.django_db
def test_the_clock_reads_the_mailbox_and_is_found_under_its_name(settings):
    email = sent_mail()
    with imap_server({1: returned(email.message_id)}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces:{PASSWORD}@127.0.0.1:{server.port}"

        read_bounces_task()

    assert OutboxEmail.objects.get().status == "bounced"
    assert settings.CELERY_BEAT_SCHEDULE["read_bounces"]["task"] == read_bounces_task.name
