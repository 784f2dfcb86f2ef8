"""Reports are fetched from an IMAP folder and marked there; a mailbox out of reach says why."""

import socket
from urllib.parse import unquote

import pytest
from django.core.management import CommandError, call_command

from notifications.incoming import oauth
from notifications.incoming.mailboxes import BoxUnreachable, configured_box
from notifications.incoming.processing import ReportCounts, read_bounces
from notifications.models import ClockRun, OutboxEmail
from operations.clocks import run_clock
from tests.notifications.delivery_reports import out_of_office, returned
from tests.notifications.imap_server import imap_server
from tests.notifications.notices import NOW, sent_mail
from tests.notifications.token_server import token_server

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
    assert "UID FETCH 7 (BODY.PEEK[]<0.26214400>)" in server.asked
    assert server.asked[-1] == "LOGOUT"
    assert OutboxEmail.objects.get().status == "bounced"


@pytest.mark.django_db
def test_without_a_folder_the_inbox_is_read(settings):
    with imap_server({}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces:{PASSWORD}@127.0.0.1:{server.port}"

        read_bounces(now=NOW)

    assert 'SELECT "INBOX"' in server.asked


@pytest.mark.django_db
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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("user", "password", "folder"),
    [
        ("bounces", "p%C3%A4ssword", "INBOX"),
        ("b%C3%BCro@portal.example", "p%40ss%20word", "INBOX"),
        ("bounces", PASSWORD, "R%C3%BCckl%C3%A4ufer"),
        ("bounces", PASSWORD, "R\u00fcckl\u00e4ufer"),
    ],
)
def test_letters_beyond_ascii_open_the_mailbox_as_any_others(settings, user, password, folder):
    email = sent_mail()
    with imap_server({1: returned(email.message_id)}) as server:
        server.user, server.password = unquote(user), unquote(password)
        settings.BOUNCE_IMAP_URL = f"imap://{user}:{password}@127.0.0.1:{server.port}/{folder}"

        assert read_bounces(now=NOW) == ReportCounts(noted=1)


def test_a_server_that_takes_ascii_passwords_only_is_said(settings):
    with imap_server({}) as server:
        server.capabilities = "IMAP4rev1"
        settings.BOUNCE_IMAP_URL = f"imap://bounces:p%C3%A4ssword@127.0.0.1:{server.port}"

        with pytest.raises(BoxUnreachable, match="only names and passwords in ASCII"):
            read_bounces(now=NOW)


@pytest.fixture
def app_registration(settings):
    """An identity provider that knows the portal, and a mailbox at Exchange Online."""
    oauth.forget()
    with token_server() as provider:
        settings.BOUNCE_OAUTH_TENANT_ID = "tenant"
        settings.BOUNCE_OAUTH_CLIENT_ID = "client"
        settings.BOUNCE_OAUTH_CLIENT_SECRET = "s3cret"
        settings.BOUNCE_OAUTH_TOKEN_URL = provider.url
        yield provider
    oauth.forget()


@pytest.mark.django_db
def test_a_mailbox_without_passwords_is_opened_by_a_token(settings, app_registration):
    email = sent_mail()
    with imap_server({1: returned(email.message_id)}) as server:
        server.token = "token-1"
        settings.BOUNCE_IMAP_URL = f"imap://bounces%40portal.example@127.0.0.1:{server.port}/INBOX"

        assert read_bounces(now=NOW) == ReportCounts(noted=1)
        assert read_bounces(now=NOW) == ReportCounts()

    assert app_registration.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "client",
            "client_secret": "s3cret",
            "scope": "https://outlook.office365.com/.default",
        }
    ]


@pytest.mark.django_db
def test_a_token_that_the_mailbox_refuses_or_that_has_ended_is_fetched_anew(settings, app_registration):
    with imap_server({}) as server:
        server.token = "token-2"
        settings.BOUNCE_IMAP_URL = f"imap://bounces%40portal.example@127.0.0.1:{server.port}/INBOX"
        with pytest.raises(BoxUnreachable, match="AUTHENTICATE failed"):
            read_bounces(now=NOW)
        app_registration.token, app_registration.seconds = "token-2", 30
        read_bounces(now=NOW)
        read_bounces(now=NOW)

    assert len(app_registration.asked) == 3


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"secret": "another"}, "AADSTS7000215: Invalid client secret."),
        ({"answer": b"<html>"}, "the token could not be fetched"),
        ({"answer": b"[]"}, "the answer is no token"),
        ({"answer": b'{"access_token": "a\\r\\nb"}'}, "the answer is no token"),
        ({"answer": b"[" * 90_000}, "the token could not be fetched"),
        ({"answer": b"x" * 300_000}, "the token could not be fetched"),
    ],
)
def test_a_provider_without_a_token_is_one_line_without_the_secret(settings, app_registration, facts, said):
    for name, value in facts.items():
        setattr(app_registration, name, value)
    with imap_server({}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces%40portal.example@127.0.0.1:{server.port}/INBOX"

        with pytest.raises(BoxUnreachable, match=said) as refusal:
            read_bounces(now=NOW)

    assert "s3cret" not in str(refusal.value)
    assert str(refusal.value).isprintable()


def test_a_provider_out_of_reach_is_one_line(settings, app_registration):
    settings.BOUNCE_OAUTH_TOKEN_URL = "http://127.0.0.1:1/token"
    with imap_server({}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces%40portal.example@127.0.0.1:{server.port}/INBOX"

        with pytest.raises(BoxUnreachable, match="the token could not be fetched"):
            read_bounces(now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE"])
def test_a_server_that_hangs_up_is_one_line_in_the_log_and_no_run(settings, caplog, at):
    email = sent_mail()
    with imap_server({1: returned(email.message_id)}) as server:
        server.hangs_up_at = at
        settings.BOUNCE_IMAP_URL = f"imap://bounces:{PASSWORD}@127.0.0.1:{server.port}/INBOX"

        run_clock("read_bounces")

    (line,) = [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert line.message.startswith("The bounce mailbox at 127.0.0.1 cannot be")
    assert line.exc_info is None
    assert not ClockRun.objects.exists()


@pytest.mark.django_db
def test_what_is_about_none_of_ours_is_flagged_in_the_folder(settings):
    with imap_server({1: returned("<unknown@elsewhere.example>"), 2: b"\n"}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces:{PASSWORD}@127.0.0.1:{server.port}/INBOX"

        assert read_bounces(now=NOW) == ReportCounts(unattributed=2)

    assert server.flagged == server.seen == {1, 2}


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


@pytest.mark.parametrize(
    "url", ["https://portal.example/bounces", "imaps:///INBOX", "bounces", "imaps://u:p@h:x/", "imaps://[::1/"]
)
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

    assert capsys.readouterr().out == (
        "1 noted, 0 kept for a person, 1 of no news, 0 marked because they are about none of ours,"
        " 0 left for the next run\n"
    )


@pytest.mark.django_db
def test_the_clock_reads_the_mailbox(settings):
    email = sent_mail()
    with imap_server({1: returned(email.message_id)}) as server:
        settings.BOUNCE_IMAP_URL = f"imap://bounces:{PASSWORD}@127.0.0.1:{server.port}"

        run_clock("read_bounces")

    assert OutboxEmail.objects.get().status == "bounced"
