"""Tests the pages for operators: `/healthz`, `/readyz` and `/metrics`."""

import re
import socket
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from associations.choices import ClaimStatus, ConsentStatus
from associations.files.seals import keys
from associations.models import Claim, ProofReading
from cpor_portal.celery import app
from notifications.clock_runs import run_of
from notifications.models import ClockRun, OutboxEmail
from operations import readiness
from operations.clocks import CLOCKS
from tests.factories import ClockRunFactory, IncomingCountFactory, MailTroubleFactory, ProofFactory
from tests.notifications.notices import enqueue
from tests.stories import submitted_claim

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture(autouse=True)
def a_process_that_has_just_started(monkeypatch):
    monkeypatch.setattr(readiness, "PROCESS_STARTED_AT", timezone.now())
    readiness._seen.clear()
    yield
    readiness._seen.clear()


def findings(client):
    response = client.get(reverse("readyz"))
    return response.status_code, response.json()


def test_a_portal_that_works_is_ready(client):
    status, lines = findings(client)

    assert status == 200
    assert lines["database"] == lines["broker"] == lines["storage"] == lines["mail"] == "ok"
    assert lines["oldest due mail"] == lines["oldest overdue window"] == "none"
    assert {name for name in lines if name.startswith("clock ")} == {f"clock {clock.name}" for clock in CLOCKS}


def test_readiness_takes_six_queries_whatever_waits(client, django_assert_num_queries):
    for number in range(30):
        enqueue(key=str(number), now=timezone.now())

    with django_assert_num_queries(6):
        client.get(reverse("readyz"))


def test_a_refused_envelope_address_is_said_and_takes_nothing_out_of_service(client):
    assert findings(client)[1]["envelope addresses"] == "ok"

    MailTroubleFactory()

    status, lines = findings(client)
    assert status == 200
    assert lines["envelope addresses"].startswith("refused by the mail server")


def test_each_line_of_the_answer_is_one_part(client):
    body = client.get(reverse("readyz")).content.decode()

    assert '\n "database": "ok",\n' in body


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 503)])
def test_a_clock_is_red_when_it_has_not_run_for_three_of_its_intervals(client, minutes, status):
    ClockRunFactory(clock="expire_answers", ended_at=timezone.now() - timedelta(minutes=minutes))

    seen, lines = findings(client)

    assert seen == status
    assert lines["clock expire_answers"].startswith("red: ran ") == (status == 503)


def test_a_clock_that_never_ran_is_red_once_it_had_time_to(client, monkeypatch):
    monkeypatch.setattr(readiness, "PROCESS_STARTED_AT", timezone.now() - timedelta(minutes=4))

    status, lines = findings(client)

    assert status == 503
    assert lines["clock approve_unopposed_claims"] == "red: has not run yet"
    assert lines["clock expire_answers"] == "has not run yet"


def test_a_mail_that_is_long_due_is_red(client):
    enqueue(key="late", now=timezone.now() - timedelta(minutes=11))

    assert findings(client)[1]["oldest due mail"] == "red: for 660 s"


def test_an_open_window_past_its_end_is_red_even_when_the_claim_is_held(client):
    claim = submitted_claim()
    ended = timezone.now() - timedelta(minutes=4)
    Claim.objects.filter(pk=claim.pk).update(
        consent_status=ConsentStatus.OPEN,
        has_competing_claim=True,
        opt_out_opens_at=ended - timedelta(days=7),
        opt_out_closes_at=ended,
    )

    assert findings(client)[1]["oldest overdue window"] == "red: for 240 s"


def test_a_mail_server_that_is_away_is_red_and_not_waited_for(client, settings):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        settings.EMAIL_HOST, settings.EMAIL_PORT = unused.getsockname()
    settings.MAILBOX_DIR = None

    status, lines = findings(client)

    assert (status, lines["mail"], lines["broker"]) == (503, "red: unreachable", "ok")


def test_a_broker_that_is_away_is_red(client, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        monkeypatch.setattr(app.conf, "broker_write_url", f"redis://127.0.0.1:{unused.getsockname()[1]}/0")

    assert findings(client)[1]["broker"] == "red: unreachable"


def test_a_part_that_never_answers_is_given_up(client, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(readiness, "SECONDS_TO_ANSWER", 0.1)
        monkeypatch.setitem(readiness.OUTSIDE, "scanner", lambda: listen_to(silent.getsockname()))

        assert findings(client)[1]["scanner"] == "red: unreachable"


def listen_to(address):
    with socket.create_connection(address, timeout=1) as connection:
        connection.recv(1)


def test_a_folder_for_evidence_that_cannot_be_made_is_red(client, settings, tmp_path):
    (tmp_path / "taken").write_text("a file where the folder should be")
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "taken" / "files")},
        }
    }

    assert findings(client)[1]["storage"] == "red: unreachable"


def test_a_quick_clock_writes_once_in_a_while_only(django_assert_num_queries):
    with run_of("open_windows"):
        pass

    with django_assert_num_queries(1), run_of("open_windows"):
        pass


def test_a_run_after_a_while_is_noted_in_the_same_row():
    ClockRunFactory(clock="open_windows")

    with run_of("open_windows"):
        pass

    assert timezone.now() - ClockRun.objects.get().ended_at < timedelta(minutes=1)


def test_a_run_that_fails_is_not_noted():
    with pytest.raises(ZeroDivisionError), run_of("open_windows"):
        raise ZeroDivisionError

    assert not ClockRun.objects.exists()


def test_metrics_do_not_exist_without_a_token(client):
    assert client.get(reverse("metrics"), headers={"Authorization": "Bearer "}).status_code == 404


def test_metrics_do_not_exist_for_who_has_another_token(client, settings):
    settings.METRICS_TOKEN = "the right one"

    assert client.get(reverse("metrics"), headers={"Authorization": "Bearer another"}).status_code == 404


def test_metrics_tell_the_figures_of_the_moment(client, settings, django_assert_num_queries):
    settings.METRICS_TOKEN = "the right one"
    claim = submitted_claim()
    OutboxEmail.objects.update(due_at=timezone.now() - timedelta(seconds=90))
    ClockRunFactory(clock="open_windows", seconds=0.25)

    IncomingCountFactory(fate="unattributed", total=3)

    with django_assert_num_queries(10):
        response = client.get(reverse("metrics"), headers={"Authorization": "Bearer the right one"})

    text = response.content.decode()
    assert f'cpor_claims{{status="{claim.status}"}} 1.0' in text
    assert f'cpor_claims{{status="{ClaimStatus.DRAFT}"}} 0.0' in text
    assert f'cpor_outbox_mails{{status="queued"}} {OutboxEmail.objects.count()}.0' in text
    assert f'cpor_latest_mails{{status="queued"}} {OutboxEmail.objects.count()}.0' in text
    assert "cpor_oldest_due_mail_seconds 9" in text
    assert "cpor_oldest_overdue_window_seconds 0.0" in text
    assert 'cpor_clock_run_seconds{clock="open_windows"} 0.25' in text
    assert 'cpor_incoming_mails_total{fate="unattributed"} 3.0' in text
    assert 'cpor_incoming_mails_total{fate="reply"} 0.0' in text
    assert "cpor_unread_proofs 0.0" in text
    assert "cpor_oldest_unread_proof_seconds 0.0" in text


def test_the_oldest_unread_proof_turns_readiness_red_after_half_an_hour(client, settings):
    settings.METRICS_TOKEN = "the right one"
    proof = ProofFactory(uploaded_at=timezone.now() - timedelta(minutes=31))
    ProofReading.objects.create(proof=proof, due_at=proof.uploaded_at)

    told = client.get(reverse("readyz")).json()
    figures = client.get(reverse("metrics"), headers={"Authorization": "Bearer the right one"}).content.decode()

    assert told["oldest unread proof"].startswith("red: for 18")
    assert "cpor_unread_proofs 1.0" in figures
    assert "cpor_oldest_unread_proof_seconds 18" in figures


def test_metrics_tell_how_long_requests_took_by_the_name_of_their_address(client, settings):
    settings.METRICS_TOKEN = "the right one"
    client.get(reverse("healthz"))
    client.get("/nowhere/of-that-name/")

    text = client.get(reverse("metrics"), headers={"Authorization": "Bearer the right one"}).content.decode()

    counted = r'^cpor_request_seconds_count{method="GET",route="healthz",status="200"} [1-9]'
    assert re.search(counted, text, re.MULTILINE)
    assert "nowhere" not in text


def test_readyz_says_until_when_seals_are_possible_and_makes_no_key(client, settings, tmp_path):
    settings.SEAL_FOLDER = str(tmp_path / "seal")
    assert findings(client)[1]["seals"] == "the own key is made with the first seal"
    assert not (tmp_path / "seal").exists()
    keys.make_own(tmp_path / "seal")
    assert findings(client)[1]["seals"].startswith("until 203")

    settings.SEAL_FOLDER, settings.SEAL_KEY, settings.SEAL_CERTIFICATE = "", "key", "damaged"
    assert findings(client)[1]["seals"] == "red: the certificate can't be read"
    settings.SEAL_CERTIFICATE = ""
    assert findings(client)[1]["seals"] == "none offered: there is no key"
